"""Lets the forms of the broadcast editors send up to 500 fields; Flask limits all other forms to MAX_FORM_PARTS."""

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
    """Installs the limit. Call it after the gate: then only people who may use an editor can send a long form."""
    app.before_request(let_it_be_long)


def let_it_be_long() -> None:
    if request.endpoint in LONG:
        request.max_form_parts = MAX_PARTS
