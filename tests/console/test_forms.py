"""Tests what is typed where a whole number belongs, and ids that no database can hold."""

import pytest
from flask import Flask

from staff_console.forms import whole
from staff_console.pages.row_ids import RowId
from store.database.engine import Database
from tests.console.addresses import addresses
from tests.console.conftest import Known
from tests.console.pages import Person


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0),
        ("17", 17),
        ("9" * 9, 999_999_999),
        ("9" * 10, None),
        ("9" * 5000, None),
        ("-1", None),
        ("1.5", None),
        (" 1", None),
        ("1\n", None),
        ("๑", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_number_is_typed_in_western_digits_and_fits_the_database(
    typed: str | None, number: int | None
) -> None:
    assert whole(typed) == number


@pytest.mark.parametrize("number", [2**31, 10**30])
def test_an_id_beyond_what_the_database_holds_is_not_found(
    app: Flask, database: Database, case: Known, supervisor: Person, admin: Person, number: int
) -> None:
    adapter = app.url_map.bind("localhost")
    known = addresses(app, database, case)
    tokens = {person: person.token() for person in (supervisor, admin)}
    seen = 0
    for rule in app.url_map.iter_rules():
        ids = [name for name, kind in rule._converters.items() if isinstance(kind, RowId)]
        if not ids:
            continue
        seen += 1
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        _, found = adapter.match(known[rule.endpoint], method=method)
        address = adapter.build(rule.endpoint, {**found, **dict.fromkeys(ids, number)})
        for person, token in tokens.items():
            answer = person.client.open(address, method=method, data={"csrf_token": token})
            assert answer.status_code == 404, f"{method} {address}"
    assert seen > 20
