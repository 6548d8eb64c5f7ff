"""Provides rows with encrypted values. Each row has a random key, so that its values cannot be moved to another row.

Values from before rows had keys are bound to their column only: see store.database.encryption.
"""

from typing import Any, ClassVar, Generic, TypeVar, overload

from sqlalchemy import LargeBinary
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, validates

from store.database.encryption import (
    CannotDecrypt,
    EncryptedColumn,
    NewValue,
    StoredValue,
    UnknownKey,
    new_row_key,
)

Value = TypeVar("Value")


class EncryptedRow:
    """Marks a table with encrypted values. `row_key` is authenticated with each of them and never changes."""

    encrypted_names: ClassVar[tuple[str, ...]] = ()
    row_key: Mapped[bytes] = mapped_column(LargeBinary, default=new_row_key)

    @validates("row_key")
    def _keeps_its_key(self, _name: str, key: bytes) -> bytes:
        if self.row_key and self.row_key != key:
            raise ValueError("a row keeps its key: with another its values would never open again")
        return key

    def can_be_read(self) -> bool:
        """Says whether all values of the row can be decrypted. Callers skip a row that cannot be read instead of
        failing.
        """
        return not self._closed()

    def lacks_key(self) -> bool:
        """Says whether some values cannot be decrypted, and all of these only because this process lacks their key."""
        return set(self._closed().values()) == {UnknownKey}

    def never_open(self) -> list[str]:
        """Returns the names of the values that were changed or moved: no key decrypts them."""
        return [name for name, why in self._closed().items() if why is not UnknownKey]

    def value_or(self, name: str, instead: Any) -> Any:
        """Returns the value of this name, or `instead` where this process cannot decrypt it."""
        try:
            return getattr(self, name)
        except CannotDecrypt:
            return instead

    def _closed(self) -> dict[str, type[CannotDecrypt]]:
        found = {}
        for name in self.encrypted_names:
            try:
                getattr(self, name)
            except CannotDecrypt as error:
                found[name] = type(error)
        return found


class EncryptedValue(Generic[Value]):
    """Describes an attribute of an EncryptedRow that is encrypted when it is written and decrypted when it is read.

    Reading raises CannotDecrypt where the value cannot be decrypted; loading the row does not. A value is replaced as a
    whole: changes within a dict or list are not noticed. On the class the attribute is the column, so that queries can
    ask whether it is null; what they return is decrypted with the row's key. An INSERT of many rows at once sets
    `row_key` and NAME_sealed, a `NewValue` value.

    `about` names the table and column that the ciphertext is bound to. Values that were moved from another table keep
    theirs; `column` names the new one.
    """

    def __init__(self, about: str, *, column: str = "", nullable: bool = True) -> None:
        column = column or about.split(".")[1]
        self._column: Any = mapped_column(column, EncryptedColumn(about), nullable=nullable)

    def __set_name__(self, owner: type[EncryptedRow], name: str) -> None:
        self._key = f"{name}_sealed"
        setattr(owner, self._key, self._column)
        owner.encrypted_names = (*owner.encrypted_names, name)

    @overload
    def __get__(self, row: None, owner: type) -> InstrumentedAttribute[StoredValue | None]: ...
    @overload
    def __get__(self, row: EncryptedRow, owner: type) -> Value: ...
    def __get__(self, row: EncryptedRow | None, owner: type) -> Any:
        if row is None:
            return getattr(owner, self._key)
        kept = getattr(row, self._key)
        return None if kept is None else kept.read(row.row_key)

    def __set__(self, row: EncryptedRow, value: Value) -> None:
        if value is None:
            setattr(row, self._key, None)
            return
        if not row.row_key:
            row.row_key = new_row_key()
        setattr(row, self._key, NewValue(value, row.row_key))
