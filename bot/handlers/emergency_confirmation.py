"""Answers the one-time button with which a supervisor confirms an emergency from their own LINE."""

from bot.handlers import menu
from bot.handlers.event_context import EventContext
from bot.line.events import Tap
from bot.replies import Reply
from store.broadcasts import emergency_confirmation
from store.broadcasts.transitions import ActRefused

# The phrase for each reason of a refusal. For any other reason the supervisor is asked to look in the console.
_SAID = {
    "button_used": "used",
    "button_late": "late",
    "too_late_to_confirm": "late",
    "not_your_role": "not_yours",
}


def confirm(context: EventContext, button: Tap) -> list[Reply]:
    try:
        broadcast = emergency_confirmation.confirm(
            context.session, context.resident, button.about.get("t", "")
        )
    except ActRefused as refused:
        if refused.reason in ("no_button", "not_your_button"):
            return menu.old_button(context)
        return [context.say(f"confirming.{_SAID.get(refused.reason, 'changed')}")]
    return [context.say("confirming.done", title=broadcast.title)]
