"""Declares rich menus as data, draws them with Pillow, and publishes them to LINE."""
