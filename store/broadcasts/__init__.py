"""Holds broadcasts: messages to many residents. A supervisor approves each with its audience and its highest cost."""
