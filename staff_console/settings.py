"""Reads the console's settings from the environment; a missing or weak secret raises SettingsError."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from staff_console.served_at import hosts_for_others
from store.settings import (
    SettingsError,
    StoreSettings,
    number_of_proxies,
    optional_secret,
    required_secret,
    web_address,
)


@dataclass(frozen=True)
class ConsoleSettings:
    store: StoreSettings
    secret_key: str = field(repr=False)
    console_url: str = ""
    metrics_token: str = field(default="", repr=False)
    trusted_proxies: int = 0

    @property
    def is_https(self) -> bool:
        return self.console_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        settings = cls(
            store=StoreSettings.from_environment(environ),
            secret_key=required_secret(environ, "SECRET_KEY"),
            console_url=web_address(environ, "CONSOLE_URL"),
            metrics_token=optional_secret(environ, "METRICS_TOKEN"),
            trusted_proxies=number_of_proxies(environ),
        )
        settings._refuse_strangers(hosts_for_others(environ))
        return settings

    def _refuse_strangers(self, hosts: list[str]) -> None:
        """Raises SettingsError if other machines reach one of the `hosts` and CONSOLE_URL is not https.

        Passwords would cross the network unencrypted.
        """
        if hosts and not self.is_https:
            raise SettingsError(
                f"CONSOLE_URL is not https://…, and the console would be open to others at {hosts[0]}:"
                " set CONSOLE_URL to the https address that officers open, or bind to 127.0.0.1."
            )
