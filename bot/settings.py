"""The bot's settings, read once from the environment; it refuses to start when a secret is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from store.settings import SettingsError, StoreSettings, required, required_secret


@dataclass(frozen=True)
class BotSettings:
    """`channel_secrets` are several while LINE's secret is being replaced: any of them may sign."""

    store: StoreSettings
    channel_secrets: tuple[str, ...] = field(repr=False)
    access_token: str = field(repr=False)
    secret_key: str = field(repr=False)
    line_api_url: str = "https://api.line.me"
    line_api_data_url: str = "https://api-data.line.me"
    public_url: str = ""
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        secrets = [s.strip() for s in required(environ, "LINE_CHANNEL_SECRET").split(",")]
        if not all(secrets):
            raise SettingsError("LINE_CHANNEL_SECRET has an empty part: check its commas.")
        return cls(
            store=StoreSettings.from_environment(environ),
            channel_secrets=tuple(secrets),
            access_token=required(environ, "LINE_CHANNEL_ACCESS_TOKEN"),
            secret_key=required_secret(environ, "SECRET_KEY"),
            line_api_url=(environ.get("LINE_API_URL") or cls.line_api_url).rstrip("/"),
            line_api_data_url=(environ.get("LINE_API_DATA_URL") or cls.line_api_data_url).rstrip("/"),
            public_url=environ.get("PUBLIC_URL", "").rstrip("/"),
            metrics_token=environ.get("METRICS_TOKEN", "").strip(),
        )
