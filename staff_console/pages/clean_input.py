"""Refuses requests with characters that no database column can store, in any field, before a view runs."""

from collections.abc import Iterator

from flask import Flask, request

from staff_console.pages.errors import error_page
from staff_console.words import ERRORS
from store.database.storable_text import is_keepable


def install_clean_input(app: Flask) -> None:
    """Installs the check. Call it after `install_gate`, and before whatever else reads the form."""
    app.before_request(refuse_unkeepable)


def refuse_unkeepable() -> tuple[str, int] | None:
    return None if all(map(is_keepable, _typed())) else error_page(400, ERRORS.unkeepable)


def _typed() -> Iterator[str]:
    yield request.path
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            yield name
            yield value
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
    if request.is_json:
        # The body is not parsed here, so the escape of NUL is replaced by the character that a parser makes of it.
        yield request.get_data(as_text=True).replace("\\u0000", "\x00")
