"""Answers each function of the bot that a resident can ask for by name; the words for each are in intents.toml."""

from collections.abc import Callable

from bot.handlers import announcements, information, menu, my_cases, subscriptions, which_case
from bot.handlers.event_context import EventContext
from bot.line.events import Tap
from bot.replies import Reply

ANSWERS: dict[str, Callable[[EventContext], list[Reply]]] = {
    "corruption": information.corruption,
    "privacy": information.privacy,
    "withdraw": which_case.withdraw,
    "add": which_case.add,
    "works": which_case.works,
    "broken": which_case.broken,
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
