"""Residents: who they are, their unfinished requests, what they let us remember and subscribed to, their menus."""
