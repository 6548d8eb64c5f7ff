"""Simulates residents: their chat, what they can tap, and what they send."""

from line_simulator.residents.resident import Resident

__all__ = ["Resident"]
