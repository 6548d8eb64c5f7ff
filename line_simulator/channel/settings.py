"""Holds the settings of the channel."""

from dataclasses import dataclass


@dataclass
class Channel:
    """Holds what the account's owner sets in LINE's console."""

    secret: str
    token: str
    bot_user_id: str
    webhook_url: str
