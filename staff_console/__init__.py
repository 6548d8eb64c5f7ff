"""Serves the web application for staff. It shares only the store with the bot."""
