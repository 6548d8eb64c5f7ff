"""The command line: what the account is called, and what is refused."""

import pytest

from line_simulator.__main__ import build_parser, build_simulator
from line_simulator.web import create_app


@pytest.fixture
def start(monkeypatch):
    """Returns the page's account for these arguments."""
    monkeypatch.setenv("LINE_CHANNEL_SECRET", "new,old")
    monkeypatch.setenv("LINE_CHANNEL_ACCESS_TOKEN", "token")
    started = []

    def account(*arguments):
        simulator = build_simulator(build_parser().parse_args(arguments))
        started.append(simulator)
        with create_app(simulator).test_client() as client:
            info = client.get("/v2/bot/info", headers={"Authorization": "Bearer token"}).get_json()
            shown = client.get("/_sim/state").get_json()["account"]
        assert (shown["displayName"], shown["basicId"]) == (info["displayName"], info["basicId"])
        return shown

    yield account
    for simulator in started:
        simulator.stop()


def test_the_name_stands_on_the_page_and_in_the_api(start):
    assert start("--name", " เทศบาลเมืองใหม่ ")["displayName"] == "เทศบาลเมืองใหม่"


def test_the_line_id_stands_on_the_page_and_in_the_api(start):
    assert start("--basic-id", "@123abcde")["basicId"] == "@123abcde"


def test_a_line_id_is_made_up_without_one(start):
    assert start()["basicId"].startswith("@")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--name", "   "),
        ("--name", "ก" * 21),
        ("--basic-id", "123abcde"),
        ("--basic-id", "@abc"),
        ("--basic-id", "@ABCDE"),
        ("--basic-id", "@เทศบาล"),
        ("--basic-id", "@123 abcde"),
        ("--basic-id", "@" + "a" * 19),
    ],
)
def test_what_line_would_not_accept_is_refused_with_a_sentence(arguments, capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(arguments)
    assert "must" in capsys.readouterr().err


def test_twenty_thai_characters_fit_though_they_have_more_code_units(start):
    assert start("--name", "น้ำ" * 10)["displayName"] == "น้ำ" * 10


def test_without_a_secret_nothing_starts(monkeypatch):
    monkeypatch.delenv("LINE_CHANNEL_SECRET", raising=False)
    with pytest.raises(SystemExit, match="LINE_CHANNEL_SECRET is not set"):
        build_simulator(build_parser().parse_args([]))
