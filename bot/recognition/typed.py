"""Holds what a resident typed, in the forms in which recognisers compare it."""

from dataclasses import dataclass
from functools import cached_property

from bot.conversations.intents import asked_for
from store.thai import folded, folded_word, without_particles

# In characters, with spaces and polite words; the longest command itself has twenty.
LONGEST_COMMAND = 200


@dataclass(frozen=True)
class Typed:
    """Holds one message; `text` is as store.services.answers.cleaning.clean_text returns it."""

    text: str

    @cached_property
    def command(self) -> str:
        """Returns the form in which commands and labels are compared; "" for what is too long to be one."""
        return folded(without_particles(self.text)) if len(self.text) <= LONGEST_COMMAND else ""

    def is_label(self, label: str) -> bool:
        """Says whether this label was typed, with or without polite words after it.

        The label itself may end like a polite word: ข้อเสนอแนะ ends in นะ.
        """
        return bool(self.command) and folded_word(label) in (self.command, folded(self.text))

    @cached_property
    def function(self) -> str | None:
        """Returns the name of the one function of the bot that the whole message asks for, if it does."""
        return asked_for(self.text)
