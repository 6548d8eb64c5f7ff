"""Decides the next question by a service definition and the answers so far, without database and LINE."""
