"""Tests publishing rich menus to the simulator over HTTP; a resident's phone is checked after every call."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.serving import make_server

from bot.line.rich_menu_sdk import RichMenuClient
from bot.richmenus.declaration import MenuError, RichMenu
from bot.richmenus.pictures import DrawnMenu, read_drawn_menus
from bot.richmenus.publish import publish
from line_simulator import Simulator
from line_simulator.api.gateway import RESET_CONNECTION, SERVER_COMMANDS
from line_simulator.channel.limits import MENU_CHANGE, RateLimiter
from line_simulator.residents import Resident
from line_simulator.server import Handler
from line_simulator.web import create_app
from tests.waiting import finish

TOKEN = "token-of-the-account"
FOURTEEN_CHARACTERS_SIXTEEN_CODE_POINTS = "เมนูบริการเทศบาล"


@dataclass
class Line:
    """Stands for LINE as a resident sees it: the simulator behind a proxy that can fail at one call."""

    simulator: Simulator
    resident: Resident
    reader: Resident
    calls: list[str] = field(default_factory=list)
    seen: list[str | None] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    captive: bool = False
    refused_call: int | None = None
    lost_answer: int | None = None
    api_url: str = ""
    data_url: str = ""

    def door(self, app: Callable[..., Iterable[bytes]], host: str) -> Callable[..., Iterable[bytes]]:
        def pass_through(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            self.calls.append(f"{host} {environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            if self.captive:
                start("200 OK", [("Content-Type", "text/html")])
                return [b"<h1>Please sign in to this network</h1>"]
            if len(self.calls) == self.refused_call:
                start("503 Service Unavailable", [("Content-Type", "application/json")])
                return [b'{"message":"down"}']
            answer = app(environ, start)
            if len(self.calls) == self.lost_answer:
                environ[SERVER_COMMANDS].add(RESET_CONNECTION)
            self.seen.append(self.shown)
            self.read.append((self.reader.rich_menu or {"name": ""})["name"])
            return answer

        return pass_through

    @property
    def shown(self) -> str | None:
        menu = self.resident.rich_menu
        return menu["richMenuId"] if menu else None

    @property
    def changes(self) -> list[str]:
        return [call for call in self.calls if " GET " not in call]

    def menus(self, **more: Any) -> RichMenuClient:
        return RichMenuClient(self.api_url, self.data_url, TOKEN, **more)

    def forget(self) -> None:
        self.calls.clear()
        self.seen.clear()
        self.read.clear()
        self.refused_call = self.lost_answer = None


@pytest.fixture
def line() -> Iterator[Line]:
    simulator = Simulator(secret="s" * 32, token=TOKEN, background=False)
    resident = simulator.add_resident("สมศรี")
    resident.follows()
    reader = simulator.add_resident("สมชาย")
    reader.follows()
    line, app = Line(simulator, resident, reader), create_app(simulator)
    with _served(line, app, "api") as line.api_url, _served(line, app, "data") as line.data_url:
        yield line


@contextmanager
def _served(line: Line, app: Flask, host: str) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, line.door(app, host), threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        finish(thread, what="the server")
        server.server_close()


@pytest.fixture(scope="module")
def every_menu() -> tuple[DrawnMenu, ...]:
    return read_drawn_menus()


@pytest.fixture
def menus(every_menu: tuple[DrawnMenu, ...]) -> tuple[DrawnMenu, ...]:
    """Returns the default menu and the other of its two tabs."""
    return tuple(drawn for drawn in every_menu if drawn.menu.alias in ("resident", "resident-news"))


def repainted(menus: tuple[DrawnMenu, ...], colour: str = "navy") -> tuple[DrawnMenu, ...]:
    """Returns the same menus with another picture."""
    return tuple(replace(drawn, png=blank(drawn.menu, colour)) for drawn in menus)


def default_of(menus: tuple[DrawnMenu, ...]) -> DrawnMenu:
    (default,) = (drawn for drawn in menus if drawn.menu.default)
    return default


def publish_at_once(menus: tuple[DrawnMenu, ...], line: Line, **more: Any) -> list[str]:
    return publish(menus, line.menus(**more), seconds_between=0)


def blank(menu: RichMenu, colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("P", (menu.size.width, menu.size.height), colour).save(out, "PNG")
    return out.getvalue()


def with_chat_bar(menus: tuple[DrawnMenu, ...], text: str) -> tuple[DrawnMenu, ...]:
    declared = [drawn.menu.model_dump() | {"chat_bar_text": text} for drawn in menus]
    return tuple(
        replace(drawn, menu=RichMenu.model_validate(menu))
        for drawn, menu in zip(menus, declared, strict=True)
    )


def all_is_well(line: Line, menus: tuple[DrawnMenu, ...]) -> None:
    """Checks that every menu exists once, with picture and alias, and that residents see the default one."""
    on_line = line.simulator.menus
    assert {menu.definition["name"] for menu in on_line.menus.values()} == {drawn.name for drawn in menus}
    assert len(on_line.menus) == len(menus)
    for drawn in menus:
        menu = on_line.menus[on_line.aliases[drawn.menu.alias]]
        assert menu.definition == drawn.menu.as_line_wants_it(drawn.name)
        assert menu.image
        assert menu.image.data == drawn.png
    assert set(on_line.aliases) == {drawn.menu.alias for drawn in menus}
    assert line.shown == on_line.default_id == on_line.aliases[default_of(menus).menu.alias]


def test_after_publishing_every_resident_can_tap_the_tiles(line, every_menu):
    report = publish_at_once(every_menu, line)
    all_is_well(line, every_menu)
    tapped = [area["action"].get("displayText", "(แท็บ)") for area in line.resident.rich_menu["areas"]]
    assert tapped == [
        "(แท็บ)", "แจ้งปัญหา", "ขอรับบริการ", "ติดตามเรื่อง", "เรื่องของฉัน", "ติดต่อเรา", "เบอร์ฉุกเฉิน"
    ]  # fmt: skip
    assert f"resident: published, now the menu of every resident ({line.shown})" in report


def test_a_tab_leads_to_the_other_menu_and_back(line, menus):
    publish_at_once(menus, line)
    line.reader.taps("ข่าวสาร")
    assert line.reader.rich_menu["chatBarText"] == "เมนูข่าวสาร"
    line.reader.taps("บริการ")
    assert line.reader.rich_menu["chatBarText"] == "เมนูบริการ"


def test_the_picture_goes_to_the_data_host_and_all_else_to_the_other(line, menus):
    publish_at_once(menus, line)
    assert {call for call in line.calls if call.startswith("data")} == {
        f"data POST /v2/bot/richmenu/{menu_id}/content" for menu_id in line.simulator.menus.menus
    }


def test_publishing_twice_does_nothing_the_second_time(line, menus):
    publish_at_once(menus, line)
    line.forget()
    report = publish_at_once(menus, line)
    assert line.changes == []
    aliases = line.simulator.menus.aliases
    assert report == [f"{alias}: unchanged ({aliases[alias]})" for alias in ("resident-news", "resident")]


def test_a_changed_picture_swaps_without_a_moment_without_a_menu(line, menus):
    publish_at_once(menus, line)
    old = line.shown
    line.forget()
    changed = repainted(menus)
    report = publish_at_once(changed, line)
    all_is_well(line, changed)
    assert set(line.seen) == {old, line.shown}
    assert line.seen == sorted(line.seen, key=[old, line.shown].index)
    assert report[-1] == f"resident: deleted an earlier version ({old})"


def test_who_is_on_a_tab_stays_on_it_when_its_picture_changes(line, menus):
    publish_at_once(menus, line)
    line.reader.taps("ข่าวสาร")
    line.forget()
    changed = repainted(menus)
    publish_at_once(changed, line)
    assert all(name.startswith("tessaban:resident-news:") for name in line.read)
    assert line.reader.rich_menu["name"] == line.read[-1] != line.read[0]


def test_earlier_versions_stay_while_line_is_still_moving_people(line, menus):
    publish_at_once(menus, line)
    line.reader.taps("ข่าวสาร")
    line.simulator.menus.batch_seconds = 3600
    changed = repainted(menus)
    assert "2 earlier versions stay for now" in publish_at_once(changed, line)[-1]
    assert len(line.simulator.menus.menus) == 4
    line.simulator.menus.batch_seconds = 0
    publish_at_once(changed, line)
    all_is_well(line, changed)


def test_a_fourth_change_within_an_hour_leaves_the_earlier_version_for_later(line, menus):
    versions = [repainted(menus, colour) for colour in ("navy", "green", "black", "maroon", "olive")]
    reports = [publish_at_once(version, line)[-1] for version in versions]
    assert "stay for now" in reports[-1]
    assert not any("stay for now" in report for report in reports[:-1])
    line.simulator.rates = RateLimiter(line.simulator.clock)  # An hour later.
    publish_at_once(versions[-1], line)
    all_is_well(line, versions[-1])


def test_in_a_season_its_menu_stays_the_one_that_everybody_sees(line, every_menu):
    publish_at_once(every_menu, line)
    on_line = line.simulator.menus
    on_line.default_id = on_line.aliases["flood"]
    line.forget()
    publish_at_once(repainted(every_menu), line)
    assert line.shown == on_line.default_id == on_line.aliases["flood"]
    flood = [menu_id for menu_id in line.seen if menu_id]
    assert len(set(flood)) == 2
    assert None not in line.seen


def test_a_menu_whose_file_was_taken_away_is_taken_from_line_and_nobody_is_left_without_one(line, every_menu):
    publish_at_once(every_menu, line)
    on_line = line.simulator.menus
    old = on_line.default_id = on_line.linked[line.reader.id] = on_line.aliases["tax"]
    kept = tuple(drawn for drawn in every_menu if drawn.menu.alias != "tax")
    line.forget()
    report = publish_at_once(kept, line)
    assert report[-1] == f"tax: deleted with its alias ({old})"
    all_is_well(line, kept)
    assert None not in line.seen
    assert "" not in line.read
    assert line.reader.rich_menu["name"] == default_of(kept).name


def test_at_a_hundred_new_menus_an_hour_it_stops_clearly_and_goes_on_at_the_next_run(line, every_menu):
    spent = [line.simulator.rates.spend("POST /v2/bot/richmenu", MENU_CHANGE) for _ in range(96)]
    assert len(spent) == 96
    with pytest.raises(
        MenuError, match=rf"100 rich menus an hour.*4 of {len(every_menu)} menus are in place"
    ):
        publish_at_once(every_menu, line)
    assert line.resident.rich_menu["name"] == default_of(every_menu).name
    line.simulator.rates = RateLimiter(line.simulator.clock)  # An hour later.
    report = publish_at_once(every_menu, line)
    assert sum("unchanged" in sentence for sentence in report) == 4
    all_is_well(line, every_menu)


def test_an_account_full_of_menus_is_told_so_before_any_is_made(line, menus):
    for _ in range(1000):
        line.simulator.menus.create(menus[0].menu.as_line_wants_it("เมนูของคนอื่น"))
    with pytest.raises(MenuError, match="as many as LINE allows"):
        publish_at_once(menus, line)
    assert line.changes == []


def test_a_change_costs_one_creation_and_one_deletion(line, menus):
    menus = (replace(default_of(menus), menu=default_of(menus).menu.model_copy(update={"tabs": ()})),)
    publish_at_once(menus, line)
    new = line.shown
    line.forget()
    publish_at_once(repainted(menus), line)
    old, new = new, line.shown
    assert line.changes == [
        "api POST /v2/bot/richmenu/validate",
        "api POST /v2/bot/richmenu",
        f"data POST /v2/bot/richmenu/{new}/content",
        "api POST /v2/bot/richmenu/alias/resident",
        f"api POST /v2/bot/user/all/richmenu/{new}",
        "api POST /v2/bot/richmenu/batch",
        f"api DELETE /v2/bot/richmenu/{old}",
    ]


def test_a_tile_that_sends_something_else_is_published_with_the_same_picture(line, menus):
    publish_at_once(menus, line)
    changed = with_chat_bar(menus, "เมนู")
    publish_at_once(changed, line)
    all_is_well(line, changed)


@pytest.mark.parametrize("call", range(1, 13))
@pytest.mark.parametrize("failure", ["refused_call", "lost_answer"])
def test_a_first_publishing_that_stops_at_any_call_is_finished_by_the_next(line, menus, call, failure):
    setattr(line, failure, call)
    with pytest.raises(MenuError):
        publish_at_once(menus, line)
    line.forget()
    publish_at_once(menus, line)
    all_is_well(line, menus)


@pytest.mark.parametrize("call", range(1, 17))
@pytest.mark.parametrize("failure", ["refused_call", "lost_answer"])
def test_a_swap_that_stops_at_any_call_leaves_a_menu_and_is_finished_by_the_next(line, menus, call, failure):
    publish_at_once(menus, line)
    line.forget()
    setattr(line, failure, call)
    changed = repainted(menus)
    with pytest.raises(MenuError):
        publish_at_once(changed, line)
    assert len(line.calls) == call
    assert None not in line.seen
    line.forget()
    publish_at_once(changed, line)
    assert None not in line.seen
    all_is_well(line, changed)


def test_there_are_no_calls_beyond_those_that_were_made_to_fail(line, menus):
    publish_at_once(menus, line)
    assert len(line.calls) == 12
    line.forget()
    publish_at_once(repainted(menus), line)
    assert len(line.calls) == 16


def test_what_someone_took_away_on_line_comes_back(line, menus):
    on_line = line.simulator.menus
    for damage in (
        lambda: on_line.delete(line.shown),
        lambda: on_line.delete_alias("resident"),
        lambda: setattr(on_line, "default_id", None),
    ):
        publish_at_once(menus, line)
        damage()
        publish_at_once(menus, line)
        all_is_well(line, menus)


def test_menus_of_others_stay_and_their_thai_does_not_disturb_us(line, menus):
    theirs = menus[0].menu.as_line_wants_it("เมนูของคนอื่น")
    theirs["chatBarText"] = FOURTEEN_CHARACTERS_SIXTEEN_CODE_POINTS
    kept = line.simulator.menus.create(theirs)
    publish_at_once(menus, line)
    publish_at_once(repainted(menus), line)
    assert kept.id in line.simulator.menus.menus


def test_fourteen_thai_characters_fit_the_chat_bar_though_they_are_sixteen_code_points(line, menus):
    changed = with_chat_bar(menus, FOURTEEN_CHARACTERS_SIXTEEN_CODE_POINTS)
    publish_at_once(changed, line)
    all_is_well(line, changed)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("401", "Check LINE_CHANNEL_ACCESS_TOKEN"),
        ("429_rate", "100 rich menus an hour"),
        ("500", "Publish again"),
        ("400", "The request body has 1 error"),
    ],
)
def test_what_line_refuses_is_told_with_what_to_do(line, menus, status, advice):
    line.simulator.faults.turn(api_status=status)
    with pytest.raises(MenuError, match=advice):
        publish_at_once(menus, line)


def test_a_line_that_hangs_is_given_up(line, menus):
    line.simulator.faults.turn(api_hang_seconds=1)
    with pytest.raises(MenuError, match="no answer"):
        publish_at_once(menus, line, timeout=(0.2, 0.2))


def test_a_page_that_is_not_lines_answer_is_no_answer(line, menus):
    line.captive = True
    with pytest.raises(MenuError, match="answered something else"):
        publish_at_once(menus, line)


def test_without_a_network_the_operator_is_told_so(menus):
    nowhere = RichMenuClient("http://127.0.0.1:9", "http://127.0.0.1:9", TOKEN)
    with pytest.raises(MenuError, match="no answer"):
        publish(menus, nowhere)
