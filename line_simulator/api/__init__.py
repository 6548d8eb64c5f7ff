"""Answers the calls of both LINE hosts."""
