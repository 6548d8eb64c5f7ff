"""Supervision: keeps the worker alive, ends a step that hangs, hears that it is to leave, and follows the clock."""
