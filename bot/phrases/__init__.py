"""Holds what the bot says: its wording in Thai and English, and the phone numbers for emergencies."""
