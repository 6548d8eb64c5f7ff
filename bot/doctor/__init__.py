"""Examines a set-up against the real LINE, and says what to do about each thing that does not work."""
