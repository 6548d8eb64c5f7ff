"""Serves the chat page, its panel and its files."""
