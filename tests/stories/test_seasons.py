"""Tests a season's menu on residents' phones: it appears, also for those with a menu of their own, and disappears."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.line.rich_menu_links import RichMenuLinks
from bot.richmenus.pictures import DrawnMenu, read_drawn_menus
from bot.richmenus.season import Season
from line_simulator.residents import Resident as Phone
from line_simulator.richmenus.images import read_picture
from store.broadcasts import approval
from store.broadcasts.approval import BroadcastDraft
from store.broadcasts.models import Broadcast
from store.broadcasts.season_menu import menu_now, note_linked
from store.broadcasts.transitions import digest_of
from store.cases import surge
from store.clock import now
from store.residents import menus
from store.residents.models import Contact
from store.residents.residents import choose_language
from store.staff.models import Staff
from tests.builders import a_resident, an_officer, line_of
from tests.shut import shut
from tests.stories.scenes import friend
from tests.town import TOKEN, Town

SEASON = BroadcastDraft(
    title="ฤดูน้ำท่วม",
    category="warning",
    purpose="เปลี่ยนเมนู",
    content={"parts": []},
    audience={"who": "everyone"},
)
FLOODED = {"parts": [{"kind": "words", "text": "น้ำกำลังมาค่ะ"}]}
DRY = {"parts": [{"kind": "words", "text": "น้ำลดแล้วค่ะ"}]}
A_YEAR_ON = datetime(2027, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def drawn_menus() -> tuple[DrawnMenu, ...]:
    return read_drawn_menus()


@pytest.fixture
def season(town: Town, drawn_menus: tuple[DrawnMenu, ...]) -> Season:
    """Prepares the account as publishing leaves it: each menu has its picture and alias, and one is the default."""
    on_line = town.simulator.menus
    for drawn in drawn_menus:
        made = on_line.create(drawn.menu.as_line_wants_it(drawn.name))
        on_line.set_image(made.id, read_picture(drawn.png, "image/png"))
        on_line.create_alias(drawn.menu.alias, made.id)
        if drawn.menu.default:
            on_line.default_id = made.id
    return keeper(town)


def keeper(town: Town) -> Season:
    """Returns the season's keeper of a worker that has just started."""
    return Season(town.database, RichMenuLinks(town.settings.line_api_url, TOKEN, read_seconds=0.5))


def shown(phone: Phone) -> str:
    """Returns the alias of the menu on this phone."""
    menu = phone.rich_menu
    return menu["name"].split(":")[1] if menu else ""


def registered(town: Town, name: str = "สมศรี") -> Phone:
    phone = friend(town, name)
    with town.database.transaction() as session:
        a_resident(session, line_user_id=phone.id)
    return phone


def english(town: Town, name: str = "John") -> Phone:
    phone = friend(town, name)
    phone.says("English")
    town.settle()
    return phone


def a_season(town: Town, menu: str = "flood", **changes: Any) -> int:
    """Adds an approved season, a menu without a message: from now on for a week, or as `changes` say."""
    broadcast_id, approver = submitted(town, menu, **changes)
    with town.database.transaction() as session:
        broadcast = approval.lock(session, broadcast_id, by=approver)
        approval.approve(session, broadcast, approver, read_digest=digest_of(session, broadcast))
    return broadcast_id


def submitted(town: Town, menu: str, **changes: Any) -> tuple[int, Staff]:
    """Adds a season that waits for approval; returns its number and the person who may approve it."""
    draft = replace(SEASON, menu=menu, ends_at=now() + timedelta(days=7))
    with town.database.transaction() as session:
        author = an_officer(session, town.app.municipality)
        approver = an_officer(session, town.app.municipality, role="supervisor")
        broadcast = approval.write_draft(session, replace(draft, **changes), author)
        approval.submit(session, broadcast, author)
        return broadcast.id, approver


def due(town: Town) -> str | None:
    with town.database.reading() as session:
        return menu_now(session)


def calls(town: Town) -> list[str]:
    """Returns the calls about menus that LINE got, the oldest first."""
    log = town.simulator.log.after(0)
    return [f"{entry['method']} {entry['path']}" for entry in log if "richmenu" in entry["path"]]


def test_a_season_comes_to_every_phone_and_goes_when_it_ends(town: Town, season: Season) -> None:
    somchai = friend(town, "สมชาย")
    season.keep()
    assert shown(somchai) == "resident"
    a_season(town)
    season.keep()
    assert shown(somchai) == "flood"
    town.clock.shift(timedelta(days=8))
    season.keep()
    assert shown(somchai) == "resident"


def test_who_has_a_menu_of_their_own_sees_the_season_too_and_gets_it_back(town: Town, season: Season) -> None:
    somsri, john = registered(town), english(town)
    season.keep()
    assert (shown(somsri), shown(john)) == ("registered", "resident-en")
    a_season(town)
    season.keep()
    season.keep()
    assert (shown(somsri), shown(john)) == ("flood", "flood-en")
    town.clock.shift(timedelta(days=8))
    season.keep()
    season.keep()
    assert (shown(somsri), shown(john)) == ("registered", "resident-en")


def test_a_surge_shows_its_menu_over_the_season_and_the_season_comes_back(town: Town, season: Season) -> None:
    somchai, john = friend(town, "สมชาย"), english(town)
    a_season(town, "tax")
    with town.database.transaction() as session:
        chief = an_officer(session, town.app.municipality, role="supervisor", department=None)
        surge.start(session, chief, "น้ำท่วม 3 หมู่บ้านค่ะ", "flood")
    season.keep()
    season.keep()
    assert (shown(somchai), shown(john)) == ("flood", "flood-en")
    with town.database.transaction() as session:
        surge.end(session, chief)
    season.keep()
    season.keep()
    assert (shown(somchai), shown(john)) == ("tax", "tax")


def test_a_menu_that_is_not_there_in_english_everybody_sees_in_thai(town: Town, season: Season) -> None:
    john = english(town)
    a_season(town, "tax")
    season.keep()
    assert shown(john) == "tax"


def test_who_tapped_a_tab_sees_the_season_though_nobody_told_us_of_their_link(
    town: Town, season: Season
) -> None:
    somchai = friend(town, "สมชาย")
    season.keep()
    somchai.taps("ข่าวสาร")
    town.settle()
    assert somchai.messages == []
    assert shown(somchai) == "resident-news"
    a_season(town)
    season.keep()
    assert shown(somchai) == "flood"


def test_when_nothing_changed_line_is_not_called(town: Town, season: Season) -> None:
    registered(town)
    season.keep()
    before = len(calls(town))
    for _ in range(3):
        season.keep()
    assert len(calls(town)) == before


def test_a_worker_that_starts_asks_once_and_mends_what_somebody_changed(town: Town, season: Season) -> None:
    somchai = friend(town, "สมชาย")
    season.keep()
    town.simulator.menus.default_id = town.simulator.menus.aliases["tax"]
    season.keep()
    assert shown(somchai) == "tax"
    keeper(town).keep()
    assert shown(somchai) == "resident"


@pytest.mark.parametrize("fault", [{"api_status": "500"}, {"api_reset": True}, {"api_hang_seconds": 1}])
def test_while_line_is_down_everything_waits_for_the_next_minute(
    town: Town, season: Season, fault: dict[str, Any]
) -> None:
    somchai, somsri = friend(town, "สมชาย"), registered(town)
    season.keep()
    a_season(town)
    town.simulator.faults.turn(**fault)
    season.keep()
    assert shown(somchai) == "resident"
    town.simulator.faults.clear()
    season.keep()
    season.keep()
    assert (shown(somchai), shown(somsri)) == ("flood", "flood")


def test_a_worker_that_dies_after_any_call_is_followed_by_one_that_finishes(
    town: Town, season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    somchai, somsri, john = friend(town, "สมชาย"), registered(town), english(town)
    season.keep()
    for call in range(1, 12):
        somchai.taps("ข่าวสาร")
        town.settle()
        a_season(town)
        dying = keeper(town)
        _dies_after(call, dying, monkeypatch)
        for _ in range(5):
            if not _lives_through(dying):
                break
        for _ in range(4):
            keeper(town).keep()
        assert [shown(phone) for phone in (somchai, somsri, john)] == ["flood", "flood", "flood-en"], call
        assert none_waits(town), call
        town.clock.shift(timedelta(days=8))
        for _ in range(2):
            keeper(town).keep()
        assert [shown(phone) for phone in (somchai, somsri, john)] == [
            "resident",
            "registered",
            "resident-en",
        ]


def _lives_through(dying: Season) -> bool:
    try:
        dying.keep()
    except SystemExit:
        return False
    return True


def _dies_after(call: int, dying: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls LINE and then ends the process before it can record the call."""
    connection, made = dying._line._api, []
    send = connection.send

    def ask(*args: Any, **more: Any) -> Any:
        answer = send(*args, **more)
        made.append(args)
        if len(made) == call:
            raise SystemExit
        return answer

    monkeypatch.setattr(connection, "send", ask)


def none_waits(town: Town) -> bool:
    with town.database.reading() as session:
        found = menus.find_shown(session)
        return found is not None and found.letting_go is None and not menus.to_be_told(session, 0)


def test_while_line_is_still_taking_menus_away_it_is_told_no_new_ones(town: Town, season: Season) -> None:
    john = english(town)
    season.keep()
    town.simulator.menus.batch_seconds = 90
    before = len(calls(town))
    a_season(town)
    season.keep()
    season.keep()
    assert [call for call in calls(town)[before:] if "bulk" in call] == []
    town.clock.shift(timedelta(seconds=91))
    season.keep()
    assert shown(john) == "flood-en"
    assert none_waits(town)


def test_when_line_takes_no_more_batches_those_we_know_see_the_season_at_once(
    town: Town, season: Season
) -> None:
    for _ in range(3):
        RichMenuLinks(town.settings.line_api_url, TOKEN).unlink_everyone()
    somsri, somchai, john = registered(town), friend(town, "สมชาย"), english(town)
    season.keep()
    somchai.taps("ข่าวสาร")
    assert [shown(phone) for phone in (somsri, somchai, john)] == [
        "registered",
        "resident-news",
        "resident-en",
    ]
    a_season(town)
    season.keep()
    assert [shown(phone) for phone in (somsri, somchai, john)] == ["flood", "resident-news", "flood-en"]
    town.clock.shift(timedelta(minutes=21))
    season.keep()
    assert [shown(phone) for phone in (somsri, somchai, john)] == ["flood", "flood", "flood-en"]


def test_a_season_without_a_published_menu_leaves_residents_the_one_they_have(
    town: Town, season: Season
) -> None:
    somchai = friend(town, "สมชาย")
    season.keep()
    town.simulator.menus.delete_alias("flood")
    a_season(town)
    season.keep()
    assert shown(somchai) == "resident"


def test_who_registers_gets_their_menu_and_who_comes_back_gets_it_again(town: Town, season: Season) -> None:
    somsri = registered(town)
    season.keep()
    assert shown(somsri) == "registered"
    somsri.blocks()
    town.settle()
    town.simulator.menus.linked.clear()
    town.clock.shift(timedelta(minutes=1))
    somsri.unblocks()
    town.settle()
    season.keep()
    assert shown(somsri) == "registered"


def test_thai_again_is_everybodys_menu_again(town: Town, season: Season) -> None:
    john = english(town)
    season.keep()
    assert shown(john) == "resident-en"
    john.taps("ภาษาไทย")
    town.settle()
    season.keep()
    assert shown(john) == "resident"


def test_one_resident_whom_line_does_not_know_keeps_nobody_else_from_their_menu(
    town: Town, season: Season
) -> None:
    phones = [registered(town, name) for name in ("ก้อง", "ขวัญ", "คำ")]
    with town.database.transaction() as session:
        a_resident(session, line_user_id="nobody")
    phones.append(registered(town, "ง้อ"))
    season.keep()
    assert [shown(phone) for phone in phones] == ["registered"] * 4
    assert none_waits(town)


def test_one_resident_whom_no_key_opens_keeps_nobody_else_from_their_menu(
    town: Town, season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(menus, "LINKED_RESIDENTS", 1)
    phone = english(town)
    with town.database.transaction() as session:
        unreadable = a_resident(session, line_user_id=f"U{7:032x}")
        other = session.scalars(select(Contact).where(Contact.resident_id != unreadable.id)).one()
        line_of(unreadable).menu_linked = other.menu_linked = None
        unreadable_id = unreadable.id
    shut(town.database, "resident.person", unreadable_id)
    season.keep()
    assert shown(phone) == "resident-en"


def test_at_most_500_are_named_in_a_call(town: Town, season: Season) -> None:
    with town.database.transaction() as session:
        for number in range(501):
            a_resident(session, line_user_id=f"U{number + 1_000_000:032x}")
    season.keep()
    linked = [e for e in town.simulator.log.after(0) if e["path"].endswith("/bulk/link")]
    assert [len(entry["request"]["userIds"]) for entry in linked] == [500, 1]
    assert none_waits(town)


def test_who_changes_their_mind_while_line_is_being_told_is_told_of_again(town: Town, season: Season) -> None:
    with town.database.transaction() as session:
        person = a_resident(session)
        choose_language(person, "en")
    with town.database.transaction() as session:
        note_linked(session, [line_of(person)], "registered")
        assert waiting(session) == [person.id]
        note_linked(session, [line_of(person)], "resident-en")
        session.flush()
        assert waiting(session) == []


def waiting(session: Session) -> list[int]:
    return list(session.scalars(select(Contact.resident_id).where(Contact.menu_linked.is_(None))))


def test_a_season_that_nobody_approved_is_not_shown(town: Town) -> None:
    submitted(town, "flood")
    assert due(town) is None


def test_a_season_begins_and_ends_by_the_clock(town: Town) -> None:
    a_season(town, send_at=now() + timedelta(hours=1), ends_at=now() + timedelta(hours=2))
    seen = []
    for _ in range(4):
        seen.append(due(town))
        town.clock.shift(timedelta(minutes=40))
    assert seen == [None, None, "flood", None]


def test_of_two_seasons_the_one_that_began_later_is_shown_while_it_lasts(town: Town) -> None:
    a_season(town, "flood", send_at=now() - timedelta(days=1))
    a_season(town, "tax", send_at=now() - timedelta(hours=1), ends_at=now() + timedelta(days=1))
    a_season(town, "flood", send_at=now() - timedelta(days=2))
    assert due(town) == "tax"
    town.clock.shift(timedelta(days=2))
    assert due(town) == "flood"


@pytest.mark.parametrize(
    "change", [{"menu": "tax"}, {"ends_at": A_YEAR_ON}, {"title": "อื่น"}, {"approver_id": None}], ids=str
)
def test_a_season_that_is_not_to_the_letter_what_was_approved_is_not_shown(
    town: Town, change: dict[str, Any]
) -> None:
    changed = a_season(town)
    assert due(town) == "flood"
    with town.database.transaction() as session:
        session.execute(update(Broadcast).where(Broadcast.id == changed).values(**change))
    assert due(town) is None


def test_a_season_that_is_cancelled_ends_also_when_its_message_has_gone_out(town: Town) -> None:
    friend(town, "สมชาย")
    broadcast_id = a_season(town, content=FLOODED, closing=DRY)
    town.settle()
    with town.database.transaction() as session:
        supervisor = an_officer(session, town.app.municipality, role="supervisor")
        approval.cancel(session, approval.lock(session, broadcast_id, by=supervisor), supervisor, "น้ำลดแล้ว")
    with town.database.reading() as session:
        assert session.get_one(Broadcast, broadcast_id).status == "approved"
    assert due(town) is None
