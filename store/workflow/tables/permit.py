"""Defines the life of an application for a permit. No service names it yet."""

from enum import StrEnum
from typing import Final

from store.workflow.case_table import ActionRow, NoticeRow, StatusRow, Tone, read_workflow
from store.workflow.tables import problem


class Status(StrEnum):
    SUBMITTED = "submitted"
    NEED_INFO = "need_info"
    CHECKED = "checked"
    TO_PAY = "to_pay"
    APPROVED = "approved"
    ISSUED = "issued"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Action(StrEnum):
    SUBMIT = "submit"
    CHECK = "check"
    ASK = "ask"
    ANSWER = "answer"
    BILL = "bill"
    APPROVE = "approve"
    ISSUE = "issue"
    REFUSE = "refuse"
    CANCEL = "cancel"
    TELL = "tell"
    ADD = "add"
    REMARK = "remark"
    ASSIGN = "assign"


_OPEN: Final = "submitted need_info checked to_pay approved"
_STAFF: Final = "officer supervisor"

# fmt: off
ROWS: Final = (
    # action    before                                 after        who           needs   the resident is told
    ("submit",  "-",                                   "submitted", "resident",   "",     "-"),
    ("check",   "submitted",                           "checked",   _STAFF,       "",     "permit_moved"),
    ("ask",     "submitted checked",                   "need_info", _STAFF,       "note", "case_question"),
    ("answer",  "need_info",                           "submitted", "resident",   "note", "-"),
    ("bill",    "checked",                             "to_pay",    _STAFF,       "note", "permit_moved"),
    ("approve", "to_pay",                              "approved",  "supervisor", "",     "permit_moved"),
    ("issue",   "approved",                            "issued",    _STAFF,       "note", "permit_moved"),
    ("refuse",  "submitted need_info checked to_pay",  "refused",   "supervisor", "note", "permit_moved"),
    ("cancel",  "submitted need_info checked to_pay",  "cancelled", "resident",   "",     "-"),
    ("tell",    f"{_OPEN} issued",                     "=",         _STAFF,       "note", "case_message"),
    ("add",     _OPEN,                                 "=",         "resident",   "note", "-"),
    ("remark",  f"{_OPEN} issued refused cancelled",   "=",         _STAFF,       "note", "-"),
    ("assign",  _OPEN,                                 "=",         _STAFF,       "",     "-"),
)

STATUS_ROWS: Final[dict[str, StatusRow]] = {
    #                          residents read            tone          colour     likely action
    Status.CHECKED:  StatusRow("ตรวจเอกสารแล้ว",          Tone.WORKING, "#00695C", "bill"),
    Status.TO_PAY:   StatusRow("รอชำระค่าธรรมเนียม",       Tone.WAITING, "#A84300", "approve"),
    Status.APPROVED: StatusRow("อนุมัติแล้ว รอออกใบอนุญาต", Tone.WORKING, "#1A5FB4", "issue"),
    Status.ISSUED:   StatusRow("ออกใบอนุญาตแล้ว",         Tone.DONE,    "#2E7D32", ends=True),
    Status.REFUSED:  StatusRow("ไม่อนุญาต",               Tone.REFUSED, "#5D4037", ends=True),
}

ACTION_ROWS: Final[dict[str, ActionRow]] = {
    #                          timeline             button              confirmation            note
    Action.CHECK:    ActionRow("ตรวจเอกสารแล้ว",     "เอกสารครบถ้วน",     "บันทึกว่าตรวจเอกสารแล้ว", assigns=True),
    Action.BILL:     ActionRow("แจ้งค่าธรรมเนียม",    "แจ้งค่าธรรมเนียม",   "แจ้งค่าธรรมเนียมแล้ว",    "จำนวนเงิน และวิธีชำระ"),
    Action.APPROVE:  ActionRow("อนุมัติ",            "ชำระแล้ว อนุมัติ",    "อนุมัติแล้ว"),
    Action.ISSUE:    ActionRow("ออกใบอนุญาต",       "ออกใบอนุญาต",      "ออกใบอนุญาตแล้ว",       "เลขที่ใบอนุญาต และวิธีรับ", takes_photos=True),
    Action.REFUSE:   ActionRow("ไม่อนุญาต",          "ไม่อนุญาต",         "บันทึกว่าไม่อนุญาตแล้ว",  "เหตุผลที่ไม่อนุญาต"),
}
# fmt: on

NOTICES: Final = {"permit_moved": NoticeRow("แจ้งสถานะใบอนุญาต", "#1A5FB4")}

WORKFLOW: Final = read_workflow(
    "permit",
    Status,
    Action,
    ROWS,
    status_rows={**problem.STATUS_ROWS, **STATUS_ROWS},
    action_rows={**problem.ACTION_ROWS, **ACTION_ROWS},
    notices={**problem.NOTICES, **NOTICES},
)
