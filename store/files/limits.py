"""Holds how large a file may be that residents and staff hand in. Pages and messages name the same figure."""

MAX_BYTES = 10 * 1024 * 1024
