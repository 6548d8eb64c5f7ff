"""Serves the residents' web pages: announcements, photos at signed addresses, and error pages."""
