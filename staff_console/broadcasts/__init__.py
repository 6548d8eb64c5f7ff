"""Serves the pages of broadcasts: list, editor, audience, approval, emergency warnings, and links for tests."""
