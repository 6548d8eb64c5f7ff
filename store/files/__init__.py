"""Holds photos and documents: how they are fetched, checked in a child process, re-encoded, stored and deleted."""
