"""Answers with the main menu, help, contact or small talk, and says when a message was not understood."""

from bot.conversations.recognition import AtTheCounter, NothingRecognised, OneOf
from bot.handlers.visit import Visit
from bot.replies import Reply


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


def thanks(visit: Visit) -> list[Reply]:
    return [visit.say("menu.thanks")]


def hello(visit: Visit) -> list[Reply]:
    return [visit.say("menu.hello", *visit.main_buttons())]


def not_understood(visit: Visit) -> list[Reply]:
    return [visit.say("menu.not_understood", *visit.main_buttons())]


def ask_which(visit: Visit, unsure: OneOf | AtTheCounter | NothingRecognised) -> list[Reply]:
    """Asks which service a sentence is about, and first says honestly when it may be about none."""
    match unsure:
        case OneOf(services):
            return [visit.choice_of(services, "menu.choose_meant")]
        case AtTheCounter(()):
            return [visit.say("information.at_the_counter")]
        case AtTheCounter(services):
            return [visit.say("information.at_the_counter"), visit.choice_of(services, "menu.choose_meant")]
        case NothingRecognised(services):
            return [visit.say("menu.not_sure"), visit.choice_of(services, "menu.choose_near")]


def file_first(visit: Visit, kind: str) -> list[Reply]:
    """Asks what the photo or document is about. Whatever is chosen, it goes along: see store.files.unassigned."""
    return visit.menu(f"menu.{kind}_first")


def old_button(visit: Visit) -> list[Reply]:
    return [visit.say("menu.old_button", *visit.main_buttons())]
