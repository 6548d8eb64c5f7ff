"""Lets the long forms of broadcasts have 500 fields; all other forms keep the limit MAX_FORM_PARTS."""

from typing import Final

from flask import Flask, request

MAX_PARTS = 500
LONG: Final = frozenset(
    {
        "editor.write",
        "editor.change_it",
        "emergency_templates.write",
        "emergency.send",
        "previews.preview",
    }
)


def install_long_forms(app: Flask) -> None:
    """Installs the limit. Call it after `install_gate`, so that only people who may use these forms can send them."""
    app.before_request(let_it_be_long)


def let_it_be_long() -> None:
    if request.endpoint in LONG:
        request.max_form_parts = MAX_PARTS
