"""Reads the bot's settings once from the environment, and refuses to start when a secret is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from store.files.photo_links import PhotoLinks
from store.files.scanner import scanner_address
from store.settings import (
    SettingsError,
    StoreSettings,
    number_of_proxies,
    optional_secret,
    required,
    required_secret,
    visible,
    web_address,
)


@dataclass(frozen=True)
class BotSettings:
    """Holds the settings. `channel_secrets` has several while LINE's is being replaced: any of them may sign a body."""

    store: StoreSettings
    channel_secrets: tuple[str, ...] = field(repr=False)
    access_token: str = field(repr=False)
    secret_key: str = field(repr=False)
    line_api_url: str = "https://api.line.me"
    line_api_data_url: str = "https://api-data.line.me"
    public_url: str = ""
    console_url: str = ""
    metrics_token: str = field(default="", repr=False)
    trusted_proxies: int = 0
    clamd: str = ""

    @property
    def photo_links(self) -> PhotoLinks:
        return PhotoLinks(self.secret_key, self.public_url)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        secrets = [s.strip() for s in required(environ, "LINE_CHANNEL_SECRET").split(",")]
        if not all(secrets):
            raise SettingsError("LINE_CHANNEL_SECRET has an empty part: check its commas.")
        return cls(
            store=StoreSettings.from_environment(environ),
            channel_secrets=tuple(visible(secret, "LINE_CHANNEL_SECRET") for secret in secrets),
            access_token=visible(required(environ, "LINE_CHANNEL_ACCESS_TOKEN"), "LINE_CHANNEL_ACCESS_TOKEN"),
            secret_key=required_secret(environ, "SECRET_KEY"),
            line_api_url=web_address(environ, "LINE_API_URL", cls.line_api_url),
            line_api_data_url=web_address(environ, "LINE_API_DATA_URL", cls.line_api_data_url),
            public_url=web_address(environ, "PUBLIC_URL"),
            console_url=web_address(environ, "CONSOLE_URL"),
            metrics_token=optional_secret(environ, "METRICS_TOKEN"),
            trusted_proxies=number_of_proxies(environ),
            clamd=scanner_address(environ.get("CLAMD", "").strip()),
        )


# Variables whose values are copied from a web page or a file, and easily come with a line break that nobody sees.
_COPIED = (
    "LINE_CHANNEL_SECRET",
    "LINE_CHANNEL_ACCESS_TOKEN",
    "SECRET_KEY",
    "DATA_KEY",
    "DATABASE_URL",
    "PUBLIC_URL",
)


def blanks_around(environ: Mapping[str, str]) -> list[str]:
    """Returns the names of variables with a blank or line break before or after the value.

    We cut these off, but another program that reads the same variables may not.
    """
    return [name for name in _COPIED if environ.get(name, "") != environ.get(name, "").strip()]
