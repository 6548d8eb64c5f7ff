"""Builds webhook events, queues them and delivers them."""
