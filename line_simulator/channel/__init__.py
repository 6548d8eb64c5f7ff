"""Holds what LINE keeps for the channel: its settings, tokens and limits."""
