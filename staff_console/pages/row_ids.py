"""Limits the ids in addresses to nine digits, which every id column can hold; a longer one is answered with 404."""

from flask import Flask
from werkzeug.routing import IntegerConverter

from staff_console.forms import WHOLE


class RowId(IntegerConverter):
    """Matches `<int:…>` in an address. PostgreSQL would raise an error for a number too large for its column."""

    regex = WHOLE.pattern


def install_row_ids(app: Flask) -> None:
    """Makes RowId the converter of `<int:…>`. Call it before any view is registered."""
    app.url_map.converters["int"] = RowId
