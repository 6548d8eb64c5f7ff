"""Checks what must be true when a run is over and drained: a function for each promise yields how it was broken."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from store.cases.workflows import WORKFLOWS
from store.messaging.outbox import REPLY_WITHIN
from tests.faults.evidence import Evidence
from tests.faults.harm import is_harmful

# An answer that must arrive may be told again when LINE can no longer be asked whether it took the first try.
TOKEN_LIFE_MS = REPLY_WITHIN.total_seconds() * 1000
MAX_WAITS = 3
_ERRAND = re.compile(r"[A-Z]+?X+Q")
_NOTICES: dict[str, str] = {
    str(rule.action): rule.notice for workflow in WORKFLOWS.values() for rule in workflow.rules if rule.notice
}


@dataclass(frozen=True)
class Violation:
    kind: Literal["lost", "doubled", "waits", "broken"]
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


Found = Iterator[Violation]


def every_acked_event_is_done_once(seen: Evidence) -> Found:
    rows = seen.inbox_by_event()
    for event_id, event in seen.acked.items():
        states = [row.state for row in rows.get(event_id, [])]
        if not states:
            yield Violation("lost", f"{event['type']} {event_id} was acknowledged and is not in the inbox")
        elif states != (["dead"] if is_harmful(event) else ["done"]):
            yield Violation("broken", f"{event['type']} {event_id} ended as {states}")


def somebody_waits(waited: Mapping[str, int]) -> bool:
    return any(times > MAX_WAITS for times in waited.values())


def nobody_else_waits(seen: Evidence) -> Found:
    """Yields rows left undone too often: one that kills its worker may delay others once or twice, then dies alone."""
    for row, times in seen.waited.items():
        if times > MAX_WAITS:
            yield Violation("waits", f"{row} was not done by {times} workers whose turn it was")


def no_event_is_made_up(seen: Evidence) -> Found:
    for event_id in {row.event_id for row in seen.inbox} - seen.delivered:
        yield Violation("doubled", f"{event_id} is in the inbox and LINE never delivered it")


def every_event_is_answered_once(seen: Evidence) -> Found:
    """Checks that taps, texts and places have one answer each; a reply row is matched by lane and arrival."""
    answers = Counter((row.lane, row.reply_until) for row in seen.outbox if row.kind == "reply")
    rows = seen.inbox_by_event()
    for event_id, event in seen.acked.items():
        for row in rows.get(event_id, []):
            count = answers[row.lane, row.arrived_at + REPLY_WITHIN]
            if count > 1:
                yield Violation("doubled", f"{count} answers to {event['type']} {event_id}")
            if count == 0 and _wants_an_answer(event) and not is_harmful(event):
                yield Violation("lost", f"no answer to {event['type']} {event_id}")


def _wants_an_answer(event: dict[str, object]) -> bool:
    message = event.get("message")
    kind = message.get("type") if isinstance(message, dict) else None
    return event["type"] in ("postback", "follow") or kind in ("text", "location")


def nothing_is_shown_twice(seen: Evidence) -> Found:
    """Checks, message by message, that none is shown twice, but for those of `told_twice_by_design`."""
    excused = told_twice_by_design(seen)
    for mark, times in _times_shown(seen):
        if times > 1 and mark not in excused:
            yield Violation("doubled", f"{mark} was shown {times} times")


def told_twice_by_design(seen: Evidence) -> set[str]:
    """Returns messages that may be shown twice, because LINE never said whether it accepted the reply.

    The reply token must surely have expired. They are news, replies that must arrive, and what LINE claims to have
    failed at.
    """
    sent_at = {event.get("replyToken"): event["timestamp"] for event in seen.acked.values()}
    excused = set()
    for mark, times in _times_shown(seen):
        token = seen.replied_with.get(mark)
        late = max(each.at for each in seen.shown[mark]) > sent_at.get(token, 0) + TOKEN_LIFE_MS
        if times == 2 and token and late and (mark.startswith(("r!:", "n:")) or token in seen.broken):
            excused.add(mark)
    return excused


def _times_shown(seen: Evidence) -> Iterator[tuple[str, int]]:
    for mark, shown in seen.shown.items():
        yield mark, max(Counter(each.number for each in shown).values())


def every_row_came_to_its_end(seen: Evidence) -> Found:
    for row in seen.outbox:
        if row.state not in (("dead",) if is_harmful(row.details) else ("sent", "dropped")):
            yield Violation("broken", f"{row.kind} {row.id} ended as {row.state}: {row.reason}")
        if row.state == "dropped" and (row.kind == "notice" or row.must_arrive):
            yield Violation("lost", f"{row.kind} {row.id} was dropped: {row.reason}")


def what_was_sent_is_on_the_screen(seen: Evidence) -> Found:
    tokens = {row_id: event.get("replyToken") for row_id, event in _events_by_answer(seen)}
    for row in seen.outbox:
        if row.state != "sent":
            continue
        marks = (
            [f"n:{row.id}"]
            if row.kind == "notice"
            else [f"{kind}:{tokens.get(row.id)}" for kind in ("r", "r!")]
        )
        if not any(mark in seen.shown for mark in marks):
            yield Violation("lost", f"{row.kind} {row.id} says sent and is on no screen")


def _events_by_answer(seen: Evidence) -> Iterator[tuple[int, dict[str, object]]]:
    rows = {(row.lane, row.reply_until): row.id for row in seen.outbox if row.kind == "reply"}
    inbox = seen.inbox_by_event()
    for event_id, event in seen.acked.items():
        for arrived in inbox.get(event_id, []):
            row_id = rows.get((arrived.lane, arrived.arrived_at + REPLY_WITHIN))
            if row_id is not None:
                yield row_id, event


def line_saw_no_broken_promise(seen: Evidence) -> Found:
    for violation in seen.violations:
        yield Violation("broken", violation)


def one_case_for_each_submission(seen: Evidence) -> Found:
    submitted = [row for row in seen.conversations if row.ended_as == "submitted"]
    of_case = Counter(row.case_id for row in submitted)
    for row in submitted:
        if row.case_id not in {case.id for case in seen.cases}:
            yield Violation("lost", f"conversation {row.id} is submitted and has no case")
    for case in seen.cases:
        if of_case[case.id] != 1:
            yield Violation("doubled", f"case {case.id} belongs to {of_case[case.id]} conversations")


def every_press_of_send_led_to_an_end(seen: Evidence) -> Found:
    """Checks that every request sent off has ended, except where an unsent photo opened a question again."""
    unsent = {event["source"]["userId"] for event in seen.acked.values() if event["type"] == "unsend"}
    ended = {row.id: row.ended_as for row in seen.conversations}
    for event in seen.acked.values():
        about = parse_qs(event.get("postback", {}).get("data", ""))
        if about.get("do") != ["send"] or event["source"]["userId"] in unsent:
            continue
        if ended.get(int(about["c"][0])) is None:
            yield Violation("lost", f"conversation {about['c'][0]} was sent off and is still open")


def case_numbers_have_no_gap(seen: Evidence) -> Found:
    numbers = sorted(case.number for case in seen.cases)
    if numbers != list(range(1, len(numbers) + 1)):
        yield Violation("broken", f"case numbers are {numbers}")


def each_request_is_in_one_case(seen: Evidence) -> Found:
    cases_of = defaultdict(set)
    for case in seen.cases:
        errands = set(_ERRAND.findall(f"{case.summary} {case.answers}"))
        if not errands:
            yield Violation("lost", f"case {case.id} has lost what was said")
        for errand in errands:
            cases_of[errand].add(case.id)
    for errand, found in cases_of.items():
        if len(found) > 1:
            yield Violation("doubled", f"{errand} is in cases {sorted(found)}")


def each_line_of_a_timeline_is_audited_once(seen: Evidence) -> Found:
    lines = {event.id for events in seen.timeline.values() for event in events}
    for line in lines | seen.audited.keys():
        if seen.audited[line] != (line in lines):
            yield Violation(
                "broken", f"entry {line} of a timeline is {seen.audited[line]} times in the audit log"
            )
    if seen.audit_fault:
        yield Violation("broken", f"the chain of the audit log: {seen.audit_fault}")


def timelines_are_complete(seen: Evidence) -> Found:
    for case in seen.cases:
        events = seen.timeline[case.id]
        befores = [event.before for event in events]
        if befores != [None, *(event.after for event in events[:-1])] or events[-1].after != case.status:
            yield Violation("broken", f"timeline of case {case.id}: {[(e.before, e.after) for e in events]}")
        if case.version != len(events):
            yield Violation("broken", f"case {case.id} in version {case.version} has {len(events)} lines")


def every_act_of_staff_is_told_once(seen: Evidence) -> Found:
    """Checks that there is one notice for each line of a timeline that the resident should hear of."""
    due: Counter[tuple[int | None, str | None, str | None]] = Counter(
        (event.case_id, _NOTICES[event.action], event.note)
        for events in seen.timeline.values()
        for event in events
        if event.who != "resident" and event.action in _NOTICES
    )
    told: Counter[tuple[int | None, str | None, str | None]] = Counter(
        (row.case_id, row.notice, (row.details or {}).get("note"))
        for row in seen.outbox
        if row.kind == "notice" and row.notice not in ("file_lost", "file_is_photo")
    )
    yield from (Violation("lost", f"nobody was told of {act}") for act in due - told)
    yield from (Violation("doubled", f"told of {act} without cause") for act in told - due)
    notes = Counter(
        event.note for events in seen.timeline.values() for event in events if event.who != "resident"
    )
    yield from (Violation("doubled", f"{note} done {n} times") for note, n in notes.items() if note and n > 1)


def files_and_rows_agree(seen: Evidence) -> Found:
    kept = {file.token for file in seen.files if file.state == "kept"}
    yield from (Violation("lost", f"file {token} has no bytes") for token in kept - seen.on_disk)
    yield from (Violation("broken", f"bytes {token} without a row") for token in seen.on_disk - kept)
    for file in seen.files:
        if file.state not in ("kept", "gone"):
            yield Violation("lost", f"file {file.id} ended as {file.state}: {file.reason}")
    if seen.half_written:
        yield Violation("broken", f"{seen.half_written} half-written files lie about")


def every_photo_is_there_once(seen: Evidence) -> Found:
    """Checks that every photo has one row; an unsent one may have none, as LINE may deliver that event first."""
    rows = Counter(file.line_message_id for file in seen.files)
    taken_back = {event["unsend"]["messageId"] for event in seen.acked.values() if event["type"] == "unsend"}
    for event in seen.acked.values():
        message = event.get("message", {})
        if message.get("type") != "image" or (message["id"] in taken_back and not rows[message["id"]]):
            continue
        if rows[message["id"]] != 1:
            kind: Literal["lost", "doubled"] = "doubled" if rows[message["id"]] else "lost"
            yield Violation(kind, f"photo {message['id']} has {rows[message['id']]} rows")


def nobody_sees_what_belongs_to_another(seen: Evidence) -> Found:
    for owner in seen.screens:
        for other, screen in seen.screens.items():
            if other != owner and owner in screen:
                yield Violation("broken", f"{other} reads the words of {owner}")


INVARIANTS: tuple[Callable[[Evidence], Found], ...] = (
    every_acked_event_is_done_once,
    nobody_else_waits,
    no_event_is_made_up,
    every_event_is_answered_once,
    nothing_is_shown_twice,
    every_row_came_to_its_end,
    what_was_sent_is_on_the_screen,
    line_saw_no_broken_promise,
    one_case_for_each_submission,
    every_press_of_send_led_to_an_end,
    case_numbers_have_no_gap,
    each_request_is_in_one_case,
    timelines_are_complete,
    each_line_of_a_timeline_is_audited_once,
    every_act_of_staff_is_told_once,
    files_and_rows_agree,
    every_photo_is_there_once,
    nobody_sees_what_belongs_to_another,
)


def check(seen: Evidence) -> list[Violation]:
    """Returns all violations, or only who waits: the run was then stopped early, so the other checks prove nothing."""
    if somebody_waits(seen.waited):
        return list(nobody_else_waits(seen))
    return [violation for invariant in INVARIANTS for violation in invariant(seen)]
