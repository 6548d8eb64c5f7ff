"""The main menu, help, contact, small talk, and everything not understood."""

from bot.replies import Reply
from bot.visit import Visit
from store.residents import keep_words
from store.services import Service
from store.thai import folded, folded_word

# Shorter than this, what was typed says too little to be about something.
A_SENTENCE = 12
LONGEST_SMALL_TALK = 30

_SMALL_TALK = {
    "hello": ("สวัสดี", "หวัดดี", "hello"),
    "thanks": ("ขอบคุณ", "ขอบใจ", "thank"),
    "contact": ("เปิดกี่โมง", "กี่โมง", "เวลาทำการ", "เบอร์", "ติดต่อเจ้าหน้าที่", "คุยกับเจ้าหน้าที่", "วันหยุด"),
}
_GREETINGS = ("ดี", "ดีค่ะ", "ดีคะ", "ดีครับ", "ดีคับ", "ดีจ้า", "hi", "hey")


def nothing(_visit: Visit) -> list[Reply]:
    return []


def report(visit: Visit) -> list[Reply]:
    return visit.menu("menu.choose_problem", "problem")


def request(visit: Visit) -> list[Reply]:
    return visit.menu("menu.choose_service", "request")


def everything(visit: Visit) -> list[Reply]:
    return visit.menu("greeting.start_here")


def contact(visit: Visit) -> list[Reply]:
    return [visit.say("menu.contact")]


def help_(visit: Visit) -> list[Reply]:
    return [visit.say("menu.help")]


def choose_meant(visit: Visit, services: list[Service]) -> list[Reply]:
    return [visit.choice_of(services, "menu.choose_meant")]


def small_talk(visit: Visit, text: str) -> list[Reply] | None:
    """A greeting, thanks, or a question about hours and phones."""
    if len(text) > LONGEST_SMALL_TALK:
        return None
    typed = folded(text)
    # In a longer sentence these are parts of other words: ไม่ค่อยดีครับ, this.
    if any(folded_word(greeting) == typed for greeting in _GREETINGS):
        return [visit.say("menu.hello", *visit.main_buttons())]
    for name, openings in _SMALL_TALK.items():
        if any(folded_word(opening) in typed for opening in openings):
            asked_back = visit.main_buttons() if name == "hello" else ()
            return [visit.say(f"menu.{name}", *asked_back)]
    return None


def not_understood(visit: Visit, text: str) -> list[Reply]:
    """A few letters get a hint; a whole sentence is about something, so all services are offered."""
    if len(text) < A_SENTENCE:
        return [visit.say("menu.not_understood", *visit.main_buttons())]
    keep_words(visit.resident, text, visit.event.message_id)
    return [visit.say("menu.not_sure"), *visit.menu("menu.choose_meant")]


def file_first(visit: Visit, kind: str) -> list[Reply]:
    """Asks what the photo or document is about. Whatever is chosen, it goes along: see store.loose_files."""
    return visit.menu(f"menu.{kind}_first")


def old_button(visit: Visit) -> list[Reply]:
    return [visit.say("menu.old_button", *visit.main_buttons())]
