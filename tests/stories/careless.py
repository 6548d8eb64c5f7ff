"""Runs the web application with SQLite in its common fast mode: what it acknowledged does not survive a power cut."""

from typing import Any

from flask import Flask
from sqlalchemy import Pool, event

from bot import web


def create_app() -> Flask:
    event.listen(Pool, "checkout", _hurry)
    return web.create_app()


def _hurry(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL").close()
