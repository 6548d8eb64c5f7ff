"""The console's settings, read once from the environment; it refuses to start on a missing or weak secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from store.settings import StoreSettings, number_of_proxies, required_secret, web_address


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
        return cls(
            store=StoreSettings.from_environment(environ),
            secret_key=required_secret(environ, "SECRET_KEY"),
            console_url=web_address(environ, "CONSOLE_URL"),
            metrics_token=environ.get("METRICS_TOKEN", "").strip(),
            trusted_proxies=number_of_proxies(environ),
        )
