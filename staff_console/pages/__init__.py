"""Holds what all pages share: error pages, headers, filters, checks of the input, static files, pending matters."""
