"""Holds what every page shares: errors, headers, filters, refused input, stylesheets, and what waits for the person."""
