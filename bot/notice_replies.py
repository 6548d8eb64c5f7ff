"""Writes what each notice says to the resident, and the buttons below it."""

from datetime import date, datetime
from typing import Any

from bot.phrases.wording import Phrases
from bot.replies import Button, NoticeCard, Picture, Ready, Reply, Say
from bot.settings import BotSettings
from store.broadcasts.content import read_content
from store.broadcasts.messages import COLOURS, Addresses, footer_of, to_messages
from store.cases.workflows import NOTICES, STATUS_ROWS
from store.line.limits import MESSAGES_IN_A_REQUEST
from store.municipality.profile import read_municipality
from store.thai import thai_moment, thai_weekday_date

# What a button does, by the name of its label in bot/phrases/th.toml.
BUTTONS = {
    "see": "see",
    "add": "add",
    "answer": "add",
    "works": "works",
    "still_broken": "broken",
    "look_again": "broken",
}
PICTURES_SENT = 2


def notice_replies(
    notice: str, details: dict[str, Any], phrases: Phrases, settings: BotSettings
) -> list[Reply]:
    """Returns what the notice says. For news of a case these are up to two of the officer's photos, then one card."""
    if notice == "file_lost":
        return [_file_lost(details, phrases)]
    if notice == "file_is_photo":
        return [Say(phrases.say("conversation.file_is_photo"))]
    if notice == "broadcast_test":
        return _broadcast_test(details, phrases, settings)
    if notice == "emergency_confirm":
        return _emergency_confirm(details, phrases, settings)
    pictures = _pictures(details, settings)
    # The card comes last, so that its buttons are the first thing under the thumb.
    return [*pictures, _card(notice, details, phrases, told_of=len(details["files"]) - len(pictures))]


def _file_lost(details: dict[str, Any], phrases: Phrases) -> Say:
    """Says why a file could not be kept, and asks the resident to send it again unless its case has ended."""
    words = {
        "file": phrases.say(f"file_problem.{details.get('kind', 'photo')}"),
        "problem": phrases.say(f"file_problem.{details['reason']}"),
    }
    if "number" not in details:
        return Say(phrases.say("conversation.file_lost", **words))
    if not details["until"]:
        return Say(phrases.say("conversation.file_lost_of_ended_case", number=details["number"], **words))
    until = thai_moment(datetime.fromisoformat(details["until"]))
    return Say(phrases.say("conversation.file_lost_of_case", number=details["number"], until=until, **words))


def _broadcast_test(details: dict[str, Any], phrases: Phrases, settings: BotSettings) -> list[Reply]:
    """Returns the messages of a test, each from a sender whose name says that it is a test.

    A text that says so comes first, unless the test has five messages, as many as LINE takes.
    """
    ready = _as_residents_would_see_it(details, phrases.say("broadcast.test_sender"), settings)
    marker = Say(phrases.say("broadcast.test", title=details["title"]))
    return [marker, *ready] if len(ready) < MESSAGES_IN_A_REQUEST else ready


def _emergency_confirm(details: dict[str, Any], phrases: Phrases, settings: BotSettings) -> list[Reply]:
    """Returns the messages of an emergency broadcast, and below them a card with the button that confirms it.

    Nobody may confirm a broadcast that was not shown to them. If it has five messages, which leave no room for the
    card, the notice only asks to confirm it in the console.
    """
    ready = _as_residents_would_see_it(details, phrases.say("confirming.sender"), settings)
    if len(ready) == MESSAGES_IN_A_REQUEST:
        return [Say(phrases.say("confirming.ask_in_console", **details))]
    label = phrases.say("confirming.button")
    card = NoticeCard(
        heading=phrases.say("confirming.title"),
        title=details["title"],
        text=phrases.say("confirming.ask", **details),
        colour=COLOURS["warning"],
        buttons=(Button(label, "confirm", {"t": details["token"]}, label),),
        alt=phrases.say("confirming.alt", **details),
    )
    return [*ready, card]


def _as_residents_would_see_it(details: dict[str, Any], sender: str, settings: BotSettings) -> list[Reply]:
    """Returns the messages, each with the sender's name `sender`. Their links bypass our site, which counts taps."""
    messages = to_messages(
        read_content(details["content"]),
        details["broadcast_id"],
        Addresses(
            picture=lambda token, small: settings.photo_links.address(token, small=small),
            link=lambda _, link: link,
        ),
        footer=footer_of(read_municipality(settings.store.municipality)),
        corrects=details.get("corrects", ""),
    )
    return [Ready({**message, "sender": {"name": sender}}) for message in messages]


def _card(notice: str, details: dict[str, Any], phrases: Phrases, *, told_of: int) -> NoticeCard:
    due = thai_weekday_date(date.fromisoformat(details["due_on"]))
    numbers = " ".join(details.get("together", ()))
    status = STATUS_ROWS[details["status"]].label
    facts = {**details, "due": due, "numbers": numbers, "status_label": status}
    text = phrases.say(f"notice.{_phrase(notice, details, phrases)}", **facts)
    if told_of:
        text = f"{text}\n{phrases.say('notice.photo_attached', count=told_of)}"
    row = NOTICES[notice]
    about = {"case": str(details["case_id"])}
    buttons = tuple(
        Button(label, do, about, label)
        for label, do in ((phrases.say(f"button.{name}"), BUTTONS[name]) for name in row.buttons)
    )
    alt = phrases.say("notice.alt", case_number=details["case_number"], text=text)
    heading = phrases.say("cases.number", number=details["case_number"])
    return NoticeCard(heading, details["title"], text, row.colour, buttons, alt)


def _phrase(notice: str, details: dict[str, Any], phrases: Phrases) -> str:
    # A notice of a workflow that has no words of its own says what the status is now.
    if not phrases.has(f"notice.{notice}"):
        return "case_moved_with_note" if details["note"] else "case_moved"
    # A resident in danger was promised no day, and waits for help and not for a confirmation.
    if notice == "case_received" and details.get("urgent"):
        return "case_received_urgent"
    # In a surge nobody can promise a day.
    if notice == "case_received" and details.get("in_surge"):
        return "case_received_in_surge"
    return "case_message_together" if details.get("together") else notice


def _pictures(details: dict[str, Any], settings: BotSettings) -> list[Picture]:
    """Returns the photos to show; none without a public address, because residents' phones fetch them from our site."""
    if not settings.public_url:
        return []
    links = settings.photo_links
    return [
        Picture(links.address(token), links.address(token, small=True))
        for token in details["files"][:PICTURES_SENT]
    ]
