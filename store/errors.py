"""Defines the base class of all refusals that carry a reason, and the error of what is not found."""


class Refusal(ValueError):
    """Says that something cannot be done; `reason` is a code such as stale; each front has its own sentence for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(LookupError):
    """Says that there is no such object, or that this person may not know of it: both look the same."""
