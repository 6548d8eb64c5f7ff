"""Holds what a request to the web process needs: settings, database and what belongs to them."""

from dataclasses import dataclass

from flask import current_app
from prometheus_client import CollectorRegistry

from bot.settings import BotSettings
from store.database.engine import Database
from store.messaging.group_commit import GroupCommit
from store.operations.readiness import Readiness


@dataclass(frozen=True)
class WebContext:
    """Holds what the webhook needs of one municipality. It needs no facts of it, so a broken file cannot stop it."""

    settings: BotSettings
    database: Database
    intake: GroupCommit
    readiness: Readiness
    registry: CollectorRegistry

    def close(self) -> None:
        self.database.close()


def web_context() -> WebContext:
    """Returns the context of the application that handles the current request."""
    found: WebContext = current_app.extensions["webhook"]
    return found
