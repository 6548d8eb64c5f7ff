"""Tests that another person approves exactly what is sent, to the people they saw, and that each gets it once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.broadcasts import approval, emergency, mailings, testers
from store.broadcasts.approval import BroadcastDraft
from store.broadcasts.audience import BadAudience, reach, read_audience
from store.broadcasts.content import BadContent
from store.broadcasts.imported_list import Imported, find_listed
from store.broadcasts.models import AudienceSnapshot, Broadcast, Chunk, ChunkState, Mailing, StopReason
from store.broadcasts.statistics import press, progress_of, results_of, was_sent
from store.broadcasts.transitions import ActRefused, digest_of
from store.clock import now
from store.database.engine import Database
from store.messaging.models import OutboxRow
from store.messaging.outcomes import Outcome, SendResult
from store.messaging.states import Receipt
from store.municipality.profile import Municipality
from store.residents import preferences
from store.residents.models import Channel, Contact, Resident
from store.staff.models import ALL_DEPARTMENTS, Staff
from tests.builders import a_case, a_resident, an_officer, line_of
from tests.shut import shut

WORDS = {"parts": [{"kind": "words", "text": "พรุ่งนี้น้ำประปาหยุดไหล 9.00-12.00 น. ค่ะ"}]}
OVER = {"parts": [{"kind": "words", "text": "น้ำประปาไหลตามปกติแล้วค่ะ"}]}
# Sees the cases of all departments.
EVERYWHERE = Staff(role="supervisor", department=ALL_DEPARTMENTS)
DRAFT = BroadcastDraft(
    title="น้ำหยุดไหล",
    category="announcement",
    purpose="ให้ประชาชนสำรองน้ำ",
    content=WORDS,
    audience={"who": "everyone"},
    topic="water",
)


@pytest.fixture
def session(database: Database, clock: time_machine.Traveller) -> Any:
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def malee(session: Session, municipality: Municipality) -> Staff:
    return an_officer(session, municipality, full_name="มาลี")


@pytest.fixture
def boss(session: Session, municipality: Municipality) -> Staff:
    return an_officer(session, municipality, full_name="ปลัด", role="supervisor", department=None)


def submitted(session: Session, by: Staff, **changes: Any) -> Broadcast:
    broadcast = approval.write_draft(session, replace(DRAFT, **changes), by)
    approval.submit(session, broadcast, by)
    return broadcast


def approved(session: Session, by: Staff, boss: Staff, **changes: Any) -> Broadcast:
    broadcast = submitted(session, by, **changes)
    approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))
    return broadcast


def send_one(session: Session) -> list[int]:
    """Does what the mailer does when LINE takes everything; returns the recipients' ids, or [] if nothing is due."""
    told = []
    for chunk in mailings.claim(session):
        told = list(mailings.recipients(session, chunk))
        mailings.freeze(chunk, "{}", len(told), again_in=timedelta(seconds=20))
        mailings.end(chunk, ChunkState.SENT)
        mailings.finish_if_over(session, chunk.mailing)
    return told


def states(session: Session) -> list[tuple[str, str]]:
    return [(m.part, m.state) for m in session.scalars(select(Mailing).order_by(Mailing.id))]


def test_what_another_person_approved_reaches_everybody_once(
    session: Session, malee: Staff, boss: Staff
) -> None:
    people = [a_resident(session).id for _ in range(3)]
    broadcast = approved(session, malee, boss)
    assert broadcast.most_messages == 3
    assert send_one(session) == people
    assert send_one(session) == []
    assert states(session) == [("message", "done")]
    assert [act.act for act in broadcast.acts] == ["write", "submit", "approve"]


def test_nobody_approves_what_they_wrote_whatever_their_role(session: Session, boss: Staff) -> None:
    a_resident(session)
    broadcast = submitted(session, boss)
    with pytest.raises(ActRefused, match="own_text"):
        approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))
    assert send_one(session) == []


def test_who_got_the_role_within_a_day_lets_nothing_out(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    """Checks that they approve neither a broadcast nor a template, and are not asked to confirm an emergency."""
    a_resident(session)
    broadcast = submitted(session, malee)
    template = emergency.write_template(session, "น้ำท่วม", WORDS, malee)
    boss.approves_from = now() + timedelta(days=1)
    with pytest.raises(ActRefused, match="account_too_new"):
        approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))
    with pytest.raises(ActRefused, match="account_too_new"):
        emergency.approve_template(template, boss)
    assert emergency.confirmers_of(session, template, malee) == []
    clock.shift(timedelta(days=1))
    approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))


def test_nobody_approves_what_they_last_changed(
    session: Session, malee: Staff, boss: Staff, municipality: Municipality
) -> None:
    a_resident(session)
    broadcast = submitted(session, malee)
    approval.edit(session, broadcast, replace(DRAFT, title="น้ำหยุดไหลพรุ่งนี้"), boss)
    approval.submit(session, broadcast, malee)
    with pytest.raises(ActRefused, match="own_text"):
        approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))


@pytest.mark.parametrize("later_savers", [0, 1, 2])
def test_the_database_itself_refuses_everybody_who_wrote_as_approver(
    session: Session, municipality: Municipality, malee: Staff, later_savers: int
) -> None:
    a_resident(session)
    broadcast = submitted(session, malee)
    for _ in range(later_savers):
        approval.edit(session, broadcast, DRAFT, an_officer(session, municipality))
        approval.submit(session, broadcast, malee)
    broadcast.approver_id = malee.id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_an_officer_approves_nothing(session: Session, malee: Staff, municipality: Municipality) -> None:
    a_resident(session)
    broadcast = submitted(session, malee)
    with pytest.raises(ActRefused, match="not_your_role"):
        approval.approve(
            session, broadcast, an_officer(session, municipality), read_digest=digest_of(session, broadcast)
        )


def test_a_text_changed_after_it_was_read_is_not_approved(
    session: Session, malee: Staff, boss: Staff
) -> None:
    a_resident(session)
    broadcast = submitted(session, malee)
    read = digest_of(session, broadcast)
    approval.edit(session, broadcast, replace(DRAFT, content=OVER), malee)
    approval.submit(session, broadcast, malee)
    with pytest.raises(ActRefused, match="stale"):
        approval.approve(session, broadcast, boss, read_digest=read)


CHANGES: dict[str, Callable[[Session, Broadcast], None]] = {
    "content": lambda s, b: setattr(b, "content", OVER),
    "closing": lambda s, b: setattr(b, "closing", OVER),
    "title": lambda s, b: setattr(b, "title", "อย่างอื่น"),
    "audience": lambda s, b: s.get_one(AudienceSnapshot, b.id).residents.append(99),
    "cost": lambda s, b: setattr(b, "most_messages", 10_000),
    "time": lambda s, b: setattr(b, "send_at", now() - timedelta(hours=1)),
    "expiry": lambda s, b: setattr(b, "valid_until", now() + timedelta(days=300)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_changed_behind_our_back_after_approval_goes_nowhere(
    session: Session, malee: Staff, boss: Staff, what: str
) -> None:
    a_resident(session)
    broadcast = approved(session, malee, boss)
    CHANGES[what](session, broadcast)
    if what == "audience":
        snapshot = session.get_one(AudienceSnapshot, broadcast.id)
        snapshot.residents = [*snapshot.residents, 98]
    session.flush()
    assert send_one(session) == []
    mailing = session.scalars(select(Mailing)).one()
    assert (mailing.state, mailing.reason) == ("stopped", StopReason.CHANGED)


def test_an_edit_after_approval_voids_it_and_takes_the_sending_back(
    session: Session, malee: Staff, boss: Staff
) -> None:
    a_resident(session)
    broadcast = approved(session, malee, boss, send_at=now() + timedelta(hours=1))
    approval.edit(session, broadcast, DRAFT, malee)
    assert (broadcast.status, broadcast.approver_id, states(session)) == ("draft", None, [])
    session.refresh(broadcast)
    assert broadcast.acts[-1].act == "void"


def test_what_has_begun_to_go_out_cannot_be_edited(session: Session, malee: Staff, boss: Staff) -> None:
    a_resident(session)
    broadcast = approved(session, malee, boss)
    send_one(session)
    with pytest.raises(ActRefused, match="already_going_out"):
        approval.edit(session, broadcast, DRAFT, malee)


def test_what_is_approved_but_not_begun_in_time_must_be_approved_anew(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    a_resident(session)
    approved(session, malee, boss)
    clock.shift(approval.VALID_FOR + timedelta(minutes=1))
    assert send_one(session) == []
    assert session.scalars(select(Mailing.reason)).one() is StopReason.APPROVAL_EXPIRED


def test_who_blocked_or_opted_out_since_is_left_out_and_nobody_is_added(
    session: Session, malee: Staff, boss: Staff
) -> None:
    stays, blocks, opts_out = (a_resident(session) for _ in range(3))
    approved(session, malee, boss)
    line_of(blocks).blocked_at = now()
    preferences.choose(session, opts_out, "water", wanted=False)
    a_resident(session)
    assert send_one(session) == [stays.id]


def test_what_is_urgent_reaches_also_those_who_wanted_no_other_news(
    session: Session, malee: Staff, boss: Staff
) -> None:
    person = a_resident(session)
    preferences.choose(session, person, preferences.EVERYTHING, wanted=False)
    assert reach(session, read_audience({"who": "everyone"}), "water").opted_out == 1
    approved(session, malee, boss, category="warning", topic=None)
    assert send_one(session) == [person.id]


def test_only_a_warning_may_pass_by_residents_wishes(session: Session, malee: Staff) -> None:
    with pytest.raises(ActRefused, match="needs_topic"):
        approval.write_draft(session, replace(DRAFT, topic=None), malee)


def test_a_word_on_one_topic_outlives_a_word_on_everything(session: Session) -> None:
    person = a_resident(session)
    preferences.choose(session, person, preferences.EVERYTHING, wanted=False)
    preferences.choose(session, person, "water", wanted=True)
    chosen = preferences.choices_of(session, person)
    assert preferences.wants(chosen, "water")
    assert not preferences.wants(chosen, "tax")


def test_chunks_hold_at_most_five_hundred(session: Session, malee: Staff, boss: Staff) -> None:
    for i in range(1201):
        resident = Resident(created_at=now())
        contact = Contact(resident=resident, channel=Channel.LINE, key=f"{i:040x}", created_at=now())
        contact.address = f"U{i:032x}"
        session.add(contact)
    session.flush()
    approved(session, malee, boss)
    sizes = [len(chunk.residents or ()) for chunk in session.scalars(select(Chunk).order_by(Chunk.id))]
    assert sizes == [500, 500, 201]


def test_one_bad_id_is_found_by_halves_and_takes_nobody_with_it(
    session: Session, malee: Staff, boss: Staff
) -> None:
    people = [a_resident(session).id for _ in range(5)]
    broadcast = approved(session, malee, boss)
    bad = people[3]
    told = list[int]()
    for _ in range(20):
        for chunk in mailings.claim(session):
            mailings.freeze(chunk, "{}", len(chunk.residents or ()), again_in=timedelta(seconds=20))
            refused = bad in (chunk.residents or ())
            told += [] if refused else chunk.residents or ()
            outcome = Outcome.REFUSED if refused else Outcome.ACCEPTED
            mailings.record(session, chunk, Receipt.NONE, SendResult(outcome))
            mailings.finish_if_over(session, chunk.mailing)
    progress = progress_of(session, broadcast.mailings[0])
    assert sorted(told) == [i for i in people if i != bad]
    assert (progress.told, progress.refused, progress.left, states(session)) == (
        4,
        1,
        0,
        [("message", "done")],
    )


def test_a_pause_holds_everything_and_going_on_misses_nobody(
    session: Session, malee: Staff, boss: Staff
) -> None:
    person = a_resident(session)
    broadcast = approved(session, malee, boss)
    approval.pause(session, broadcast, malee)
    assert send_one(session) == []
    approval.resume(session, broadcast, malee)
    assert send_one(session) == [person.id]


def test_a_cancelled_broadcast_tells_nobody_and_not_its_end_either(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    a_resident(session)
    broadcast = approved(session, malee, boss, closing=OVER, ends_at=now() + timedelta(hours=3))
    approval.cancel(session, broadcast, malee, "พิมพ์ผิด")
    clock.shift(timedelta(hours=4))
    assert send_one(session) == []
    assert (broadcast.status, states(session)) == (
        "cancelled",
        [("message", "cancelled"), ("closing", "cancelled")],
    )


def test_the_end_is_told_to_those_who_were_told_of_the_beginning(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    told = [a_resident(session).id for _ in range(2)]
    approved(session, malee, boss, closing=OVER, ends_at=now() + timedelta(hours=3))
    assert send_one(session) == told
    assert send_one(session) == []
    clock.shift(timedelta(hours=3))
    assert send_one(session) == told
    assert states(session) == [("message", "done"), ("closing", "done")]


def test_who_was_not_told_in_time_hears_neither_the_beginning_nor_the_end(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    a_resident(session)
    broadcast = approved(session, malee, boss, closing=OVER, ends_at=now() + timedelta(hours=3))
    approval.pause(session, broadcast, malee)
    clock.shift(timedelta(hours=3))
    approval.resume(session, broadcast, malee)
    assert send_one(session) == []
    assert send_one(session) == []
    assert ("message", "done") not in states(session)


def test_a_temporary_announcement_needs_its_closing_words(session: Session, malee: Staff) -> None:
    a_resident(session)
    with pytest.raises(ActRefused, match="needs_closing"):
        submitted(session, malee, ends_at=now() + timedelta(hours=3))
    with pytest.raises(ActRefused, match="needs_end"):
        submitted(session, malee, closing=OVER)


def test_a_send_time_is_waited_for(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    person = a_resident(session)
    approved(session, malee, boss, send_at=now() + timedelta(hours=2))
    assert send_one(session) == []
    clock.shift(timedelta(hours=2))
    assert send_one(session) == [person.id]


def test_a_stale_form_changes_nothing(session: Session, malee: Staff) -> None:
    broadcast = approval.write_draft(session, DRAFT, malee)
    seen = broadcast.version
    approval.edit(session, approval.lock(session, broadcast.id, by=malee, seen_version=seen), DRAFT, malee)
    with pytest.raises(ActRefused, match="stale"):
        approval.lock(session, broadcast.id, by=malee, seen_version=seen)


def test_audiences_name_the_right_people(session: Session, municipality: Municipality) -> None:
    home = {"name": "ก", "phone": "0812345678", "address": {"moo": "3", "community": "ชุมชนสุขใจ"}}
    villager, other = a_resident(session, person=home), a_resident(session)
    case = a_case(session, municipality, resident=other)
    preferences.choose(session, villager, "tax", wanted=True)
    for audience, expected in (
        ({"who": "moo", "values": ["3"]}, villager),
        ({"who": "community", "values": ["ชุมชนสุขใจ"]}, villager),
        ({"who": "topic", "values": ["tax"]}, villager),
        ({"who": "service", "values": ["street_light"]}, other),
        ({"who": "cases", "values": [str(case.id)]}, other),
        ({"who": "list", "residents": [other.id]}, other),
    ):
        assert reach(session, read_audience(audience), None).residents == (expected.id,), audience


@pytest.mark.parametrize(
    "bad", [{"who": "moo"}, {"who": "list"}, {"who": "nobody"}, {"who": "cases", "values": ["1 OR 1=1"]}, {}]
)
def test_an_audience_that_means_nobody_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(BadAudience):
        read_audience(bad)


def test_a_list_is_matched_however_its_numbers_are_written(
    session: Session, municipality: Municipality
) -> None:
    first = a_resident(session, person={"name": "ก", "phone": "0811111111"})
    second = a_resident(session, person={"name": "ข", "phone": "0822222222"})
    third = a_resident(session, person={})
    for resident in (first, second):
        a_case(session, municipality, resident=resident)
    code = a_case(session, municipality, resident=third).tracking_code
    found = find_listed(
        session,
        ["๐๘๑-๑๑๑ ๑๑๑๑", "+66 82 222 2222,นางข", code.lower(), "0899999999", "", "ชื่อ"],
        by=EVERYWHERE,
    )
    assert found.residents == tuple(sorted((first.id, second.id, third.id)))
    assert found.missing == ((4, "0899999999"), (6, "ชื่อ"))


@pytest.mark.parametrize(
    "row",
    [
        "812345678",
        "0812345678.0",
        "812345678.0",
        '="0812345678"',
        "'0812345678",
        "\u200e0812345678\u200f",
        "081–234–5678",
        "081‑234‑5678",
        "สมศรี,0812345678",
        "1;สมศรี ใจดี;081 234 5678",
        '"0812345678","หมู่ 4"',
        "+66812345678",
        "๐๘๑๒๓๔๕๖๗๘",
    ],
)
def test_a_number_is_found_however_excel_wrote_it(
    session: Session, municipality: Municipality, row: str
) -> None:
    resident = a_resident(session, person={"phone": "0812345678"})
    a_case(session, municipality, resident=resident)
    assert find_listed(session, ["ชื่อ", row], by=EVERYWHERE) == Imported((resident.id,), ((1, "ชื่อ"),))


def test_of_a_number_that_two_left_both_are_found_and_a_day_is_no_number(
    session: Session, municipality: Municipality
) -> None:
    phones = ("0812345678", "0812345678", "025690102")
    people = [a_resident(session, person={"phone": phone}) for phone in phones]
    for resident in people:
        a_case(session, municipality, resident=resident)
    couple = [resident.id for resident in people[:2]]
    found = find_listed(session, ["0812345678,2569-01-02", "2569-01-02"], by=EVERYWHERE)
    assert found == Imported(tuple(sorted(couple)), ((2, "2569-01-02"),))


@pytest.mark.parametrize(
    "change", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f"สมศรี,{code}"]
)
def test_a_tracking_code_is_found_with_and_without_dashes(
    session: Session, municipality: Municipality, change: Callable[[str], str]
) -> None:
    case = a_case(session, municipality)
    found = find_listed(session, [change(case.tracking_code)], by=EVERYWHERE)
    assert found == Imported((case.resident_id,), ())


def test_a_list_is_matched_although_one_resident_cannot_be_read(
    database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        unreadable, other = (
            a_resident(session, person={"phone": "0811111111"}),
            a_resident(session, person={"phone": "0822222222"}),
        )
        for resident in (unreadable, other):
            a_case(session, municipality, resident=resident)
        ids = unreadable.id, other.id
    shut(database, "resident.person", ids[0])
    with database.reading() as session:
        found = find_listed(session, ["0811111111", "0822222222"], by=EVERYWHERE)
    assert (found.residents, found.missing) == ((ids[1],), ((1, "0811111111"),))


@pytest.mark.parametrize(
    ("part", "place", "problem"),
    [
        ({"kind": "words", "text": " "}, "parts.0.text", "empty"),
        ({"kind": "words", "text": "🏠" * 2501}, "parts.0.text", "too_long"),
        ({"kind": "card", "title": "ก", "text": "ข", "buttons": [{"label": "น้ำ" * 21}]}, "label", "too_long"),
        (
            {"kind": "card", "title": "ก", "text": "ข", "buttons": [{"label": "ก", "link": "javascript:1"}]},
            "",
            "bad_link",
        ),
        (
            {"kind": "place", "title": "ก", "address": "ข", "latitude": 91, "longitude": 0},
            "latitude",
            "wrong",
        ),
        ({"kind": "video"}, "parts.0", "wrong"),
    ],
)
def test_content_beyond_limits_is_refused_with_its_place(
    session: Session, malee: Staff, part: dict[str, Any], place: str, problem: str
) -> None:
    with pytest.raises(BadContent) as refused:
        approval.write_draft(session, replace(DRAFT, content={"parts": [part]}), malee)
    assert any(place in where and what == problem for where, what in refused.value.problems), (
        refused.value.problems
    )


def test_twenty_labels_as_people_see_them_fit(session: Session, malee: Staff) -> None:
    card = {"kind": "card", "title": "ก", "text": "ข", "buttons": [{"label": "น้ำ" * 20}]}
    assert approval.write_draft(session, replace(DRAFT, content={"parts": [card]}), malee).id


def test_a_warning_prepared_on_a_quiet_day_waits_for_a_superior_and_then_for_review(
    session: Session, malee: Staff, boss: Staff, municipality: Municipality
) -> None:
    person, everyone = a_resident(session), {"who": "everyone"}
    content = {"parts": [{"kind": "words", "text": "น้ำกำลังขึ้นที่ [สถานที่] ขอให้ขึ้นที่สูงค่ะ"}]}
    template = emergency.write_template(session, "น้ำท่วม", content, malee)
    with pytest.raises(ActRefused, match="wrong_status"):
        emergency.order(session, municipality, template, {}, everyone, malee, how="โทร")
    with pytest.raises(ActRefused, match="not_your_role"):
        emergency.approve_template(template, malee)
    emergency.approve_template(template, boss)
    there = {"สถานที่": "คลองใหญ่"}
    for blanks, by, how, why in (
        ({}, malee, "โทร", "blank_left_empty"),
        (there, boss, "โทร", "nobody_can_confirm"),
        (there, malee, " ", "needs_note"),
    ):
        with pytest.raises(ActRefused, match=why):
            emergency.order(session, municipality, template, blanks, everyone, by, how=how)
    broadcast = emergency.order(session, municipality, template, there, everyone, malee, how="โทร 02.10 น.")
    assert mailings.claim(session) == []
    assert emergency.unconfirmed(session) == [broadcast]
    assert emergency.to_review(session) == []
    approval.approve(session, broadcast, boss, read_digest=digest_of(session, broadcast))
    assert send_one(session) == [person.id]
    assert "คลองใหญ่" in broadcast.content["parts"][0]["text"]
    assert emergency.unconfirmed(session) == []
    assert emergency.to_review(session) == [broadcast]
    with pytest.raises(ActRefused, match="not_your_role"):
        emergency.review(session, broadcast, malee, "ดีแล้ว")
    emergency.review(session, broadcast, boss, "เหมาะสม")
    assert emergency.to_review(session) == []


def test_a_tester_is_linked_by_typing_the_code_and_gets_the_test(
    session: Session, malee: Staff, clock: time_machine.Traveller
) -> None:
    colleague = a_resident(session)
    tester = testers.invite(session, malee)
    code = tester.code or ""
    assert testers.link(session, colleague, "ทดสอบ000") is None
    assert testers.link(session, colleague, f" {code[:5]} {code[5:]} ") is tester
    assert testers.link(session, a_resident(session), code) is None
    broadcast = approval.write_draft(session, DRAFT, malee)
    testers.send_test(session, broadcast, tester)
    session.flush()
    row = session.scalars(select(OutboxRow)).one()
    assert (row.notice, row.to) == ("broadcast_test", line_of(colleague).address)


def test_presses_blocks_and_writers_are_counted(
    session: Session, malee: Staff, boss: Staff, clock: time_machine.Traveller
) -> None:
    leaves, _stays = a_resident(session), a_resident(session)
    broadcast = approved(session, malee, boss)
    assert was_sent(session, broadcast.id) is None
    send_one(session)
    assert was_sent(session, broadcast.id) is broadcast
    clock.shift(timedelta(hours=2))
    line_of(leaves).blocked_at = now()
    press(session, broadcast.id, 0)
    press(session, broadcast.id, 0)
    session.flush()
    came = results_of(session, broadcast)
    assert (came.presses, came.blocked, came.wrote) == ({0: 2}, 1, 0)


def test_a_correction_needs_words_and_what_is_said_is_checked(
    session: Session, malee: Staff, boss: Staff
) -> None:
    a_resident(session)
    first = approved(session, malee, boss)
    place = {"parts": [{"kind": "place", "title": "ก", "address": "ข", "latitude": 1, "longitude": 1}]}
    with pytest.raises(ActRefused, match="correction_needs_words"):
        submitted(session, malee, corrects_id=first.id, content=place)
    assert submitted(session, malee, corrects_id=first.id).corrects_id == first.id


def test_moments_survive_the_database_so_that_the_hash_does_too(
    database: Database, municipality: Municipality
) -> None:
    """Checks that what was hashed before the commit has the same hash when it is read from another connection."""
    with database.transaction() as session:
        author, superior = (
            an_officer(session, municipality),
            an_officer(session, municipality, role="supervisor"),
        )
        a_resident(session)
        soon = datetime.now(UTC) + timedelta(hours=1, microseconds=123)  # noqa: TID251
        broadcast = approved(session, author, superior, send_at=soon)
    with database.transaction() as session:
        again = session.get_one(Broadcast, broadcast.id)
        assert digest_of(session, again) == again.digest
        session.execute(text("UPDATE broadcast SET title = 'x'"))
    with database.transaction() as session:
        again = session.get_one(Broadcast, broadcast.id)
        assert digest_of(session, again) != again.digest
