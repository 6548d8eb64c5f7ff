"""Lets addresses name only such ids as the database can hold; a longer number is answered with 404."""

from flask import Flask
from werkzeug.routing import IntegerConverter

from staff_console.forms import WHOLE


class RowId(IntegerConverter):
    """Matches `<int:…>` in an address. PostgreSQL refuses a query with a number that is too large."""

    regex = WHOLE.pattern


def install_row_ids(app: Flask) -> None:
    """Replaces the converter of `<int:…>`. Call it before any view is registered."""
    app.url_map.converters["int"] = RowId
