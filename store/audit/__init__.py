"""Keeps the audit log: what staff did, and what they looked at."""
