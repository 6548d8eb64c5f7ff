"""Serves the pages of dead letters, of the quota and of the style guide, and the addresses for monitoring."""
