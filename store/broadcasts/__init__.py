"""Holds broadcasts: messages to many residents that a superior approves, with a known cost and a closing message."""
