"""Holds the Thai words of the console that are not in a template: labels, phrases, reasons of refusals."""

from typing import Final

from store.cases.queue import Tab
from store.cases.workflows import ACTION_ROWS, STATUS_ROWS, Tone
from store.cases.workflows import NOTICES as NOTICE_ROWS
from store.files.models import FileReason
from store.jobs.models import FailReason, Job, JobKind, JobState, Phase
from store.messaging.states import Reason
from store.operations.dead_letters import DeadLetter, DropReason
from store.quota.usage import Alarm
from store.staff.permissions import Role

ROLES: Final = {Role.OFFICER: "เจ้าหน้าที่", Role.SUPERVISOR: "หัวหน้างาน", Role.ADMIN: "ผู้ดูแลระบบ"}

ACCOUNT_REQUESTS: Final = {
    "open": "เปิดบัญชีใหม่",
    "role": "เปลี่ยนบทบาทหรือหน่วยงาน",
    "reset": "ตั้งรหัสผ่านใหม่",
    "reopen": "เปิดบัญชีที่ปิดไว้",
}

TABS: Final = {
    Tab.NEW: "ใหม่",
    Tab.DOING: "กำลังทำ",
    Tab.WAITING: "รอผู้แจ้ง",
    Tab.OVERDUE: "เกินกำหนด",
    Tab.DONE: "เสร็จแล้ว",
    Tab.ALL: "ทั้งหมด",
}

STATUSES: Final = {status: row.for_staff for status, row in STATUS_ROWS.items()}

EVENTS: Final = {action: row.label for action, row in ACTION_ROWS.items()}
COMMENTED: Final = "ผู้แจ้งเขียนความเห็น"

# Shown instead of a value that cannot be decrypted.
CLOSED: Final = "(เปิดอ่านไม่ได้ กรุณาแจ้งผู้ดูแลระบบ)"

CHANNELS: Final = {"line": "LINE", "email": "อีเมล", "phone": "โทรศัพท์", "counter": "เคาน์เตอร์"}

NOTICES: Final = {notice: row.label for notice, row in NOTICE_ROWS.items()}

# LINE reports that it accepted a message, but not whether the resident received it.
DELIVERIES: Final = {
    "ready": ("รอส่ง", Tone.WAITING),
    "sent": ("LINE รับแล้ว", Tone.DONE),
    "dead": ("ส่งไม่ได้", Tone.REFUSED),
    "unreachable": ("ส่งไม่ได้ ผู้แจ้งบล็อกบัญชี", Tone.REFUSED),
    "dropped": ("ไม่ส่งแล้ว", Tone.ENDED),
}

# The kinds of events and messages that are stuck, and why they are.
DEAD_LETTER_KINDS: Final = {"event": "ข้อความเข้าจาก LINE", "reply": "คำตอบในแชต", "notice": "ข้อความแจ้งผู้แจ้ง"}
BLOCKED: Final = "ผู้แจ้งบล็อกบัญชี LINE ข้อความไปไม่ถึง กรุณาติดต่อทางโทรศัพท์"
NO_ADDRESS: Final = "ที่อยู่ LINE ของผู้แจ้งเปิดไม่ได้ ข้อความไปไม่ถึง กรุณาติดต่อทางโทรศัพท์ และแจ้งผู้ดูแลระบบ"
DEAD_LETTER_REASONS: Final = {
    Reason.REFUSED: "LINE ไม่รับข้อความนี้",
    Reason.NO_CONTACT: "ผู้แจ้งไม่มีช่องทางรับข้อความ กรุณาโทรแจ้ง",
    Reason.UNWRITABLE: "ระบบเขียนข้อความนี้ไม่ได้",
    Reason.NO_CLEAR_ANSWER: "LINE ไม่ตอบชัดเจนตลอด 23 ชั่วโมง",
    Reason.NO_ANSWER: "LINE ไม่ตอบ กำลังลองใหม่",
    Reason.SERVER_ERROR: "LINE ขัดข้อง กำลังลองใหม่",
    Reason.RATE_LIMIT: "LINE ให้ส่งช้าลง กำลังรอส่ง",
    Reason.UNAUTHORISED: "LINE ไม่รับรหัสของบัญชี (access token) กรุณาแจ้งผู้ดูแลระบบ",
    Reason.UNDECRYPTABLE: "ข้อมูลที่เข้ารหัสไว้เปิดไม่ได้",
    Reason.NO_KEY: "รอกุญแจ DATA_KEY ที่ระบบยังไม่มี กรุณาแจ้งผู้ดูแลระบบ",
    Reason.WORKER_ENDED: "ทำให้ระบบหยุดทำงานทุกครั้งที่ลอง",
    Reason.NO_QUOTA: "ข้อความของเดือนหมด รอไปกับคำตอบครั้งถัดไป",
    Reason.RESTORED: "นำข้อมูลสำรองกลับมาใช้ รายการนี้อาจทำไปแล้วหลังวันที่สำรอง ตรวจก่อนกดลองใหม่",
}
# One line above the list of cases; the page of the quota explains it.
ALARMS: Final = {
    Alarm.DROPPED: "แพ็กเกจ LINE ลดลงจากเดิม",
    Alarm.GONE: "ข้อความ LINE ของเดือนนี้หมดแล้ว ข่าวถึงผู้แจ้งรอส่งอยู่",
}
DROP_REASONS: Final = {
    DropReason.TOLD_OTHERWISE: "แจ้งทางอื่นแล้ว",
    DropReason.NOT_NEEDED: "ไม่จำเป็นแล้ว",
    DropReason.DEFECTIVE: "ข้อมูลเสีย ใช้ไม่ได้",
}

JOB_KINDS: Final = {JobKind.BACKUP: "สำรองข้อมูล", JobKind.REENCRYPT: "เข้ารหัสข้อมูลใหม่"}
JOB_STATES: Final = {
    JobState.WAITING: ("รอทำ", Tone.WAITING),
    JobState.RUNNING: ("กำลังทำ", Tone.WORKING),
    JobState.DONE: ("เสร็จแล้ว", Tone.DONE),
    JobState.FAILED: ("ไม่สำเร็จ", Tone.REFUSED),
    JobState.CANCELLED: ("ยกเลิกแล้ว", Tone.ENDED),
}
JOB_PHASES: Final = {Phase.ROWS: "ข้อมูล", Phase.FILES: "ไฟล์"}
JOB_REASONS: Final = {
    FailReason.ERROR: "ลองหลายครั้งแล้วไม่สำเร็จ กรุณาแจ้งผู้ดูแลเครื่อง",
    FailReason.WORKER_ENDED: "ระบบหยุดทำงานทุกครั้งที่ลอง กรุณาแจ้งผู้ดูแลเครื่อง",
    FailReason.NO_FOLDER: "เขียนลงโฟลเดอร์สำรองไม่ได้ ผู้ดูแลเครื่องตรวจ BACKUP_FOLDER และสิทธิ์ของโฟลเดอร์",
    FailReason.NO_KEY_FILE: "อ่านกุญแจของข้อมูลสำรองไม่ได้ ผู้ดูแลเครื่องตรวจ BACKUP_KEY_FILE",
    FailReason.NO_ROOM: "ดิสก์ของเครื่องแม่ข่ายเต็ม",
    FailReason.RESTORED: "ค้างอยู่ตอนนำข้อมูลสำรองกลับมาใช้ เริ่มใหม่ได้",
}

FILE_STATES: Final = {
    "wanted": "กำลังรับรูป",
    "refused": "รับไฟล์ไม่ได้",
    "gone": "ผู้แจ้งลบแล้ว",
}
FILE_REASONS: Final = {
    FileReason.TOO_BIG: "ไฟล์ใหญ่เกินไป",
    FileReason.UNREADABLE: "เปิดไฟล์ไม่ได้",
    FileReason.WRONG_TYPE: "ไม่ใช่รูปหรือ PDF",
    FileReason.CUT_OFF: "ไฟล์มาไม่ครบ",
    FileReason.LOCKED: "ไฟล์มีรหัสผ่าน",
    FileReason.INFECTED: "พบไวรัสในไฟล์",
    FileReason.UNSAFE: "ไฟล์มีคำสั่งหรือไฟล์อื่นซ่อนอยู่",
    FileReason.LOST: "LINE ไม่มีไฟล์นี้แล้ว",
    FileReason.DAMAGED: "ไฟล์ในข้อมูลสำรองเสียหายหรือหายไป",
}

# The labels of the triage levels. Colour alone must not tell them apart.
TRIAGE: Final = {"red": "แดง อันตราย", "yellow": "เหลือง เร่งด่วน", "green": "เขียว รอได้"}
SURGE_REFUSALS: Final = {
    "words_missing": "กรุณาเขียนข้อความที่ประชาชนจะอ่าน",
    "words_long": "ข้อความยาวเกินไป ใช้ได้ไม่เกิน 300 ตัวอักษร",
    "menu_unknown": "ไม่มีเมนูนี้",
    "already_running": "มีผู้เปิดโหมดรับเหตุใหญ่ไว้แล้ว",
    "not_running": "โหมดรับเหตุใหญ่ปิดไปแล้ว",
    "account_too_new": "บัญชีหรือบทบาทของท่านเพิ่งได้รับไม่ถึง 1 วัน จึงยังยืนยันแทนผู้อื่นไม่ได้ ต้องให้หัวหน้างานท่านอื่นยืนยัน",
    "own_words": "ท่านเป็นผู้เสนอข้อความนี้ ต้องให้หัวหน้างานท่านอื่นยืนยัน",
    "not_waiting": "ข้อเสนอนี้ไม่ได้รอยืนยันแล้ว",
    "not_your_role": "เฉพาะหัวหน้างาน",
    "not_sure": "กรุณาทำเครื่องหมายยืนยันก่อนกดปุ่ม",
}

REFUSALS: Final = {
    "same_words": "วันนี้ท่านส่งข้อความเดียวกันหรือข้อความที่มีลิงก์ถึงผู้แจ้ง 5 คนแล้ว "
    "ถ้าต้องแจ้งหลายคน เลือกหลายเรื่องในรายการแล้วส่งครั้งเดียว หัวหน้างานอีกท่านจะเป็นผู้ส่ง",
    "nothing_picked": "กรุณาเลือกเรื่องอย่างน้อยหนึ่งเรื่อง",
    "account_too_new": "บัญชีหรือบทบาทของท่านเพิ่งได้รับไม่ถึง 1 วัน จึงยังยืนยันแทนผู้อื่นไม่ได้ ต้องให้หัวหน้างานท่านอื่นยืนยัน",
    "own_message": "ท่านเป็นผู้เขียนข้อความนี้ ต้องให้หัวหน้างานท่านอื่นอ่านและส่ง",
    "lapsed": "ไม่มีผู้ส่งภายใน 7 วัน จึงไม่ส่งแล้ว ถ้ายังจำเป็น กรุณาเขียนข้อความใหม่",
    "decided": "ข้อความนี้ส่งหรือยกเลิกไปแล้ว",
    "stale": "ข้อความหรือเรื่องไม่ตรงกับที่ท่านอ่าน กรุณาอ่านใหม่",
    "author_gone": "บัญชีของผู้เขียนปิดหรือเปลี่ยนหน้าที่แล้ว กรุณาเขียนข้อความใหม่",
    "unseen_cases": "มีเรื่องของกองที่ท่านดูไม่ได้ ต้องให้หัวหน้างานที่ดูได้ทุกเรื่องเป็นผู้ส่ง",
    "too_short": "รหัสผ่านสั้นไป ต้องยาวอย่างน้อย 15 ตัวอักษร ใช้วลีที่จำง่ายได้",
    "too_long": "รหัสผ่านยาวเกินไป ใช้ได้ไม่เกิน 256 ตัวอักษร",
    "too_common": "รหัสผ่านนี้เดาง่าย เพราะมาจากคำที่ใช้กันทั่วไป ชื่อ คำซ้ำ หรือแป้นพิมพ์ที่เรียงกัน ลองใช้คำสามหรือสี่คำที่ไม่เกี่ยวกัน เว้นวรรคได้",
    "as_before": "รหัสผ่านใหม่ต้องไม่ใช่รหัสเดิม กรุณาตั้งรหัสใหม่",
    "not_same": "รหัสผ่านใหม่ที่พิมพ์สองครั้งไม่ตรงกัน",
    "wrong_password": "รหัสผ่านปัจจุบันไม่ถูกต้อง",
    "username_shape": "ชื่อผู้ใช้ใช้ได้เฉพาะตัวอักษร ตัวเลข จุด ขีด และ @ ยาว 2 ถึง 60 ตัว",
    "username_taken": "มีชื่อผู้ใช้นี้แล้ว",
    "full_name_length": "กรุณากรอกชื่อ-นามสกุล ไม่เกิน 120 ตัวอักษร",
    "role_unknown": "กรุณาเลือกบทบาท",
    "department_unknown": "ไม่พบหน่วยงานนี้",
    "department_missing": "กรุณาเลือกหน่วยงาน หรือเลือก “ทุกหน่วยงาน” หากให้เห็นทุกเรื่อง",
    "own_role": "เปลี่ยนบทบาทของตนเองไม่ได้ ให้ผู้ดูแลระบบท่านอื่นเปลี่ยนให้",
    "own_request": "ท่านเป็นผู้ขอหรือเป็นเจ้าของบัญชีนี้ ต้องให้หัวหน้างานหรือผู้ดูแลระบบท่านอื่นยืนยัน",
    "too_new": "บัญชีหรือบทบาทของท่านเพิ่งได้รับไม่ถึง 1 วัน ยังยืนยันแทนผู้อื่นไม่ได้ ให้ท่านอื่นยืนยัน หรือรอให้ครบ 1 วัน",
    "request_gone": "คำขอนี้มีผู้ตัดสินไปแล้ว หรือเกิน 7 วัน หากยังต้องการให้ขอใหม่",
    "request_stale": "บัญชีนี้หรือผู้ขอเปลี่ยนไปหลังจากส่งคำขอ กรุณาให้ขอใหม่",
    "already_asked": "มีคำขอแบบเดียวกันรอยืนยันอยู่แล้ว หากต้องการรหัสใหม่ ให้ยกเลิกคำขอเดิมในหน้า “คำขอเรื่องบัญชี” ก่อน",
    "is_open": "บัญชีนี้เปิดอยู่แล้ว",
    "is_closed": "บัญชีนี้ปิดอยู่ กรุณาขอเปิดบัญชีก่อน แล้วจึงขอตั้งรหัสผ่านใหม่",
    "link_gone": "ลิงก์นี้ใช้ไม่ได้แล้ว เพราะใช้ไปแล้ว มีการตั้งรหัสผ่านใหม่แล้ว เกิน 72 ชั่วโมง หรือใส่รหัสผิดเกิน 5 ครั้ง "
    "กรุณาติดต่อผู้ดูแลระบบให้ขอใหม่",
    "wrong_code": "รหัส 8 หลักไม่ถูกต้อง กรุณาถามผู้ดูแลระบบที่เปิดบัญชีให้ ใส่ผิดได้ไม่เกิน 5 ครั้ง",
    "own_account": "ปิดบัญชีของตนเองไม่ได้",
    "last_admin": "ต้องมีผู้ดูแลระบบเหลืออย่างน้อยหนึ่งคน",
    "too_big": "ไฟล์ใหญ่เกินไป รูปแต่ละรูปต้องไม่เกิน 10 MB",
    "unreadable": "ไฟล์ที่แนบไม่ใช่รูป หรือเปิดไม่ได้ ใช้ได้เฉพาะ JPG, PNG, WEBP และ HEIC",
    "wrong_type": "ไฟล์ที่แนบไม่ใช่รูป ใช้ได้เฉพาะ JPG, PNG, WEBP และ HEIC",
    "too_many": "แนบได้ไม่เกิน 5 รูปต่อครั้ง",
    "note_missing": "กรุณากรอกข้อความก่อนกดบันทึก",
    "agency_missing": "กรุณาใส่ชื่อหน่วยงานที่รับเรื่องต่อ ผู้แจ้งต้องรู้ว่าจะติดตามได้ที่ไหน ถ้าไม่มีหน่วยงานใดรับ ให้ยุติเรื่องพร้อมเหตุผล",
    "note_long": "ข้อความยาวเกินไป ใช้ได้ไม่เกิน 2,000 ตัวอักษร",
    "note_long_for_many": "ข้อความยาวเกินไป ใช้ได้ไม่เกิน 1,000 ตัวอักษร",
    "assignee_unknown": "มอบหมายให้ผู้นี้ไม่ได้",
}


def why_unfinished(row: DeadLetter) -> str:
    """Says in Thai why the row is stuck. LINE's own text is not shown, because it can quote the message."""
    if row.reason in DEAD_LETTER_REASONS:
        return DEAD_LETTER_REASONS[row.reason]
    if row.kind == "event":
        return f"ระบบประมวลผลไม่สำเร็จ ({row.error})" if row.error else "ระบบยังไม่ได้ประมวลผล"
    return "ส่งไม่สำเร็จ" if row.is_dead else "ยังส่งไม่ได้ อาจรอโควตาหรือระบบหยุด"


def job_result(job: Job) -> str:
    """Says what a job that is done has done."""
    found = job.result or {}
    if job.kind is JobKind.BACKUP:
        said = f"สำรองแล้ว {found['rows']:,} รายการ {found['files']:,} ไฟล์"
        return f"{said} มีไฟล์เสียหรือหายไป {found['damaged']:,} ไฟล์" if found["damaged"] else said
    said = f"เข้ารหัสใหม่แล้ว {found['rows']:,} รายการ {found['files']:,} ไฟล์"
    if found["closed"]:
        said += f" เปิดไม่ได้ {found['closed']:,} รายการ"
    if found["left"]:
        said += f" ยังใช้กุญแจเก่าอยู่ {found['left']:,} รายการ อย่าเพิ่งนำกุญแจเก่าออก"
    return said
