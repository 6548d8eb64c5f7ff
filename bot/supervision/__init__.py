"""Supervises the worker: keeps it alive, ends a step that hangs, handles signals, and watches the clock."""
