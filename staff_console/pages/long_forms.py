"""Lets the forms of the broadcast editors have more fields than all other forms."""

from typing import Final

from flask import Flask, request

MOST_PARTS = 500
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
    """Installs the limit. Call it after the gate, so that only users of the editor send long forms."""
    app.before_request(let_it_be_long)


def let_it_be_long() -> None:
    if request.endpoint in LONG:
        request.max_form_parts = MOST_PARTS
