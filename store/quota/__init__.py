"""LINE's monthly quota: what LINE counts, what it costs, what may still be sent, what others sent in our name."""
