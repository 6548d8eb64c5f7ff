"""Keeps residents: their unfinished requests, what they let us remember, their subscriptions and their menus."""
