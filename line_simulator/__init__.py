"""A strict stand-in for the LINE Messaging API platform, for demos, tests and rehearsals."""

from line_simulator.simulator import Simulator

__all__ = ["Simulator"]
