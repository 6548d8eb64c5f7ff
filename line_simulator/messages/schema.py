"""Provides the functions that describe JSON as LINE's reference does: one table for each object."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from line_simulator.messages.counting import count_utf16

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Problem:
    property: str
    message: str


Check = Callable[[Any, str], Iterator[Problem]]
ObjectRule = Callable[[dict[str, Any], str], Iterator[Problem]]


@dataclass(frozen=True)
class Required:
    check: Check


Fields = Mapping[str, Check | Required]


@dataclass(frozen=True)
class Shape:
    """Checks an object: every field that it may have, then rules over several fields."""

    fields: Fields
    rules: tuple[ObjectRule, ...] = ()

    def __call__(self, value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(path, "Must be an object")
            return
        problems = list(self._check_fields(value, path))
        yield from problems
        if not problems:
            for rule in self.rules:
                yield from rule(value, path)

    def _check_fields(self, value: dict[str, Any], path: str) -> Iterator[Problem]:
        for name in value:
            if name not in self.fields:
                yield Problem(join(path, name), "Unknown field")
        for name, spec in self.fields.items():
            check = spec.check if isinstance(spec, Required) else spec
            if name in value:
                yield from check(value[name], join(path, name))
            elif isinstance(spec, Required):
                yield Problem(join(path, name), "May not be empty")

    def extended(self, fields: Fields, *rules: ObjectRule) -> "Shape":
        return Shape({**self.fields, **fields}, (*self.rules, *rules))


@dataclass(frozen=True)
class Tagged:
    """Checks an object whose `type` selects its shape."""

    shapes: Mapping[str, Check] = field(default_factory=dict)
    tag: str = "type"

    def __call__(self, value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(path, "Must be an object")
            return
        kind = value.get(self.tag)
        if not isinstance(kind, str) or kind not in self.shapes:
            values = ", ".join(self.shapes)
            yield Problem(join(path, self.tag), f"Must be one of the following values: [{values}]")
            return
        rest = {name: item for name, item in value.items() if name != self.tag}
        yield from self.shapes[kind](rest, path)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def lazy(find: Callable[[], Check]) -> Check:
    """Returns a check that is looked up when it runs, for shapes that refer to each other."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        yield from find()(value, path)

    return check


def text(maximum: int, *, minimum: int = 1, count: Callable[[str], int] = count_utf16) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(path, "Must be a string")
        elif minimum and not value:
            yield Problem(path, "May not be empty")
        elif not minimum <= count(value) <= maximum:
            yield Problem(path, f"Length must be between {minimum} and {maximum}")

    return check


def one_of(*values: str | int) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if isinstance(value, bool) or value not in values:
            yield Problem(path, f"Must be one of the following values: [{', '.join(map(str, values))}]")

    return check


def matches(pattern: str, *, meaning: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            yield Problem(path, f"Must be {meaning}")

    return check


def either(*checks: Check, meaning: str) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if all(any(True for _ in each(value, path)) for each in checks):
            yield Problem(path, f"Must be {meaning}")

    return check


def integer(minimum: int, maximum: int) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(path, "Must be an integer")
        elif not minimum <= value <= maximum:
            yield Problem(path, f"Must be between {minimum} and {maximum}")

    return check


def number(minimum: float, maximum: float) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Problem(path, "Must be a number")
        elif not minimum <= value <= maximum:
            yield Problem(path, f"Must be between {minimum} and {maximum}")

    return check


def boolean(value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(path, "Must be a boolean")


def any_object(value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path, "Must be an object")


def items(check_item: Check, *, minimum: int, maximum: int) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(path, "Must be an array")
            return
        if not minimum <= len(value) <= maximum:
            yield Problem(path, f"Size must be between {minimum} and {maximum}")
        for index, item in enumerate(value):
            yield from check_item(item, f"{path}[{index}]")

    return check


def url(maximum: int = 2000) -> Check:
    """Returns a check for an https URL; http is accepted for this machine only, where a demo has no certificate."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not value:
            yield Problem(path, "May not be empty")
        elif len(value) > maximum:
            yield Problem(path, f"Length must be between 1 and {maximum}")
        elif not is_secure_url(value):
            yield Problem(path, "Must be a percent-encoded https URL")

    return check


def is_secure_url(value: str) -> bool:
    if not is_encoded(value):
        return False
    parts = urlsplit(value)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def is_encoded(value: str) -> bool:
    """Says whether a URL is percent-encoded: LINE refuses Thai letters and spaces."""
    return value.isascii() and value.isprintable() and " " not in value
