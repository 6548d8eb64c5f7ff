"""Defines the life of a reported problem: statuses, actions, notices, and which action leads from where to where."""

from enum import StrEnum
from typing import Final

from store.workflow.case_table import ActionRow, NoticeRow, StatusRow, Tone, read_workflow


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
    SUBMIT = "submit"
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


_OPEN: Final = "submitted received need_info in_progress reopened"
_STAFF: Final = "officer supervisor"

# fmt: off
ROWS: Final = (
    # action     before                                          after            who                    needs          the resident is told
    ("submit",  "-",                                             "submitted",     "resident",            "",            "-"),
    ("accept",  "submitted reopened",                            "received",      _STAFF,                "",            "case_received"),
    ("ask",     "received in_progress",                          "need_info",     _STAFF,                "note",        "case_question"),
    ("answer",  "need_info",                                     "received",      "resident",            "note",        "-"),
    ("start",   "received need_info",                            "in_progress",   _STAFF,                "",            "case_started"),
    ("finish",  "received need_info in_progress",                "done",          _STAFF,                "note",        "case_done"),
    ("forward", "submitted received in_progress reopened",       "forwarded_out", _STAFF,                "note agency", "case_forwarded"),
    ("close",   _OPEN,                                           "closed",        "supervisor",          "note",        "case_closed"),
    ("cancel",  "submitted received need_info reopened",         "cancelled",     "resident",            "",            "-"),
    ("reopen",  "done closed forwarded_out",                     "reopened",      "resident supervisor", "note",        "case_reopened"),
    ("tell",    f"{_OPEN} forwarded_out done",                   "=",             _STAFF,                "note",        "case_message"),
    ("add",     f"{_OPEN} forwarded_out",                        "=",             "resident",            "note",        "-"),
    ("remark",  f"{_OPEN} forwarded_out done closed cancelled",  "=",             _STAFF,                "note",        "-"),
    ("assign",  _OPEN,                                           "=",             _STAFF,                "",            "-"),
    ("confirm", "done",                                          "=",             "resident",            "",            "-"),
    ("rate",    "done",                                          "=",             "resident",            "",            "-"),
)

STATUS_ROWS: Final[dict[str, StatusRow]] = {
    #                               residents read       tone          colour     likely action
    Status.SUBMITTED:     StatusRow("ส่งเรื่องแล้ว",         Tone.NEW,     "#455A64", "accept", staff_label="รอรับเรื่อง"),
    Status.RECEIVED:      StatusRow("รับเรื่องแล้ว",         Tone.WORKING, "#00695C", "start"),
    Status.NEED_INFO:     StatusRow("รอข้อมูลจากผู้แจ้ง",     Tone.WAITING, "#A84300", "tell"),
    Status.IN_PROGRESS:   StatusRow("กำลังดำเนินการ",      Tone.WORKING, "#1A5FB4", "finish"),
    Status.FORWARDED_OUT: StatusRow("ส่งต่อหน่วยงานอื่น",    Tone.ENDED,   "#6A1B9A", "tell"),
    Status.DONE:          StatusRow("เสร็จสิ้น",            Tone.DONE,    "#2E7D32", ends=True),
    Status.CLOSED:        StatusRow("ยุติเรื่อง",             Tone.ENDED,   "#5D4037", ends=True),
    Status.CANCELLED:     StatusRow("ผู้แจ้งยกเลิก",         Tone.ENDED,   "#616161", ends=True),
    Status.REOPENED:      StatusRow("เปิดเรื่องใหม่",        Tone.NEW,     "#A84300", "accept"),
}
# fmt: on

ACTION_ROWS: Final[dict[str, ActionRow]] = {
    Action.SUBMIT: ActionRow("ผู้แจ้งส่งเรื่อง"),
    Action.ACCEPT: ActionRow("รับเรื่อง", "รับเรื่อง", "รับเรื่องแล้ว", assigns=True),
    Action.ASK: ActionRow(
        "ขอข้อมูลเพิ่ม",
        "ส่งคำถามถึงผู้แจ้ง",
        "ส่งคำถามถึงผู้แจ้งแล้ว",
        "ต้องการถามอะไร",
        takes_photos=True,
        phrases=(
            "ขอทราบจุดสังเกตใกล้เคียงเพิ่มเติมค่ะ",
            "รบกวนส่งรูปที่เห็นจุดเกิดเหตุชัดเจนอีกครั้งค่ะ",
            "ขอเลขเสาไฟหรือบ้านเลขที่ที่ใกล้ที่สุดค่ะ",
        ),
    ),
    Action.ANSWER: ActionRow("ผู้แจ้งตอบ"),
    Action.START: ActionRow("เริ่มดำเนินการ", "เริ่มดำเนินการ", "เริ่มดำเนินการแล้ว"),
    Action.FINISH: ActionRow(
        "เสร็จสิ้น",
        "บันทึกว่าเสร็จสิ้น",
        "บันทึกว่าเสร็จสิ้นแล้ว",
        "ผลการดำเนินการ",
        takes_photos=True,
        phrases=(
            "เจ้าหน้าที่ดำเนินการแก้ไขเรียบร้อยแล้วค่ะ",
            "ตรวจสอบแล้ว ใช้งานได้ตามปกติค่ะ",
            "ซ่อมชั่วคราวแล้ว จะแก้ไขถาวรตามแผนงานค่ะ",
        ),
    ),
    Action.FORWARD: ActionRow(
        "ส่งต่อหน่วยงานอื่น",
        "ส่งต่อหน่วยงานอื่น",
        "ส่งต่อแล้ว",
        "เหตุผล และช่องทางติดต่อหน่วยงานนั้น",
        phrases=("จุดนี้อยู่ในความรับผิดชอบของหน่วยงานนี้ค่ะ", "ติดตามเรื่องกับหน่วยงานนี้ได้โดยตรงที่โทร. "),
    ),
    Action.CLOSE: ActionRow(
        "ยุติเรื่อง",
        "ยุติเรื่อง",
        "ยุติเรื่องแล้ว",
        "เหตุผลที่ยุติเรื่อง",
        phrases=(
            "ตรวจสอบแล้วเป็นเรื่องเดียวกับที่มีผู้แจ้งไว้ก่อนค่ะ",
            "ติดต่อกลับหลายครั้งแล้วไม่ได้รับข้อมูลเพิ่มเติมค่ะ",
        ),
    ),
    Action.CANCEL: ActionRow("ผู้แจ้งยกเลิก"),
    Action.REOPEN: ActionRow("เปิดเรื่องใหม่", "เปิดเรื่องใหม่", "เปิดเรื่องใหม่แล้ว", "เหตุผลที่เปิดใหม่"),
    Action.TELL: ActionRow(
        "ส่งข้อความถึงผู้แจ้ง",
        "ส่งข้อความ",
        "ส่งข้อความแล้ว",
        "ข้อความ",
        takes_photos=True,
        phrases=(
            "เจ้าหน้าที่จะลงพื้นที่ภายในวันนี้ค่ะ",
            "อยู่ระหว่างรออะไหล่ คาดว่าจะแล้วเสร็จภายใน 3 วันทำการค่ะ",
        ),
    ),
    Action.ADD: ActionRow("ผู้แจ้งส่งข้อมูลเพิ่ม"),
    Action.REMARK: ActionRow("บันทึกภายใน", "บันทึก", "บันทึกแล้ว", "บันทึก"),
    Action.ASSIGN: ActionRow("มอบหมาย", "มอบหมาย", "มอบหมายแล้ว"),
    Action.CONFIRM: ActionRow("ผู้แจ้งยืนยันว่าใช้ได้แล้ว"),
    Action.RATE: ActionRow("ผู้แจ้งให้คะแนน"),
}

# fmt: off
NOTICES: Final[dict[str, NoticeRow]] = {
    #                           staff read                   colour     buttons
    "case_received":  NoticeRow("แจ้งว่ารับเรื่องแล้ว",           "#00695C"),
    "case_question":  NoticeRow("ขอข้อมูลเพิ่ม",               "#A84300", ("answer", "see")),
    "case_started":   NoticeRow("แจ้งว่าเริ่มดำเนินการ",        "#1A5FB4"),
    "case_done":      NoticeRow("แจ้งว่าเสร็จสิ้น",             "#2E7D32", ("works", "still_broken", "see")),
    "case_forwarded": NoticeRow("แจ้งว่าส่งต่อหน่วยงานอื่น",     "#6A1B9A"),
    "case_closed":    NoticeRow("แจ้งว่ายุติเรื่อง",              "#5D4037", ("look_again", "see")),
    "case_reopened":  NoticeRow("แจ้งว่าเปิดเรื่องใหม่",         "#A84300"),
    "case_message":   NoticeRow("ข้อความจากเจ้าหน้าที่",       "#455A64", ("add", "see")),
}
# fmt: on

WORKFLOW: Final = read_workflow(
    "problem", Status, Action, ROWS, status_rows=STATUS_ROWS, action_rows=ACTION_ROWS, notices=NOTICES
)
