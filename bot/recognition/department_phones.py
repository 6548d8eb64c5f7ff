"""Recognises a question for the phone of one department, such as ขอเบอร์กองช่างหน่อยค่ะ."""

from bot.conversations.intents import asked_for
from bot.recognition.matches import Match, Tells
from bot.recognition.state import State
from bot.recognition.typed import LONGEST_COMMAND, Typed
from store.thai import PAIYANNOI, folded, folded_word


def recognise(typed: Typed, state: State) -> Match | None:
    """Takes the department's name out: what is left must ask how to contact the town, and say nothing else."""
    text = folded(typed.text.replace(PAIYANNOI, "")) if len(typed.text) <= LONGEST_COMMAND else ""
    for department, phone in state.departments.items():
        name = folded_word(department.replace(PAIYANNOI, ""))
        if name in text and asked_for(text.replace(name, "", 1)) == "contact":
            return Tells("information.department_phone", {"department": department, "phone": phone})
    return None
