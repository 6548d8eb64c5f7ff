"""The two ways the platform says no: to the account (an API error) and to a resident (the app refuses)."""

from typing import Any


class Refusal(Exception):
    """An API call that LINE answers with an error status."""

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
    """Something the LINE app would not let a resident do; the text is Thai and meant to be shown."""


class NoSuchButton(LookupError):
    """A test tapped a label that is nowhere on the resident's screen."""
