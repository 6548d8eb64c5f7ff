"""Broadcasts: what a superior lets out to many residents at once, at a known cost, with an end that is told."""
