"""Broadcasts: list, editor, audience, approval, emergencies and the testers who try them first."""
