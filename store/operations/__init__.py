"""Holds what operators need: schema, backup, retention, data keys, dead letters, heartbeats and metrics."""
