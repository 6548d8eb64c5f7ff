"""Holds cases: submitted requests, the table of their statuses, what staff and residents do with them, the queue."""
