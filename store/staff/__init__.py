"""Keeps members of staff: accounts, passwords, sign-ins and sessions, and limits on costly actions."""
