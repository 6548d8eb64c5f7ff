"""Simulates the LINE Messaging API platform for demos, tests and rehearsals, as strictly as the real one."""

from line_simulator.simulator import Simulator

__all__ = ["Simulator"]
