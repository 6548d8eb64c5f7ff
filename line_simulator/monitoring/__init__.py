"""Logs what happens, and publishes it to open pages."""
