"""Conversations, pure: a service definition and the answers so far give the next question. No database, no LINE."""
