"""Defines what happens to each table's rows when a backup is restored.

Work went on between the backup and the restore: waiting messages may have been sent, and an account or a session may
have been closed. So nothing that waited is processed automatically, and no stored session, code or link is valid.
BECOMES defines it for every table, and a test checks that none is missing.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from store.audit.log import write_down
from store.broadcasts.models import ConfirmButton, Mailing, MailingState, StopReason, Tester
from store.cases.models import Case, Surge
from store.clock import in_bangkok, now
from store.files.models import File, FileReason, FileState
from store.jobs.models import OPEN, FailReason, Job, JobState
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState, MessageKind, MessageState, Reason, Receipt
from store.operations import heartbeats
from store.operations.models import Heartbeat
from store.staff.models import AccountRequest, SignInStreak, SignInTry, Staff, StaffSession

AS_IT_WAS = "as it was"
BECOMES: Final = {
    # Work in progress
    "inbox": "an event that waited is dead: worked on again, it could answer and make a case a second time",
    "outbox": "a message that waited is dead, a mere answer dropped: it may have been sent since",
    "mailing": "a broadcast that waited or was being sent is stopped until somebody resumes it",
    "chunk": "keeps its people and its retry key: LINE takes none twice within a day. It waits with its mailing",
    "file": "one still to be fetched is fetched; if LINE has it no more, nobody is told. Damaged ones are refused",
    "conversation": f"{AS_IT_WAS}: it goes on when its resident writes, and says nothing by itself",
    "tick": f"{AS_IT_WAS}: a slot that is over is never done later",
    "job": "one that waited or ran has failed: what it did since is unknown, and it can be asked for again",
    "bulk_message": f"{AS_IT_WAS}: one that waits is read again by the supervisor who releases it",
    # What is shown for a time
    "surge": f"{AS_IT_WAS}, and said in the report: only a supervisor knows whether it is over",
    "broadcast": f"{AS_IT_WAS}: its menu is shown in its time, which tells nobody anything; its mailing is stopped",
    "menu_shown": f"{AS_IT_WAS}: the worker compares it with LINE",
    # Who may sign in
    "staff": "every password must be changed at the next sign-in",
    "account_request": "one that waits is refused and a link that was given is worth nothing: ask again",
    "staff_session": "gone: whoever was signed in signs in again",
    "sign_in_try": "gone",
    "sign_in_streak": "gone, and with it each lock: every password is changed anyway",
    "tester": "a code that was not typed yet is gone: invite again. Who is linked stays",
    "confirm_button": "gone: whom it would let warn may be another by now, and it lasts ten minutes only",
    "pressed_form": f"{AS_IT_WAS}, so that a form that was left open is not carried out twice",
    "limited_use": f"{AS_IT_WAS}: it counts for a day at most",
    # Heartbeats
    "heartbeat": "those of the worker are gone: it shows none until it runs",
    "quota_reading": f"{AS_IT_WAS}: LINE is asked as soon as the worker runs",
    # History and knowledge
    "series": f"{AS_IT_WAS}, and said in the report: numbers given since are given again",
    "audit": f"{AS_IT_WAS}, with an entry about the restore",
    "audit_checkpoint": f"{AS_IT_WAS}: an anchor from after the backup is not found any more",
    "secret": AS_IT_WAS,
    "unsent_message": f"{AS_IT_WAS}: what was taken back before it came still stays away",
    "resident": AS_IT_WAS,
    "contact": AS_IT_WAS,
    "case": AS_IT_WAS,
    "case_event": AS_IT_WAS,
    "broadcast_act": AS_IT_WAS,
    "audience_snapshot": AS_IT_WAS,
    "button_press": AS_IT_WAS,
    "emergency_template": f"{AS_IT_WAS}: one goes out only when two people act",
    "topic_choice": AS_IT_WAS,
}


def hold_back(
    session: Session, *, taken_at: str, damaged: Collection[str], taken_back: Collection[str]
) -> list[str]:
    """Changes the restored rows as BECOMES says, and writes the restore into the audit log.

    `taken_at` is when the backup was made, ISO 8601; `damaged` and `taken_back` are tokens of files. Returns sentences
    for the operator: what was stopped, and what people must do.
    """
    held = _stop_events(session) + _stop_messages(session)
    stopped = _stop_mailings(session)
    _quiet_files(session, damaged, taken_back)
    _fail_jobs(session)
    people = _show_out(session)
    session.execute(delete(Heartbeat).where(Heartbeat.name != heartbeats.REDELIVERY))
    write_down(session, "restore", details={"taken_at": taken_at})
    session.flush()
    return [*_held_sentences(held, stopped), *_people_sentences(people), *_since_sentences(session, taken_at)]


def _stop_events(session: Session) -> int:
    waiting = update(InboxEvent).where(InboxEvent.state == EventState.NEW)
    done = session.execute(
        waiting.values(state=EventState.DEAD, reason=Reason.RESTORED, waits_since=None, error=None).returning(
            InboxEvent.id
        )
    )
    return len(done.all())


def _stop_messages(session: Session) -> int:
    """Drops waiting answers, which would come too late; receipts and notices become dead. Returns how many did."""
    waiting = update(OutboxRow).where(OutboxRow.state == MessageState.READY)
    travelled_alone = {"body": None, "reply_token": None, "lead_id": None}
    # Each of them may have been sent since the backup.
    in_doubt = {"receipt": Receipt.UNKNOWN, "reason": Reason.RESTORED, "waits_since": None, "error": None}
    answers = waiting.where(OutboxRow.kind == MessageKind.REPLY, OutboxRow.must_arrive.is_(False))
    dropped = answers.values(state=MessageState.DROPPED, messages=None)
    session.execute(dropped.values(**travelled_alone, **in_doubt))
    rest = waiting.values(state=MessageState.DEAD, **travelled_alone, **in_doubt)
    return len(session.execute(rest.returning(OutboxRow.id)).all())


def _stop_mailings(session: Session) -> int:
    going = update(Mailing).where(Mailing.state.in_((MailingState.WAITING, MailingState.SENDING)))
    return len(
        session.execute(
            going.values(state=MailingState.STOPPED, reason=StopReason.RESTORED).returning(Mailing.id)
        ).all()
    )


def _fail_jobs(session: Session) -> None:
    failed = update(Job).where(Job.state.in_(OPEN))
    session.execute(failed.values(state=JobState.FAILED, reason=FailReason.RESTORED, ended_at=now()))


def _quiet_files(session: Session, damaged: Collection[str], taken_back: Collection[str]) -> None:
    wanted = update(File).where(File.state == FileState.WANTED)
    session.execute(wanted.values(next_try_at=now(), tries=0, reason=FileReason.RESTORED))
    for file in session.scalars(
        select(File).where(File.token.in_([*damaged, *taken_back]), File.state == FileState.KEPT)
    ):
        file.sha256, file.next_try_at = None, None
        if file.token in taken_back:
            file.state = FileState.GONE
            file.name = None
            file.taken_at_place = None
        else:
            file.state, file.reason = FileState.REFUSED, FileReason.DAMAGED


def _show_out(session: Session) -> int:
    session.execute(delete(StaffSession))
    session.execute(delete(SignInTry))
    session.execute(delete(SignInStreak))
    session.execute(delete(ConfirmButton))
    session.execute(update(Tester).values(code=None, code_until=None))
    waiting = update(AccountRequest).where(AccountRequest.state == "waiting")
    session.execute(waiting.values(state="refused", decided_at=now()))
    session.execute(update(AccountRequest).values(code_hash=None, link_hash=None, link_until=None))
    return len(session.execute(update(Staff).values(password_is_initial=True).returning(Staff.id)).all())


def _held_sentences(held: int, stopped: int) -> list[str]:
    told = ["Nothing that was waiting goes out by itself: it may have been sent since."]
    if held:
        told.append(
            f"{held} events and messages that waited are at /dead-letters, where a supervisor decides."
        )
    if stopped:
        told.append(
            f"{stopped} sendings of broadcasts are stopped; somebody who knows resumes or cancels them."
        )
    return told


def _people_sentences(people: int) -> list[str]:
    if not people:
        return []
    return [
        f"Everybody is signed out, and {people} members of staff must choose another password at the next sign-in.",
        "Close again at /staff the accounts that were closed since.",
    ]


def _since_sentences(session: Session, taken_at: str) -> list[str]:
    told = [
        f"What residents took back, refused or were told after {_moment(taken_at)} is not known any more."
    ]
    last = session.scalars(
        select(Case).order_by(Case.fiscal_year.desc(), Case.number.desc()).limit(1)
    ).first()
    if last is not None:
        told.append(f"The last case is {last.shown_number}: numbers given after it are given a second time.")
    if session.scalar(select(func.count()).select_from(Surge).where(Surge.is_running.is_(True))):
        told.append("A surge is running: end it at /surge if it is over.")
    return told


def _moment(taken_at: str) -> str:
    return f"{in_bangkok(datetime.fromisoformat(taken_at)):%d %b %Y %H:%M}"
