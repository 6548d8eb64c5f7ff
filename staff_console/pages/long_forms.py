"""The editors of broadcasts have more fields than other forms: there, and nowhere else, so many are read."""

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
    """After the gate, so that only who may use the editor sends long forms, and before anything reads the form."""
    app.before_request(let_it_be_long)


def let_it_be_long() -> None:
    if request.endpoint in LONG:
        request.max_form_parts = MOST_PARTS
