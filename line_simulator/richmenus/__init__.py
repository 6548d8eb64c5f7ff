"""Stores rich menus, and checks their definitions and images."""
