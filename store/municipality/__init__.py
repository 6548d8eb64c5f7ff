"""Describes a municipality: names, departments, office hours, holidays, places."""
