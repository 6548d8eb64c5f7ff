"""The environment: a missing or weak secret stops the start, and the message says which and what to do."""

import base64

import pytest

from bot.settings import BotSettings
from staff_console.settings import ConsoleSettings
from store.settings import DEMO_MUNICIPALITY, SettingsError, StoreSettings, data_keys

RAW = b"thirty-two bytes to seal with..!"
KEY, OTHER = base64.b64encode(RAW).decode(), base64.b64encode(RAW[::-1]).decode()
GOOD = {
    "DATA_KEY": KEY,
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
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
    shown = repr(settings.from_environment({**GOOD, "METRICS_TOKEN": "k" * 31}))
    assert [name for name, secret in GOOD.items() if secret in shown] == []
    assert "k" * 31 not in shown


def test_addresses_lose_their_last_slash():
    settings = BotSettings.from_environment({**GOOD, "PUBLIC_URL": "https://bot.example/"})
    assert settings.public_url == "https://bot.example"
