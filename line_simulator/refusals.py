"""Defines the errors of the platform: an API error for the account, a refused action for a resident."""

from typing import Any

from line_simulator.words import word


class Refusal(Exception):
    """Ends an API call with an error status and LINE's error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message}
        if details:
            self.body["details"] = details
        self.body.update(extra or {})


class ActionNotAllowed(Exception):
    """Refuses an action that the LINE app does not offer to a resident; the page shows the reason.

    `key` names the reason in the section "refused" of the words.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(self.reason("th"))

    def reason(self, language: str) -> str:
        return word(language, f"refused.{self.key}", **self.values)


class NoSuchButton(LookupError):
    """Says that a label was tapped which is nowhere on the resident's screen."""
