"""Serves the pages of staff accounts, and of the requests about accounts that another person confirms."""
