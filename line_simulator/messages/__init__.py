"""Describes the JSON of LINE messages, checks it, and counts its characters."""
