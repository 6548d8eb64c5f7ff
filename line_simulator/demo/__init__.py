"""Runs a whole municipality on one machine, with its residents, its staff and their first cases."""
