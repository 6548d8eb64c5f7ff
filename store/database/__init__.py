"""Holds the database of one municipality: engine, encryption, locks and numbers. It knows no noun of the town hall."""
