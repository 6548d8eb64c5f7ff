"""Answers with the main menu, help, contact or small talk, and says when a message was not understood."""

from bot.conversations.recognition import AtTheCounter, NothingRecognised, OneOf
from bot.handlers.event_context import EventContext
from bot.replies import Reply


def nothing(_context: EventContext) -> list[Reply]:
    return []


def report(context: EventContext) -> list[Reply]:
    return context.menu("menu.choose_problem", "problem")


def request(context: EventContext) -> list[Reply]:
    return context.menu("menu.choose_service", "request")


def everything(context: EventContext) -> list[Reply]:
    return context.menu("greeting.start_here")


def contact(context: EventContext) -> list[Reply]:
    return [context.say("menu.contact")]


def help_(context: EventContext) -> list[Reply]:
    return [context.say("menu.help")]


def thanks(context: EventContext) -> list[Reply]:
    return [context.say("menu.thanks")]


def hello(context: EventContext) -> list[Reply]:
    return [context.say("menu.hello", *context.main_buttons())]


def not_understood(context: EventContext) -> list[Reply]:
    return [context.say("menu.not_understood", *context.main_buttons())]


def ask_which(context: EventContext, unsure: OneOf | AtTheCounter | NothingRecognised) -> list[Reply]:
    """Asks which service a sentence is about. If it may be about none, the answer says so first."""
    match unsure:
        case OneOf(services):
            return [context.choice_of(services, "menu.choose_meant")]
        case AtTheCounter(()):
            return [context.say("information.at_the_counter")]
        case AtTheCounter(services):
            return [
                context.say("information.at_the_counter"),
                context.choice_of(services, "menu.choose_meant"),
            ]
        case NothingRecognised(services):
            return [context.say("menu.not_sure"), context.choice_of(services, "menu.choose_near")]


def file_first(context: EventContext, kind: str) -> list[Reply]:
    """Asks what a photo or document is about that came before any request.

    A request that begins within 15 minutes takes it: see store.files.unassigned.
    """
    return context.menu(f"menu.{kind}_first")


def old_button(context: EventContext) -> list[Reply]:
    return [context.say("menu.old_button", *context.main_buttons())]
