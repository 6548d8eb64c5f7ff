"""Holds the Thai words of broadcasts that are not in a template: stages, acts, problems of fields, refusals."""

from typing import Final

from store.broadcasts import audience_words
from store.broadcasts.models import Broadcast, Mailing, StopReason
from store.broadcasts.queries import Pile
from store.broadcasts.transitions import Act
from store.cases.workflows import Tone

PILES: Final = {
    Pile.ALL: "ทั้งหมด",
    Pile.DRAFT: "ร่าง",
    Pile.SUBMITTED: "รออนุมัติ",
    Pile.RETURNED: "ส่งกลับแก้ไข",
    Pile.GOING: "รอส่ง/กำลังส่ง",
    Pile.SENT: "ส่งแล้ว",
    Pile.CANCELLED: "ยกเลิก",
}
# The label of each stage and its tone, which only colours the label.
STAGES: Final = {
    "draft": ("ร่าง", Tone.ENDED),
    "submitted": ("รออนุมัติ", Tone.NEW),
    "unconfirmed": ("รอยืนยัน ยังไม่ได้ส่ง", Tone.REFUSED),
    "lapsed": ("เลยเวลาแล้ว ไม่ได้ส่ง", Tone.ENDED),
    "returned": ("ส่งกลับแก้ไข", Tone.WAITING),
    "waiting": ("อนุมัติแล้ว รอส่ง", Tone.WORKING),
    "sending": ("กำลังส่ง", Tone.WORKING),
    "paused": ("พักการส่งไว้", Tone.WAITING),
    "stopped": ("หยุดส่ง", Tone.REFUSED),
    "sent": ("ส่งแล้ว", Tone.DONE),
    "cut": ("หยุดกลางทาง", Tone.ENDED),
    "menu": ("อนุมัติแล้ว (เมนู)", Tone.DONE),
    "cancelled": ("ยกเลิก", Tone.ENDED),
}
MAILINGS: Final = {"message": "ประกาศ", "closing": "ข้อความปิดท้าย"}
MAILING_STATES: Final = {
    "waiting": "รอถึงเวลา",
    "sending": "กำลังส่ง",
    "paused": "พักไว้",
    "done": "ส่งครบแล้ว",
    "stopped": "หยุดส่ง",
    "cancelled": "ยกเลิกแล้ว",
}
# Explains why a mailing stopped.
STOPS: Final = {
    StopReason.NOT_BY_ANOTHER: "ผู้อนุมัติเป็นคนเดียวกับผู้เขียน จึงไม่ส่ง",
    StopReason.NOT_APPROVED: "ยังไม่ได้รับอนุมัติ",
    StopReason.CHANGED: "เนื้อหาหรือผู้รับต่างจากที่อนุมัติไว้ จึงไม่ส่ง ต้องแก้ไขและขออนุมัติใหม่",
    StopReason.OVER: "เลยเวลาสิ้นสุดแล้ว จึงไม่ส่ง",
    StopReason.APPROVAL_EXPIRED: "ไม่ได้เริ่มส่งภายในเวลาที่อนุมัติไว้ ต้องขออนุมัติใหม่",
    StopReason.NO_QUOTA: "ข้อความ LINE ของเดือนนี้ไม่พอ หรือเหลือเพียงที่กันไว้ ซื้อเพิ่มแล้วกด “ส่งต่อ”",
    StopReason.REFUSED: "LINE ไม่รับข้อความนี้",
    StopReason.NO_PUBLIC_ADDRESS: "มีรูปแต่ยังไม่ได้ตั้ง PUBLIC_URL ให้ผู้ดูแลระบบตั้งค่าแล้วกด “ส่งต่อ”",
    StopReason.RESTORED: "นำข้อมูลสำรองกลับมาใช้ ประกาศนี้อาจส่งไปแล้วหลังวันที่สำรอง ตรวจก่อนกด “ส่งต่อ”",
    StopReason.UNWRITABLE: "ระบบเขียนข้อความนี้ไม่ได้ กรุณาแจ้งผู้ดูแลระบบ",
}

CATEGORIES: Final = {
    "announcement": "ประกาศทั่วไป",
    "warning": "เตือนภัย",
    "event": "งานและกิจกรรม",
    "tax": "ภาษีและค่าธรรมเนียม",
}
LOOKS: Final = {
    "announcement": "📢 ประกาศ (เขียว)",
    "warning": "⚠️ เตือนภัย (แดง)",
    "event": "🎉 งาน (ม่วง)",
    "tax": "🧾 ภาษี (น้ำเงิน)",
}
KINDS: Final = {"words": "ข้อความ", "card": "การ์ด", "picture": "รูป", "place": "สถานที่"}
URGENT: Final = "urgent"
URGENT_TOPIC: Final = "ด่วน ส่งถึงทุกคนแม้ไม่รับข่าว (เฉพาะเตือนภัย)"
# The audiences to choose from. Three labels differ from those of the store, because they explain the choice.
AUDIENCES: Final = {
    **audience_words.AUDIENCES,
    "friends": f"{audience_words.AUDIENCES['friends']} (เฉพาะเรื่องด่วน)",
    "community": "ผู้ที่แจ้งว่าอยู่ชุมชน",
    "list": "ตามรายชื่อในไฟล์ CSV",
}

ACTS: Final = {
    "write": "เขียนร่าง",
    "edit": "แก้ไข",
    "void": "แก้ไข (การอนุมัติเดิมสิ้นผล)",
    "submit": "ส่งขออนุมัติ",
    "take_back": "ถอนกลับมาแก้",
    "return": "ส่งกลับแก้ไข",
    "approve": "อนุมัติ",
    "cancel": "ยกเลิก",
    "pause": "พักการส่ง",
    "resume": "ส่งต่อ",
    "review": "ทบทวนแล้ว",
    "emergency": "ขอยืนยันเตือนภัยฉุกเฉิน",
    "test": "ส่งทดสอบ",
}
BUTTONS: Final = {
    Act.SUBMIT: "ส่งขออนุมัติ",
    Act.TAKE_BACK: "ถอนกลับมาแก้",
    Act.RETURN: "ส่งกลับแก้ไข",
    Act.APPROVE: "อนุมัติให้ส่ง",
    Act.CANCEL: "ยกเลิกประกาศนี้",
    Act.PAUSE: "พักการส่ง",
    Act.RESUME: "ส่งต่อ",
    Act.REVIEW: "บันทึกการทบทวน",
}
NOTE_LABELS: Final = {
    Act.RETURN: "ต้องแก้อะไร",
    Act.APPROVE: "บันทึกของผู้อนุมัติ (ถ้ามี)",
    Act.CANCEL: "ยกเลิกเพราะอะไร",
    Act.REVIEW: "ผลการทบทวน",
}
DONE: Final = {
    Act.EDIT: "บันทึกแล้ว",
    Act.SUBMIT: "ส่งขออนุมัติแล้ว",
    Act.TAKE_BACK: "ถอนกลับมาเป็นร่างแล้ว",
    Act.RETURN: "ส่งกลับให้แก้ไขแล้ว",
    Act.APPROVE: "อนุมัติแล้ว ระบบจะส่งตามเวลา",
    Act.CANCEL: "ยกเลิกแล้ว ที่ยังไม่ได้ส่งจะไม่ส่ง",
    Act.PAUSE: "พักการส่งแล้ว",
    Act.RESUME: "ส่งต่อแล้ว",
    Act.REVIEW: "บันทึกการทบทวนแล้ว",
}

# Shown beside a field: what must be corrected.
PROBLEMS: Final = {
    "empty": "กรุณากรอกช่องนี้",
    "too_long": "ยาวเกินที่ LINE รับได้ ดูตัวเลขใต้ช่อง",
    "too_many": "มีมากเกินไป",
    "bad_link": "ลิงก์ต้องขึ้นต้นด้วย https:// และไม่มีช่องว่าง หรือเป็นเบอร์โทร",
    "two_aims": "ปุ่มหนึ่งเปิดลิงก์หรือบริการได้อย่างเดียว",
    "wrong": "ใช้ค่านี้ไม่ได้ กรุณาตรวจอีกครั้ง",
    "bad_pin": "พิกัดต้องเป็นละติจูด, ลองจิจูด เช่น 16.4322, 102.8236",
    "no_picture": "กรุณาเลือกรูป แล้วกด “แนบรูป”",
    "bad_moment": "วันเวลาไม่ถูกต้อง",
    "too_far": "ตั้งเวลาได้ไม่เกินหนึ่งปีข้างหน้า",
    "needs_topic": "เรื่องที่ไม่ใช่เตือนภัยต้องเลือกหัวข้อ เพื่อให้ผู้ที่ไม่รับหัวข้อนี้ไม่ได้รับ",
    "no_values": "กรุณาเลือกอย่างน้อยหนึ่งรายการ",
    "no_residents": "กรุณาแนบไฟล์รายชื่อ และต้องพบอย่างน้อยหนึ่งคน",
    "too_many_rows": "ไฟล์มีมากกว่า 20,000 แถว",
    "too_many_lists": "นำเข้ารายชื่อได้ 20 ครั้งต่อชั่วโมง ครบแล้ว กรุณารอสักพักแล้วแนบไฟล์ใหม่ ส่วนอื่นที่พิมพ์ไว้ยังอยู่",
    "unreadable_list": "อ่านไฟล์ไม่ได้ ใช้ไฟล์ CSV หรือข้อความ ไม่เกิน 2 MB",
    "unknown_cases": "ไม่พบเรื่องบางเลขที่",
    "too_many_cases": "ใส่เลขที่เรื่องได้ไม่เกิน 200 เรื่อง",
    "too_big": "รูปใหญ่เกินไป แต่ละรูปต้องไม่เกิน 10 MB",
    "unreadable": "เปิดรูปไม่ได้ ใช้ได้เฉพาะ JPG, PNG, WEBP และ HEIC",
    "wrong_type": "ไม่ใช่รูป ใช้ได้เฉพาะ JPG, PNG, WEBP และ HEIC",
}
# Says for each reason of ActRefused what to do.
REFUSALS: Final = {
    "needs_title_and_purpose": "กรุณากรอกชื่อและวัตถุประสงค์",
    "wrong_category": "กรุณาเลือกประเภท",
    "needs_topic": PROBLEMS["needs_topic"],
    "not_your_role": "บัญชีของท่านไม่มีสิทธิ์ทำรายการนี้",
    "account_too_new": "บัญชีหรือบทบาทของผู้เห็นชอบเพิ่งได้รับไม่ถึง 1 วัน ต้องให้หัวหน้างานท่านอื่นเห็นชอบ หรือรอให้ครบ 1 วัน",
    "own_text": "ท่านเคยเขียนหรือแก้ไขข้อความนี้ จึงทำรายการนี้เองไม่ได้ ต้องเป็นหัวหน้างานท่านอื่น",
    "not_your_text": "ประกาศนี้ท่านไม่ได้เขียน จึงถอนหรือยกเลิกไม่ได้ ถ้าควรหยุด ให้แจ้งผู้เขียนหรือหัวหน้างาน หัวหน้างานทุกท่านหยุดได้",
    "wrong_status": "ประกาศนี้ไม่อยู่ในขั้นที่ทำรายการนี้ได้แล้ว",
    "stale": "มีผู้เปลี่ยนประกาศนี้หลังจากที่ท่านเปิดหน้าไว้",
    "already_going_out": "เริ่มส่งไปแล้วจึงแก้ไม่ได้ กรุณาเขียนประกาศแก้ไขฉบับใหม่",
    "nobody_to_tell": "ขณะนี้ไม่มีใครในกลุ่มนี้ที่ส่งถึงได้",
    "says_nothing": "ยังไม่มีข้อความที่จะส่ง เพิ่มข้อความ การ์ด รูป หรือสถานที่อย่างน้อยหนึ่งส่วน",
    "needs_closing": "ประกาศที่มีเวลาสิ้นสุดต้องมีข้อความปิดท้าย ให้ผู้รับรู้ว่าจบแล้ว",
    "needs_end": "กรุณาใส่เวลาสิ้นสุด เพราะมีข้อความปิดท้ายหรือเปลี่ยนเมนูไว้",
    "closes_nothing": "มีข้อความปิดท้ายแต่ไม่มีข้อความประกาศ",
    "correction_needs_words": "ประกาศแก้ไขต้องขึ้นต้นด้วยข้อความหรือการ์ด เพื่อบอกว่าแก้ฉบับใด",
    "friends_only_urgent": "ส่งถึงเพื่อนทุกคนได้เฉพาะเรื่องด่วน เพราะ LINE ไม่เว้นผู้ที่ไม่รับข่าว",
    "ends_before_it_begins": "เวลาสิ้นสุดต้องหลังเวลาส่งและหลังเวลานี้",
    "too_late": "เลยเวลาที่จะเริ่มส่งได้แล้ว กรุณาแก้เวลาแล้วขออนุมัติใหม่",
    "needs_note": "กรุณากรอกข้อความก่อน",
    "note_long": "ข้อความยาวเกินไป ใช้ได้ไม่เกิน 2,000 ตัวอักษร",
    "nothing_to_pause": "ไม่มีการส่งที่จะพัก",
    "nothing_to_resume": "ไม่มีการส่งที่พักหรือหยุดไว้",
    "picture_gone": "ไม่พบรูปที่แนบ กรุณาแนบใหม่",
    "blank_in_link": "ลิงก์ของปุ่มเว้นว่างให้กรอกภายหลังไม่ได้",
    "blank_left_empty": "กรุณากรอกทุกช่องว่างของข้อความ",
    "blank_too_long": "แต่ละช่องว่างกรอกได้ไม่เกิน 100 ตัวอักษร",
    "blank_invisible": "ช่องว่างมีอักขระที่มองไม่เห็น กรุณาลบแล้วพิมพ์ใหม่",
    "blank_leads_away": "ช่องว่างใส่ได้เฉพาะสถานที่ เวลา และจำนวน ใส่ลิงก์ ชื่อเว็บ ไอดี LINE หรือเบอร์โทรอื่นไม่ได้ (เบอร์ของเทศบาลใส่ได้)",
    "nobody_can_confirm": "ไม่มีหัวหน้างานท่านอื่นที่ยืนยันได้ ผู้เขียนแม่แบบและผู้กรอกยืนยันเองไม่ได้",
    "too_late_to_confirm": "เกิน 1 ชั่วโมงแล้วยังไม่มีผู้ยืนยัน จึงไม่ส่ง ถ้ายังจำเป็นให้กรอกแม่แบบใหม่",
    "no_tester": "เลือกผู้รับทดสอบที่ผูก LINE แล้ว",
    "corrects_nothing": "ประกาศที่จะแก้ยังไม่ได้ส่งออกไป แก้ฉบับนั้นได้โดยตรง",
}
# Refusals answered with 403, because this person may not do the act. Others are answered with 400 or 409.
FORBIDDEN: Final = frozenset({"not_your_role", "own_text", "not_your_text"})
# The field beside which a refusal is shown; other refusals are shown above the form.
FIELDS_OF_REFUSALS: Final = {
    "needs_topic": "topic",
    "nobody_to_tell": "audience",
    "friends_only_urgent": "audience",
    "says_nothing": "message",
    "closes_nothing": "message",
    "correction_needs_words": "message",
    "needs_closing": "closing",
    "needs_end": "ends_at",
    "ends_before_it_begins": "ends_at",
    "too_late": "send_at",
}


def button_of(act: Act, broadcast: Broadcast) -> str:
    """Returns the label of the button. Approving an emergency sends it at once, and its label says so."""
    if act is Act.APPROVE and broadcast.template_id is not None:
        return "ยืนยันให้ส่งเตือนภัยเดี๋ยวนี้"
    return BUTTONS[act]


def done_of(act: Act, broadcast: Broadcast) -> str:
    """Returns the words shown after the act. After the approval of an emergency they say that it is sent at once."""
    if act is Act.APPROVE and broadcast.template_id is not None:
        return "ยืนยันแล้ว ระบบกำลังส่งเตือนภัยเดี๋ยวนี้"
    return DONE[act]


def stage_in_words(stage: str, broadcast: Broadcast) -> str:
    if stage == "waiting" and broadcast.template_id is not None:
        return "ยืนยันแล้ว กำลังส่งเดี๋ยวนี้"
    return STAGES[stage][0]


def mailing_state(mailing: Mailing) -> str:
    if mailing.state == "waiting" and mailing.broadcast.template_id is not None:
        return "กำลังเริ่มส่ง"
    return MAILING_STATES[mailing.state]


def said(word: str) -> str:
    """Returns the sentence for a problem of a field or for a refusal."""
    return PROBLEMS.get(word) or REFUSALS[word]
