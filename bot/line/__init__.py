"""Speaks with LINE: reads its events, renders messages, calls its APIs, and decides when a call is repeated."""
