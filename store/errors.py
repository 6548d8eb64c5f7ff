"""Defines the base class of all refusals that carry a reason."""


class Refusal(ValueError):
    """Says that something cannot be done; `reason` is one word, which each front turns into a sentence of its own."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
