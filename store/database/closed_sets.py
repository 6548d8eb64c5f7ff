"""Declares columns that hold one word of a closed set, which an enum lists."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum


def one_of(words: type[StrEnum], length: int) -> Enum:
    """Returns the type of a column of at most `length` characters that holds the value of a member of the enum.

    Rows are read with members of the enum; a value outside of it raises LookupError.
    """
    return Enum(words, native_enum=False, length=length, values_callable=_values, create_constraint=False)


def must_be_one_of(words: type[StrEnum], column: str) -> CheckConstraint:
    """Returns the constraint by which the database refuses other words in the column. NULL passes it."""
    listed = ", ".join(f"'{value}'" for value in _values(words))
    return CheckConstraint(f"{column} IN ({listed})", column)


def _values(words: type[StrEnum]) -> list[str]:
    return [member.value for member in words]
