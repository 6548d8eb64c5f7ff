"""The environment: a missing or weak secret stops the start, and the message says which and what to do."""

import base64
from pathlib import Path

import pytest

from bot.settings import BotSettings
from staff_console.settings import ConsoleSettings
from store.settings import DEMO_MUNICIPALITY, BackupSettings, SettingsError, StoreSettings, data_keys

RAW = b"thirty-two bytes to seal with..!"
KEY, OTHER = base64.b64encode(RAW).decode(), base64.b64encode(RAW[::-1]).decode()
TOKEN = "9c41e07b5d2f8a36"
GOOD = {
    "DATA_KEY": KEY,
    "SECRET_KEY": "5f1d8c02b97e4a63d0c8417fe92ab635",
    "LINE_CHANNEL_SECRET": "8c570fa6dd201bb328f1c1eac23a96d8",
    "LINE_CHANNEL_ACCESS_TOKEN": "token",
}


def test_the_bot_starts_with_four_secrets_and_nothing_else():
    settings = BotSettings.from_environment(GOOD)
    assert settings.channel_secrets == (GOOD["LINE_CHANNEL_SECRET"],)
    assert settings.line_api_url == "https://api.line.me"
    assert settings.store.municipality == DEMO_MUNICIPALITY


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_the_bot_does_not_start_without(name, value):
    environ = {**GOOD, name: value} if value is not None else {n: v for n, v in GOOD.items() if n != name}
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        BotSettings.from_environment(environ)


@pytest.mark.parametrize("name", ["DATA_KEY", "SECRET_KEY"])
def test_the_console_does_not_start_without(name):
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        ConsoleSettings.from_environment({**GOOD, name: ""})


@pytest.mark.parametrize("settings", [BotSettings, ConsoleSettings])
def test_a_short_secret_key_is_refused(settings):
    with pytest.raises(SettingsError, match="SECRET_KEY is too short: use at least 32"):
        settings.from_environment({**GOOD, "SECRET_KEY": "s" * 31})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("not base64!", "not base64"),
        ("กุญแจ", "not base64"),
        (KEY[:-1], "not base64"),
        (base64.b64encode(b"short").decode(), "32 bytes"),
        (base64.b64encode(b"k" * 33).decode(), "32 bytes"),
        (f"{KEY},", "32 bytes"),
        (f"{KEY},{KEY[:-1]}", "not base64"),
        (base64.b64encode(bytes(32)).decode(), "not random"),
        (base64.b64encode(b"k" * 32).decode(), "not random"),
        (f"{KEY},{base64.b64encode(b'abcd' * 8).decode()}", "not random"),
    ],
)
def test_a_data_key_that_seals_nothing_is_refused(value, told):
    with pytest.raises(SettingsError, match=told):
        StoreSettings.from_environment({"DATA_KEY": value})


def test_keys_keep_their_order_for_rotation():
    assert data_keys(f"{KEY}, {OTHER}") == (RAW, RAW[::-1])


def test_two_channel_secrets_may_sign_while_one_replaces_the_other():
    settings = BotSettings.from_environment({**GOOD, "LINE_CHANNEL_SECRET": "new, old"})
    assert settings.channel_secrets == ("new", "old")


@pytest.mark.parametrize("value", ["new,", ",old", "new,,old"])
def test_an_empty_channel_secret_would_let_everybody_sign(value):
    with pytest.raises(SettingsError, match="LINE_CHANNEL_SECRET has an empty part"):
        BotSettings.from_environment({**GOOD, "LINE_CHANNEL_SECRET": value})


@pytest.mark.parametrize("settings", [BotSettings, ConsoleSettings])
def test_settings_show_no_secret_when_they_are_printed(settings):
    shown = repr(settings.from_environment({**GOOD, "METRICS_TOKEN": TOKEN}))
    assert [name for name, secret in GOOD.items() if secret in shown] == []
    assert TOKEN not in shown


def test_addresses_lose_their_last_slash():
    settings = BotSettings.from_environment({**GOOD, "PUBLIC_URL": "https://bot.example/"})
    assert settings.public_url == "https://bot.example"


@pytest.mark.parametrize("settings", [BotSettings, ConsoleSettings])
@pytest.mark.parametrize(
    "value",
    ["a" * 64, "ab" * 32, "0123456789abcdef" * 2, "changeme" * 4, "changeme" * 4 + "chan", "1223312" * 6],
)
def test_a_secret_key_that_anybody_guesses_is_refused(settings, value):
    with pytest.raises(SettingsError, match="SECRET_KEY is not random"):
        settings.from_environment({**GOOD, "SECRET_KEY": value})


@pytest.mark.parametrize("settings", [BotSettings, ConsoleSettings])
@pytest.mark.parametrize("value", ["1", "fifteen letters", "a" * 40, "secret12secret12"])
def test_a_weak_token_for_the_monitor_is_refused(settings, value):
    with pytest.raises(SettingsError, match="METRICS_TOKEN is"):
        settings.from_environment({**GOOD, "METRICS_TOKEN": value})
    assert settings.from_environment({**GOOD, "METRICS_TOKEN": " "}).metrics_token == ""


def test_a_data_key_of_one_piece_twice_is_refused():
    value = base64.b64encode(b"sixteen bytes ok" * 2).decode()
    with pytest.raises(SettingsError, match="DATA_KEY is not random"):
        StoreSettings.from_environment({"DATA_KEY": value})


@pytest.mark.parametrize(
    "value", ["https://console.example.go.th", "HTTPS://console.example.go.th/", "Https://x.example"]
)
def test_https_is_https_in_whichever_case(value):
    settings = ConsoleSettings.from_environment({**GOOD, "CONSOLE_URL": value, "SERVED_AT": "0.0.0.0"})
    assert settings.is_https
    assert settings.console_url.startswith("https://")


@pytest.mark.parametrize("url", ["", "http://console.example.go.th"])
def test_without_https_the_console_starts_for_this_machine_only(url):
    for here in ("", "127.0.0.1", "::1", "localhost", "127.0.0.1,::1"):
        assert not ConsoleSettings.from_environment({**GOOD, "CONSOLE_URL": url, "SERVED_AT": here}).is_https
    for outside in ("0.0.0.0", "::", "10.0.0.5", "127.0.0.1,0.0.0.0", "console.example.go.th"):
        with pytest.raises(SettingsError, match="CONSOLE_URL is not https"):
            ConsoleSettings.from_environment({**GOOD, "CONSOLE_URL": url, "SERVED_AT": outside})


@pytest.mark.parametrize("settings", [BotSettings, ConsoleSettings])
def test_where_backups_go_is_a_whole_path_or_nowhere(settings):
    def read(**variables):
        return settings.from_environment({**GOOD, **variables}).store.backup

    folder, key = Path("/backups"), Path("/key")
    assert read() is None
    assert read(BACKUP_FOLDER="/backups") == BackupSettings(folder)
    assert read(BACKUP_FOLDER="/backups", BACKUP_KEY_FILE="/key") == BackupSettings(folder, key)
    for wrong in ({"BACKUP_FOLDER": "backups"}, {"BACKUP_KEY_FILE": "/key"}):
        with pytest.raises(SettingsError, match="BACKUP_"):
            read(**wrong)
