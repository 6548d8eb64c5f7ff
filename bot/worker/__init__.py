"""Runs the worker: the process whose threads work on the inbox, deliver messages, and fetch files."""
