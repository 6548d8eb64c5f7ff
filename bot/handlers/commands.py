"""Answers typed commands: the name of a function of the bot, or in a request a word for cancel, back, skip, edit, send.

bot.conversations.intents recognises the functions. What the last message offered is in typed_buttons.
"""

from collections.abc import Callable

from bot.conversations import drafts, engine
from bot.conversations.intents import SMALL_TALK, asked_for
from bot.handlers import (
    announcements,
    conversation,
    information,
    menu,
    my_cases,
    subscriptions,
    typed_buttons,
)
from bot.handlers.event_context import EventContext
from bot.handlers.submissions import send
from bot.line.events import Tap
from bot.replies import Reply
from store.residents.models import Conversation
from store.thai import folded, folded_word, without_particles

ANSWERS: dict[str, Callable[[EventContext], list[Reply]]] = {
    "corruption": information.corruption,
    "privacy": information.privacy,
    "withdraw": typed_buttons.withdraw,
    "add": typed_buttons.add,
    "works": typed_buttons.works,
    "broken": typed_buttons.broken,
    "topics": subscriptions.show,
    "topics_all": lambda context: subscriptions.choose_all(context, Tap("topics_all", {"w": "yes"})),
    "topics_none": lambda context: subscriptions.choose_all(context, Tap("topics_all", {"w": "no"})),
    "track": my_cases.track,
    "mine": my_cases.mine,
    "genuine": announcements.genuine,
    "news": information.news,
    "emergency": information.emergency,
    "instalments": information.instalments,
    "tax": information.tax,
    "power": information.power,
    "menu": menu.everything,
    "report": menu.report,
    "request": menu.request,
    "contact": menu.contact,
    "english": information.in_english,
    "thai": information.in_thai,
    "help": menu.help_,
    "thanks": menu.thanks,
    "hello": menu.hello,
}
# During a request, only these words, typed alone, ask for something else; others may answer the question.
LABELS = (
    "แจ้งปัญหา", "แจ้งเรื่อง", "report a problem", "ขอรับบริการ", "request a service", "เมนู", "บริการทั้งหมด",
    "all services", "menu", "ติดตามเรื่อง", "เรื่องถึงไหน", "เรื่องถึงไหนแล้ว", "ถึงไหนแล้ว", "ดูสถานะ",
    "ดูความคืบหน้า", "track my request", "เรื่องของฉัน", "my cases", "ติดต่อเรา", "contact us", "ประกาศ",
    "ตรวจสอบประกาศ", "จริงไหม", "จริงหรือเปล่า", "ของจริงไหม", "เบอร์ฉุกเฉิน", "จ่ายภาษี", "ผ่อนภาษี",
    "english", "ภาษาไทย", "thai", "ข่าวสาร", "รับข่าวสาร", "รับข่าว", "ตั้งค่าข่าว", "ตั้งค่าข่าวสาร",
    "เลือกข่าว", "เลือกข่าวที่รับ", "เลิกรับข่าว", "เลิกรับข่าวสาร", "ไม่รับข่าว", "ไม่รับข่าวสาร", "หยุดส่ง",
    "หยุดส่งข่าว", "หยุดข่าว", "ยกเลิกข่าวสาร",
)  # fmt: skip
_BEGINS = frozenset({"menu", "report", "request"})
_NOT_FOR_OFFICERS = frozenset({"corruption", "privacy", "withdraw", "topics", "track", "mine"})
# In characters, with spaces and polite words; the longest command itself has twenty.
LONGEST_COMMAND = 200
_CANCEL = ("ยกเลิก", "เลิก", "ไม่ทำแล้ว", "cancel")
_CANCEL_REQUEST = (
    *_CANCEL, "ยกเลิกเรื่อง", "ยกเลิกเรื่องนี้", "ยกเลิกการแจ้ง", "ขอยกเลิก", "ขอยกเลิกเรื่อง", "ขอยกเลิกการแจ้ง", "ไม่แจ้งแล้ว",
    "ไม่ส่งแล้ว", "ไม่เอาแล้ว", "ไม่ต้องแล้ว", "ไม่ส่งแล้วยกเลิก", "งดส่ง", "งดส่งขอยกเลิก", "เลิกแจ้ง",
)  # fmt: skip
_BACK = ("ย้อนกลับ", "กลับ", "ถอยกลับ", "back")
_SKIP = ("ข้าม", "ไม่มี", "skip")
_HELP = ("ช่วยเหลือ", "ช่วยด้วย", "help", "วิธีใช้", "ทำยังไง", "ทำอย่างไร")
_SEND = (
    "ส่งเรื่อง",
    "ส่งเลย",
    "ส่งได้เลย",
    "ส่งได้",
    "ส่ง",
    "ยืนยัน",
    "ตกลง",
    "ตกลงส่งได้เลย",
    "โอเค",
    "ถูกต้อง",
    "ok",
    "send",
)
_EDIT = ("แก้ไข", "แก้")


def command(context: EventContext, text: str) -> list[Reply] | None:
    """Returns the answer to the command, or None when these words are no command."""
    if (replies := announcements.tester_code(context, text)) is not None:
        return replies
    typed = read_command(text)
    if _is(typed, LABELS) and (name := asked_for(without_particles(text))):
        return _answer(context, name)
    if _is(typed, _HELP):
        return _help(context)
    about = asked_for(text) if context.running else None
    if about in ("works", "broken") and typed_buttons.can(context, about):
        return _answer(context, about)
    if (replies := subscriptions.choose_typed(context, typed)) is not None:
        return replies
    pressed = typed_buttons.press(context, typed)
    return pressed if pressed is not None else _in_conversation(context, typed)


def _answer(context: EventContext, name: str) -> list[Reply]:
    """Returns the answer, and after it the running question again unless the words begin something else."""
    replies = ANSWERS[name](context)
    return replies if name in _BEGINS else [*replies, *conversation.ask_again(context)]


def sentence_of_a_case(context: EventContext, text: str, *, officer_waits: bool) -> list[Reply] | None:
    """Answers words that ask for something else where words for a case are expected; returns None for any others.

    If an officer waits for an answer, ใช้ได้แล้ว may be that answer. If none does and a case is finished, it counts as a
    press of that button.
    """
    name = asked_for(text)
    if name in _NOT_FOR_OFFICERS:
        return ANSWERS[name](context)
    if name in ("works", "broken") and not officer_waits and typed_buttons.can(context, name):
        return ANSWERS[name](context)
    return None


def sentence_in_between(context: EventContext, text: str) -> list[Reply] | None:
    """Answers words that ask for something else instead of answering the question; None for small talk and others."""
    name = asked_for(text)
    return ANSWERS[name](context) if name and name not in SMALL_TALK else None


def read_command(text: str) -> str:
    """Returns the typed text in the form in which commands are compared; "" for what is too long to be one."""
    return folded(without_particles(text)) if len(text) <= LONGEST_COMMAND else ""


def _is(typed: str, words: tuple[str, ...]) -> bool:
    return any(typed and folded_word(word) == typed for word in words)


def _help(context: EventContext) -> list[Reply]:
    row = context.running
    draft = conversation.find_draft(context, row) if row else None
    if row is None or draft is None:
        return menu.help_(context)
    return [context.say("conversation.help"), *conversation.ask(context, row, draft)]


def _in_conversation(context: EventContext, typed: str) -> list[Reply] | None:
    """Does what cancel, back, skip, edit or send does when it is typed instead of pressed; else returns None."""
    row = context.running
    draft = conversation.find_draft(context, row) if row else None
    if row is None or draft is None:
        return [context.say("conversation.nothing_to_cancel")] if _is(typed, _CANCEL) else None
    turn = drafts.next_turn(draft)
    asking = turn.question if isinstance(turn, drafts.Asking) else None
    if _is(typed, _CANCEL_REQUEST):
        return conversation.confirm_cancel(context, row)
    if _is(typed, _BACK):
        return conversation.answer_with(context, row, engine.go_back(draft))
    if asking is not None and asking.optional and _is(typed, _SKIP):
        return conversation.answer_with(context, row, engine.skip(draft))
    if asking is None and _is(typed, _SEND):
        return send(context, row, draft)
    return _edit(context, typed, row, draft) if asking is None else None


def _edit(context: EventContext, typed: str, row: Conversation, draft: drafts.Draft) -> list[Reply] | None:
    """Accepts, at the summary, แก้ไข alone or แก้ไข with the label of a question, as its button says."""
    if _is(typed, _EDIT):
        return conversation.choose_edit(context, row, draft)
    labels = {folded_word(f"แก้ไข {question.label}"): question.key for question, _ in drafts.answered(draft)}
    key = labels.get(typed)
    return conversation.answer_with(context, row, engine.edit(draft, key)) if key else None
