"""Defines the life of a case as one table: which action leads from which status to which."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    SUBMITTED = "submitted"
    RECEIVED = "received"
    NEED_INFO = "need_info"
    IN_PROGRESS = "in_progress"
    FORWARDED_OUT = "forwarded_out"
    DONE = "done"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


class Action(StrEnum):
    ACCEPT = "accept"
    ASK = "ask"
    ANSWER = "answer"
    START = "start"
    FINISH = "finish"
    FORWARD = "forward"
    CLOSE = "close"
    CANCEL = "cancel"
    REOPEN = "reopen"
    TELL = "tell"
    ADD = "add"
    REMARK = "remark"
    ASSIGN = "assign"
    CONFIRM = "confirm"
    RATE = "rate"


class Who(StrEnum):
    RESIDENT = "resident"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"


class Tone(StrEnum):
    """Says how things stand with something; the console gives each tone a colour."""

    NEW = "new"  # nobody has taken it up
    WORKING = "working"
    WAITING = "waiting"  # for an answer or a decision
    DONE = "done"
    ENDED = "ended"  # and nothing more happens
    REFUSED = "refused"  # or failed, or stopped


@dataclass(frozen=True)
class StatusRow:
    """Describes how a status is shown. Staff read other words where those of residents would mislead them."""

    label: str
    tone: Tone
    staff_label: str


@dataclass(frozen=True)
class Rule:
    """Describes one row of the table. `after` is None where the status stays; `notice` is the resident's
    notification.
    """

    action: Action
    before: frozenset[Status]
    after: Status | None
    who: frozenset[Who]
    needs_note: bool
    notice: str | None


_OPEN: Final = "submitted received need_info in_progress reopened"
_STAFF: Final = "officer supervisor"


def rule(action: str, before: str, after: str, who: str, needs: str, notice: str) -> Rule:
    """Parses one row of words; a misspelt word fails when this module is imported."""
    return Rule(
        Action(action),
        frozenset(Status(word) for word in before.split()),
        None if after == "=" else Status(after),
        frozenset(Who(word) for word in who.split()),
        needs == "note",
        None if notice == "-" else notice,
    )


# fmt: off
RULES: Final = (
    #     action     before                                          after            who                    needs   the resident is told
    rule("accept",  "submitted reopened",                            "received",      _STAFF,                "",     "case_received"),
    rule("ask",     "received in_progress",                          "need_info",     _STAFF,                "note", "case_question"),
    rule("answer",  "need_info",                                     "received",      "resident",            "note", "-"),
    rule("start",   "received need_info",                            "in_progress",   _STAFF,                "",     "case_started"),
    rule("finish",  "received need_info in_progress",                "done",          _STAFF,                "note", "case_done"),
    rule("forward", "submitted received in_progress reopened",       "forwarded_out", _STAFF,                "note", "case_forwarded"),
    rule("close",   _OPEN,                                           "closed",        "supervisor",          "note", "case_closed"),
    rule("cancel",  "submitted received need_info reopened",         "cancelled",     "resident",            "",     "-"),
    rule("reopen",  "done closed forwarded_out",                     "reopened",      "resident supervisor", "note", "case_reopened"),
    rule("tell",    f"{_OPEN} forwarded_out done",                   "=",             _STAFF,                "note", "case_message"),
    rule("add",     f"{_OPEN} forwarded_out",                        "=",             "resident",            "note", "-"),
    rule("remark",  f"{_OPEN} forwarded_out done closed cancelled",  "=",             _STAFF,                "note", "-"),
    rule("assign",  _OPEN,                                           "=",             _STAFF,                "",     "-"),
    rule("confirm", "done",                                          "=",             "resident",            "",     "-"),
    rule("rate",    "done",                                          "=",             "resident",            "",     "-"),
)
# fmt: on

OPEN_STATUSES: Final = frozenset(Status(word) for word in _OPEN.split())
# The office waits for the resident. The promised day stays as it is.
WAITING_STATUSES: Final = frozenset({Status.NEED_INFO})

# fmt: off
STATUS_ROWS: Final = {
    #                               residents read           tone          staff read
    Status.SUBMITTED:     StatusRow("ส่งเรื่องแล้ว",             Tone.NEW,     "รอรับเรื่อง"),
    Status.RECEIVED:      StatusRow("รับเรื่องแล้ว",             Tone.WORKING, "รับเรื่องแล้ว"),
    Status.NEED_INFO:     StatusRow("รอข้อมูลจากผู้แจ้ง",         Tone.WAITING, "รอข้อมูลจากผู้แจ้ง"),
    Status.IN_PROGRESS:   StatusRow("กำลังดำเนินการ",          Tone.WORKING, "กำลังดำเนินการ"),
    Status.FORWARDED_OUT: StatusRow("ส่งต่อหน่วยงานอื่น",        Tone.ENDED,   "ส่งต่อหน่วยงานอื่น"),
    Status.DONE:          StatusRow("เสร็จสิ้น",                Tone.DONE,    "เสร็จสิ้น"),
    Status.CLOSED:        StatusRow("ยุติเรื่อง",                Tone.ENDED,   "ยุติเรื่อง"),
    Status.CANCELLED:     StatusRow("ผู้แจ้งยกเลิก",             Tone.ENDED,   "ผู้แจ้งยกเลิก"),
    Status.REOPENED:      StatusRow("เปิดเรื่องใหม่",            Tone.NEW,     "เปิดเรื่องใหม่"),
}
# fmt: on
STATUS_LABELS: Final = {status: row.label for status, row in STATUS_ROWS.items()}

ACTION_LABELS: Final = {
    Action.ACCEPT: "รับเรื่อง",
    Action.ASK: "ขอข้อมูลเพิ่ม",
    Action.ANSWER: "ผู้แจ้งตอบ",
    Action.START: "เริ่มดำเนินการ",
    Action.FINISH: "เสร็จสิ้น",
    Action.FORWARD: "ส่งต่อหน่วยงานอื่น",
    Action.CLOSE: "ยุติเรื่อง",
    Action.CANCEL: "ผู้แจ้งยกเลิก",
    Action.REOPEN: "เปิดเรื่องใหม่",
    Action.TELL: "ส่งข้อความถึงผู้แจ้ง",
    Action.ADD: "ผู้แจ้งส่งข้อมูลเพิ่ม",
    Action.REMARK: "บันทึกภายใน",
    Action.ASSIGN: "มอบหมาย",
    Action.CONFIRM: "ผู้แจ้งยืนยันว่าใช้ได้แล้ว",
    Action.RATE: "ผู้แจ้งให้คะแนน",
}


class NotAllowed(ValueError):
    """Says that this person may not do this to a case in this status."""


def find_rule(action: Action, status: Status, who: Who) -> Rule:
    """Returns the row that permits the action; raises NotAllowed if there is none."""
    for row in RULES:
        if row.action is action and status in row.before and who in row.who:
            return row
    raise NotAllowed(f"{who} may not {action} a case that is {status}")


def allowed(status: Status, who: Who) -> list[Rule]:
    """Returns the rows open to this person now, in the order of the table: the console's buttons."""
    return [row for row in RULES if status in row.before and who in row.who]
