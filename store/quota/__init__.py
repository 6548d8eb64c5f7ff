"""Watches LINE's monthly quota: what LINE counts, what it costs, what may still be sent, and what others sent."""
