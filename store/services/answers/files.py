"""Counts the photos and documents of an answer: a list of `{"token": …, "album": … or None, "of": number in album}`."""

from typing import Any


def count_files(value: list[dict[str, Any]]) -> int:
    """Counts the files sent. An album counts with all its photos, also those that have not arrived yet."""
    albums: dict[str, int] = {file["album"]: file["of"] for file in value if file["album"]}
    return sum(albums.values()) + sum(1 for file in value if not file["album"])


def arrived(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the files without their albums, so that `count_files` counts only those that have arrived."""
    return [{**file, "album": None} for file in value]
