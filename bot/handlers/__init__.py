"""Maps each kind of event to its handler, which takes the context of the event and returns the replies."""

from collections.abc import Callable
from dataclasses import replace

from bot.handlers import follow, menu, plain_messages, taps, typed_messages, unsend
from bot.handlers.event_context import EventContext
from bot.line.events import Followed, Joined, SentFile, SentPlace, Tap, Unfollowed, UnknownEvent, Unsent
from bot.replies import Reply
from store.residents.residents import take_offer
from store.services.answers.inputs import SomethingElse, TypedText

Handler = Callable[[EventContext], list[Reply]]

HANDLERS: dict[type, Handler] = {
    TypedText: typed_messages.words,
    SentFile: plain_messages.sent_file,
    SentPlace: plain_messages.place,
    SomethingElse: plain_messages.something_else,
    Tap: taps.tap,
    Followed: follow.followed,
    Unfollowed: follow.unfollowed,
    Unsent: unsend.unsent,
    Joined: menu.nothing,
    UnknownEvent: menu.nothing,
}
# The resident gets no message for these events, so the buttons of our last message stay valid.
_SILENT = (Unfollowed, Unsent, Joined, UnknownEvent)


def handle(context: EventContext) -> list[Reply]:
    if unsend.is_unsent(context):
        return []
    if not isinstance(context.event.what, _SILENT):
        context = replace(context, offered=take_offer(context.resident))
    return HANDLERS[type(context.event.what)](context)
