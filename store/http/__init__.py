"""Holds what the web applications share: files that are the same for everybody."""
