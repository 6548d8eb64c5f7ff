"""Publishing rich menus to the simulator over HTTP, watched from a resident's phone after every call."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PIL import Image

from bot.richmenus.declaration import MenuError, RichMenu
from bot.richmenus.line_menus import LineMenus
from bot.richmenus.pictures import DrawnMenu, read_drawn_menus
from bot.richmenus.publish import publish
from line_simulator import Simulator
from line_simulator.gateway import HANG_UP, WISHES
from line_simulator.residents import Resident
from line_simulator.web import build_server

TOKEN = "token-of-the-account"
FOURTEEN_CHARACTERS_SIXTEEN_CODE_POINTS = "เมนูบริการเทศบาล"


@dataclass
class Line:
    """LINE as a resident sees it: the simulator behind a door that can fail at one call."""

    simulator: Simulator
    resident: Resident
    calls: list[str] = field(default_factory=list)
    seen: list[str | None] = field(default_factory=list)
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
                environ[WISHES].add(HANG_UP)
            self.seen.append(self.shown)
            return answer

        return pass_through

    @property
    def shown(self) -> str | None:
        menu = self.resident.rich_menu
        return menu["richMenuId"] if menu else None

    @property
    def changes(self) -> list[str]:
        return [call for call in self.calls if " GET " not in call]

    def menus(self, **more: Any) -> LineMenus:
        return LineMenus(self.api_url, self.data_url, TOKEN, **more)

    def forget(self) -> None:
        self.calls.clear()
        self.seen.clear()
        self.refused_call = self.lost_answer = None


@pytest.fixture
def line() -> Iterator[Line]:
    simulator = Simulator(secret="s" * 32, token=TOKEN, background=False)
    resident = simulator.add_resident("สมศรี")
    resident.follows()
    line = Line(simulator, resident)
    with _served(line, "api") as line.api_url, _served(line, "data") as line.data_url:
        yield line


@contextmanager
def _served(line: Line, host: str) -> Iterator[str]:
    server = build_server(line.simulator)
    server.app = line.door(server.app, host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def menus() -> tuple[DrawnMenu, ...]:
    return read_drawn_menus()


def repainted(menus: tuple[DrawnMenu, ...], colour: str = "navy") -> tuple[DrawnMenu, ...]:
    """The same menus with another picture."""
    return tuple(replace(drawn, png=blank(drawn.menu, colour)) for drawn in menus)


def blank(menu: RichMenu, colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("P", (menu.size.width, menu.size.height), colour).save(out, "PNG")
    return out.getvalue()


def with_chat_bar(menus: tuple[DrawnMenu, ...], text: str) -> tuple[DrawnMenu, ...]:
    declared = menus[0].menu.model_dump() | {"chat_bar_text": text}
    return (replace(menus[0], menu=RichMenu.model_validate(declared)),)


def all_is_well(line: Line, menus: tuple[DrawnMenu, ...]) -> None:
    """One menu, with its picture, its alias and everybody's eyes on it."""
    (drawn,) = menus
    (on_line,) = line.simulator.menus.menus.values()
    assert on_line.definition == drawn.menu.as_line_wants_it(drawn.name)
    assert on_line.image
    assert on_line.image.data == drawn.png
    assert line.simulator.menus.aliases == {drawn.menu.alias: on_line.id}
    assert line.simulator.menus.default_id == line.shown == on_line.id


def test_after_publishing_every_resident_can_tap_the_tiles(line, menus):
    report = publish(menus, line.menus())
    all_is_well(line, menus)
    tapped = [area["action"]["displayText"] for area in line.resident.rich_menu["areas"]]
    assert tapped == ["แจ้งปัญหา", "ขอรับบริการ", "ติดตามเรื่อง", "เรื่องของฉัน", "ติดต่อเรา", "ช่วยเหลือ"]
    assert report == [f"resident: published, now the menu of every resident ({line.shown})"]


def test_the_picture_goes_to_the_data_host_and_all_else_to_the_other(line, menus):
    publish(menus, line.menus())
    assert [call for call in line.calls if call.startswith("data")] == [
        f"data POST /v2/bot/richmenu/{line.shown}/content"
    ]


def test_publishing_twice_does_nothing_the_second_time(line, menus):
    publish(menus, line.menus())
    line.forget()
    report = publish(menus, line.menus())
    assert line.changes == []
    assert report == [f"resident: unchanged ({line.shown})"]


def test_a_changed_picture_swaps_without_a_moment_without_a_menu(line, menus):
    publish(menus, line.menus())
    old = line.shown
    line.forget()
    changed = repainted(menus)
    report = publish(changed, line.menus())
    all_is_well(line, changed)
    assert set(line.seen) == {old, line.shown}
    assert line.seen == sorted(line.seen, key=[old, line.shown].index)
    assert report[1] == f"resident: deleted an earlier version ({old})"


def test_a_change_costs_one_creation_and_one_deletion(line, menus):
    publish(menus, line.menus())
    new = line.shown
    line.forget()
    publish(repainted(menus), line.menus())
    old, new = new, line.shown
    assert line.changes == [
        "api POST /v2/bot/richmenu/validate",
        "api POST /v2/bot/richmenu",
        f"data POST /v2/bot/richmenu/{new}/content",
        "api POST /v2/bot/richmenu/alias/resident",
        f"api POST /v2/bot/user/all/richmenu/{new}",
        f"api DELETE /v2/bot/richmenu/{old}",
    ]


def test_a_tile_that_sends_something_else_is_published_with_the_same_picture(line, menus):
    publish(menus, line.menus())
    changed = with_chat_bar(menus, "เมนู")
    publish(changed, line.menus())
    all_is_well(line, changed)


@pytest.mark.parametrize("call", range(1, 9))
@pytest.mark.parametrize("failure", ["refused_call", "lost_answer"])
def test_a_first_publishing_that_stops_at_any_call_is_finished_by_the_next(line, menus, call, failure):
    setattr(line, failure, call)
    with pytest.raises(MenuError):
        publish(menus, line.menus())
    line.forget()
    publish(menus, line.menus())
    all_is_well(line, menus)


@pytest.mark.parametrize("call", range(1, 10))
@pytest.mark.parametrize("failure", ["refused_call", "lost_answer"])
def test_a_swap_that_stops_at_any_call_leaves_a_menu_and_is_finished_by_the_next(line, menus, call, failure):
    publish(menus, line.menus())
    line.forget()
    setattr(line, failure, call)
    changed = repainted(menus)
    with pytest.raises(MenuError):
        publish(changed, line.menus())
    assert len(line.calls) == call
    assert None not in line.seen
    line.forget()
    publish(changed, line.menus())
    assert None not in line.seen
    all_is_well(line, changed)


def test_there_are_no_calls_beyond_those_that_were_made_to_fail(line, menus):
    publish(menus, line.menus())
    assert len(line.calls) == 8
    line.forget()
    publish(repainted(menus), line.menus())
    assert len(line.calls) == 9


def test_what_someone_took_away_on_line_comes_back(line, menus):
    on_line = line.simulator.menus
    for damage in (
        lambda: on_line.delete(line.shown),
        lambda: on_line.delete_alias("resident"),
        lambda: setattr(on_line, "default_id", None),
    ):
        publish(menus, line.menus())
        damage()
        publish(menus, line.menus())
        all_is_well(line, menus)


def test_menus_of_others_stay_and_their_thai_does_not_disturb_us(line, menus):
    theirs = menus[0].menu.as_line_wants_it("เมนูของคนอื่น")
    theirs["chatBarText"] = FOURTEEN_CHARACTERS_SIXTEEN_CODE_POINTS
    kept = line.simulator.menus.create(theirs)
    publish(menus, line.menus())
    publish(repainted(menus), line.menus())
    assert kept.id in line.simulator.menus.menus


def test_fourteen_thai_characters_fit_the_chat_bar_though_they_are_sixteen_code_points(line, menus):
    changed = with_chat_bar(menus, FOURTEEN_CHARACTERS_SIXTEEN_CODE_POINTS)
    publish(changed, line.menus())
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
        publish(menus, line.menus())


def test_a_line_that_hangs_is_given_up(line, menus):
    line.simulator.faults.turn(api_hang_seconds=1)
    with pytest.raises(MenuError, match="no answer"):
        publish(menus, line.menus(timeout=(0.2, 0.2)))


def test_a_page_that_is_not_lines_answer_is_no_answer(line, menus):
    line.captive = True
    with pytest.raises(MenuError, match="answered something else"):
        publish(menus, line.menus())


def test_without_a_network_the_operator_is_told_so(menus):
    nowhere = LineMenus("http://127.0.0.1:9", "http://127.0.0.1:9", TOKEN)
    with pytest.raises(MenuError, match="no answer"):
        publish(menus, nowhere)
