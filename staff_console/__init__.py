"""Serves the officers' web application. It meets the bot in the store only."""
