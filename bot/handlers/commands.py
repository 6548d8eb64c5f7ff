"""Words that always mean the same: the labels of our own buttons and what people type instead of them."""

from collections.abc import Callable

from bot.conversations import engine
from bot.handlers import announcements, conversation, information, menu, my_cases, topics
from bot.handlers.submissions import send
from bot.replies import Reply
from bot.visit import Visit
from store.thai import folded, folded_word, without_particles

ANYWHERE: dict[str, Callable[[Visit], list[Reply]]] = {
    "แจ้งปัญหา": menu.report,
    "แจ้งเรื่อง": menu.report,
    "ขอรับบริการ": menu.request,
    "เมนู": menu.everything,
    "บริการทั้งหมด": menu.everything,
    "all services": menu.everything,
    "report a problem": menu.report,
    "request a service": menu.request,
    "track my request": my_cases.track,
    "my cases": my_cases.mine,
    "contact us": menu.contact,
    "emergency": information.emergency,
    "menu": menu.everything,
    "ติดตามเรื่อง": my_cases.track,
    "เรื่องถึงไหน": my_cases.track,
    "เรื่องถึงไหนแล้ว": my_cases.track,
    "เรื่องของฉัน": my_cases.mine,
    "ติดต่อเรา": menu.contact,
    "ประกาศ": information.news,
    "ตรวจสอบประกาศ": announcements.genuine,
    "จริงไหม": announcements.genuine,
    "จริงหรือเปล่า": announcements.genuine,
    "ของจริงไหม": announcements.genuine,
    "เบอร์ฉุกเฉิน": information.emergency,
    "จ่ายภาษี": information.tax,
    "ผ่อนภาษี": information.instalments,
    "english": information.in_english,
    "ภาษาไทย": information.in_thai,
    "thai": information.in_thai,
}
ANYWHERE |= dict.fromkeys(
    ("ข่าวสาร", "รับข่าวสาร", "รับข่าว", "ตั้งค่าข่าว", "ตั้งค่าข่าวสาร", "เลือกข่าวที่รับ", "เลิกรับข่าว", "เลิกรับข่าวสาร",
     "ไม่รับข่าว", "ไม่รับข่าวสาร", "หยุดส่ง", "หยุดส่งข่าว", "หยุดข่าว", "ยกเลิกข่าวสาร"),
    topics.show,
)  # fmt: skip
# With spaces and courtesy; the longest command has twenty letters.
LONGEST_COMMAND = 200
_CANCEL = ("ยกเลิก", "เลิก", "ไม่ทำแล้ว", "cancel")
_BACK = ("ย้อนกลับ", "กลับ", "ถอยกลับ", "back")
_SKIP = ("ข้าม", "ไม่มี", "skip")
_HELP = ("ช่วยเหลือ", "ช่วยด้วย", "help", "วิธีใช้", "ทำยังไง", "ทำอย่างไร")
_SEND = ("ส่งเรื่อง", "ส่งเลย", "ยืนยัน")
_EDIT = ("แก้ไข", "แก้")


def command(visit: Visit, text: str) -> list[Reply] | None:
    """What the command leads to, or None when these words are no command."""
    if (replies := announcements.tester_code(visit, text)) is not None:
        return replies
    typed = read_command(text)
    for words, act in ANYWHERE.items():
        if typed and folded_word(words) == typed:
            return act(visit)
    if _is(typed, _HELP):
        return _help(visit)
    return _in_conversation(visit, typed)


def read_command(text: str) -> str:
    """What was typed, as commands are compared; "" for what is too long to be one."""
    return folded(without_particles(text)) if len(text) <= LONGEST_COMMAND else ""


def _is(typed: str, words: tuple[str, ...]) -> bool:
    return any(typed and folded_word(word) == typed for word in words)


def _help(visit: Visit) -> list[Reply]:
    row = visit.running
    draft = conversation.find_draft(visit, row) if row else None
    if row is None or draft is None:
        return menu.help_(visit)
    return [visit.say("conversation.help"), *conversation.ask(visit, row, draft)]


def _in_conversation(visit: Visit, typed: str) -> list[Reply] | None:
    """Cancel, back, skip, edit and send, typed instead of pressed."""
    row = visit.running
    draft = conversation.find_draft(visit, row) if row else None
    if row is None or draft is None:
        return [visit.say("conversation.nothing_to_cancel")] if _is(typed, _CANCEL) else None
    turn = engine.next_turn(draft)
    asking = turn.question if isinstance(turn, engine.Asking) else None
    if _is(typed, _CANCEL):
        return conversation.confirm_cancel(visit, row)
    if _is(typed, _BACK):
        return conversation.answer_with(visit, row, engine.go_back(draft))
    if asking is not None and asking.optional and _is(typed, _SKIP):
        return conversation.answer_with(visit, row, engine.skip(draft))
    if asking is None and _is(typed, _SEND):
        return send(visit, row, draft)
    if asking is None and _is(typed, _EDIT):
        return conversation.choose_edit(visit, row, draft)
    return None
