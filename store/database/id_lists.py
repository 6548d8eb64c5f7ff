"""Stores several staff ids in one column, in a form that a CHECK of both databases can inspect."""

from collections.abc import Iterable

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class PeopleList(TypeDecorator[tuple[int, ...]]):
    """Stores ids of staff in ascending order, each once, as `,3,17,`; nobody is the empty string.

    The commas around every id let `LIKE '%,7,%'` find person 7 and not person 17. A CHECK can inspect only columns of
    its own row, so the database itself could not check a table of pairs.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> str:
        people = sorted(set(value or ()))
        return f",{','.join(map(str, people))}," if people else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...]:
        return tuple(int(person) for person in (value or "").split(",") if person)
