"""Fills a town with everything that the stories tell, much of it still on its way: every table has rows."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from line_simulator.refusals import NoSuchButton
from line_simulator.residents import Resident as Phone
from store.audit.chain import add_checkpoints
from store.broadcasts import approval, emergency, emergency_confirmation, testers
from store.broadcasts.models import Broadcast, EmergencyTemplate
from store.cases import bulk, surge
from store.cases.models import Case
from store.cases.workflows import Action, Status
from store.clock import now
from store.database import periodic
from store.jobs import requests as jobs
from store.jobs.models import JobKind
from store.messaging import requests
from store.messaging.models import OutboxRow
from store.messaging.states import MessageState, Reason
from store.operations import heartbeats
from store.quota import usage
from store.residents import menus, preferences
from store.staff import account_requests, rate_limits
from store.staff.accounts import NewStaff
from tests.builders import QUICK_PASSWORDS, a_resident, an_officer
from tests.clerk import Clerk, a_clerk
from tests.stories.press import DRAFT, IN_AN_HOUR, act, approve, card, words
from tests.stories.scenes import a_case_of, friend, officer, tell
from tests.stories.transcripts import Stage, Story
from tests.town import Town

WAITING_WORDS = "ไฟถนนหน้าวัดดับ"
TOWN_NEWS = "งดจ่ายน้ำวันศุกร์"


class Act(Stage):
    """Does what the story says and does not look at the answers: numbers and queues are others in a full town."""

    def __init__(self, town: Town, clerks: dict[str, Clerk]) -> None:
        super().__init__(town)
        self.clerks = clerks

    def _bot(self, verb: str, rest: str) -> None:
        self.latest = []

    def _resident(self, actor: str, verb: str, rest: str) -> None:
        # A button with the number of a case: here the case has another one.
        with suppress(NoSuchButton):
            super()._resident(actor, verb, rest)

    def _staff(self, actor: str, verb: str, rest: str) -> None:
        clerk = self.clerks.get(actor)
        # Days have passed since then, so sessions have expired.
        if clerk is None or clerk.client.get("/").status_code != 200:
            self.clerks[actor] = new_clerk(self.town, role=actor)
        if verb not in ("sees", "misses"):
            super()._staff(actor, verb, rest)


def new_clerk(town: Town, role: str) -> Clerk:
    name = f"{role}.{now():%d%m%y.%H%M%S%f}"
    return a_clerk(town.console(), town.database, town.app.municipality, username=name, role=role)


def play(town: Town, stories: Iterable[Story]) -> None:
    """Plays the stories one after another in the same town, each with residents of its own."""
    clerks: dict[str, Clerk] = {}
    # Each story moves the clock on, so those that pick a day of the calendar come first.
    for story in sorted(stories, key=lambda story: not any(" picks " in line for _, line in story.lines)):
        Act(town, clerks).play(story)


def fill(town: Town, stories: Iterable[Story]) -> None:
    """Fills the town first with what is done, then with what is on its way."""
    play(town, stories)
    phone = friend(town, "ผู้รับข่าว")
    for step in (
        keep_the_account,
        let_news_ride,
        send_broadcasts,
        prepare_emergencies,
        write_to_many,
        ask_about_accounts,
        invite_testers,
    ):
        step(town, phone)
    leave_on_its_way(town, phone)
    add_checkpoints(town.database)


def keep_the_account(town: Town, phone: Phone) -> None:
    with town.database.transaction() as session:
        heartbeats.beat(session, "worker")
        heartbeats.note_redelivery(session)
        menus.note_shown(session, menus.DEFAULT)
        usage.note_reading(session, most=15_000, used=120)
        periodic.take(session, "menus", periodic.slot_of(now(), timedelta(minutes=1)))
        preferences.choose(session, a_resident(session, line_user_id=phone.id), "water", wanted=False)
        rate_limits.use(session, rate_limits.Limit("list", 20, timedelta(hours=1)), "staff 1")
    # A member of staff who has forgotten the password.
    page = town.console().test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get("/sign-in").text)
    assert token is not None
    page.post("/sign-in", data={"username": "nobody", "password": "a wrong password", "csrf_token": token[1]})


def let_news_ride(town: Town, phone: Phone) -> None:
    """Lets a held notice go along in the request of one that was not held."""
    case_id = a_case_of(town, phone, Status.SUBMITTED)
    officer(town, case_id, Action.ACCEPT)
    officer(town, case_id, Action.TELL, "พรุ่งนี้ไปดูค่ะ")
    town.settle()


def send_broadcasts(town: Town, _phone: Phone) -> None:
    """Makes broadcasts: done with a pressed link, corrected, paused, cancelled, returned, submitted, a draft."""
    link = {"label": "อ่านต่อ", "link": "https://tessaban.example/news"}
    done = approve(town, content=card(link), audience={"who": "friends"}, category="warning", topic=None)
    town.settle()
    assert town.web.get(f"/b/{done}/0").status_code == 302
    approve(town, corrects_id=done)
    town.settle()
    act(town, "pause", approve(town, send_at=now() + IN_AN_HOUR))
    act(town, "cancel", approve(town, send_at=now() + IN_AN_HOUR), "ไม่ต้องแล้ว")
    with town.database.transaction() as session:
        author = an_officer(session, town.app.municipality)
        boss = an_officer(session, town.app.municipality, role="supervisor", department=None)
        approval.write_draft(session, DRAFT, author)
        approval.submit(session, approval.write_draft(session, DRAFT, author), author)
        returned = approval.write_draft(session, DRAFT, author)
        approval.submit(session, returned, author)
        approval.return_(session, returned, boss, "แก้คำ")


def prepare_emergencies(town: Town, _phone: Phone) -> None:
    with town.database.transaction() as session:
        author = an_officer(session, town.app.municipality)
        boss = an_officer(session, town.app.municipality, role="supervisor", department=None)
        template = emergency.write_template(session, "น้ำท่วม", words("น้ำสูง [ระดับ] ค่ะ"), author)
        emergency.approve_template(template, boss)
        emergency_confirmation.ask(session, _ordered(town, session, template), to_whom="ทุกคน")
        emergency.write_template(session, "ไฟป่า", words("ไฟที่ [สถานที่] ค่ะ"), author)


def write_to_many(town: Town, phone: Phone) -> None:
    """Writes a message to many, which waits for another supervisor."""
    case_id = a_case_of(town, phone, Status.RECEIVED)
    with town.database.transaction() as session:
        author = an_officer(session, town.app.municipality)
        bulk.ask(session, author, [session.get_one(Case, case_id)], "รอสักครู่นะคะ")


def _ordered(town: Town, session: Session, template: EmergencyTemplate) -> Broadcast:
    """Orders an emergency, which waits for a superior whose LINE is linked."""
    municipality = town.app.municipality
    chief = an_officer(session, municipality, role="supervisor", department=None)
    testers.link(session, a_resident(session), testers.invite(session, chief).code or "")
    by = an_officer(session, municipality)
    return emergency.order(
        session, municipality, template, {"ระดับ": "2 เมตร"}, {"who": "everyone"}, by, how="โทร"
    )


def ask_about_accounts(town: Town, _phone: Phone) -> None:
    """Opens an account, whose owner gets the link, and asks for a new password, which waits for a second person."""
    municipality, cipher = town.app.municipality, town.database.cipher
    with town.database.transaction() as session:
        admin = an_officer(session, municipality, role="admin")
        boss = an_officer(session, municipality, role="supervisor", department=None)
        new = NewStaff("newcomer", "นางใหม่ มาแล้ว", "officer", "health")
        account_requests.ask_to_open(session, municipality, cipher, new, by=admin)
        (asked,) = account_requests.list_waiting(session)
        account_requests.confirm(session, municipality, QUICK_PASSWORDS, asked, by=boss)
        account_requests.ask_for_reset(session, cipher, boss, by=admin)


def invite_testers(town: Town, phone: Phone) -> None:
    """Invites two testers: one is linked, the other has a code that nobody typed yet."""
    with town.database.transaction() as session:
        colleague = an_officer(session, town.app.municipality)
        code = testers.invite(session, colleague).code or ""
        testers.invite(session, an_officer(session, town.app.municipality))
    phone.says(code)
    town.settle()


def leave_on_its_way(town: Town, phone: Phone) -> None:
    """Leaves an event, a receipt, news, undeliverable news, a photo, two broadcasts (one in doubt), a job, a surge."""
    for state in (MessageState.DEAD, MessageState.UNREACHABLE):
        tell(town, phone, state)
        with town.database.transaction() as session:
            requests.end(session, max(session.scalars(select(OutboxRow.id))), state, reason=Reason.REFUSED)
    officer(town, a_case_of(town, phone, Status.SUBMITTED), Action.ACCEPT)
    in_doubt = approve(town, content=words(TOWN_NEWS), category="warning", topic=None)
    town.simulator.faults.turn(api_status="500", count=1)
    assert town.mailer.mail_once()
    approve(town, content=words(f"{TOWN_NEWS} {in_doubt}"), send_at=now() + IN_AN_HOUR)
    phone.sends_photos([b"not fetched yet"])
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    phone.says(WAITING_WORDS)
    town.simulator.deliver_webhooks()
    with town.database.transaction() as session:
        jobs.ask(session, JobKind.BACKUP, by=an_officer(session, town.app.municipality, role="admin").id)
        if surge.find_running(session) is None:
            boss = an_officer(session, town.app.municipality, role="supervisor", department=None)
            surge.start(session, boss, "น้ำท่วมทั้งเมือง", None)
