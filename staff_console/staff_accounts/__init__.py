"""Keeps staff accounts, and the requests about them that another person confirms."""
