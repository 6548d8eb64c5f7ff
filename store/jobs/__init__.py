"""Keeps long work as rows with progress, which survive a restart: who asked, how far it is, and how it ended."""
