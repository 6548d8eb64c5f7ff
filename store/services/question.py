"""Holds what all kinds of questions have in common. Each kind is a class, in a file of `store/services/kinds/`."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from store.line.limits import LABEL_CHARACTERS, has_characters
from store.services.answers.cleaning import clean_text, without_joiners
from store.services.answers.empty_answers import Nothing, is_nothing, is_unknown
from store.services.answers.inputs import Picked, Said, TypedText
from store.services.answers.secret_words import tells_a_secret
from store.services.answers.verdicts import (
    SKIPPED,
    UNKNOWN,
    Accepted,
    RefusedAnswer,
    Setting,
    Verdict,
)
from store.services.forms import AnswerWords, ChatInputs, FollowUp, Line, PaperField, WebField


def _check_label(text: str) -> str:
    if not has_characters(text, LABEL_CHARACTERS):
        raise ValueError(f"a label has 1 to {LABEL_CHARACTERS} characters: {text}")
    return text


Label = Annotated[str, AfterValidator(_check_label)]


class Question(BaseModel):
    """Defines one question. `when` maps keys of earlier questions to the choices with which this question is asked.

    If a service has questions with `in_surge`, only these are asked in a surge. A kind must give `kind` as a Literal
    with its name and `_check`; everything else has a default that fits a kind whose answer is a short text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The answer is about the resident as a person.
    is_personal: ClassVar[bool] = False
    # The answer is kept with the resident and offered again in the next request.
    is_remembered: ClassVar[bool] = False
    # The chat, too, shows the answer only masked, because others may look at the phone.
    is_masked_in_chat: ClassVar[bool] = False
    # What can be an answer, as types of `store/services/answers/inputs.py`.
    takes: ClassVar[frozenset[type]] = frozenset({TypedText})
    answer_words: ClassVar[AnswerWords] = AnswerWords.FORM
    # Joiners between letters are kept, because emoji may stand in the answer.
    keeps_joiners: ClassVar[bool] = False
    # The words that tell nothing; None if the check itself decides.
    nothing: ClassVar[Nothing | None] = Nothing()

    kind: str
    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    ask: str = Field(min_length=1, max_length=500)
    label: Label
    optional: bool = False
    when: dict[str, str] = {}
    in_surge: bool = False
    hint: str = ""

    # What is an answer.

    def check(self, said: Said, setting: Setting, so_far: Any = None) -> Verdict:
        """Returns Accepted with the value to keep, or RefusedAnswer with what to say.

        A message of the wrong kind is refused. The value is None where an optional question was answered with nothing,
        and UNKNOWN where that is an answer. `so_far` is an unfinished answer, about which `follow_up` asked; only with
        it AskAnew may be returned.
        """
        if isinstance(said, TypedText):
            said = self._cleaned(said)
            if tells_a_secret(said.text):
                return RefusedAnswer("told_a_secret")
        if so_far is not None and (verdict := self._complete(so_far, said, setting)) is not None:
            return verdict
        if isinstance(said, TypedText):
            if self.optional and self.is_nothing(said.text):
                return Accepted(None)
            if self.accepts_unknown and is_unknown(said.text):
                return Accepted(UNKNOWN)
        return self._check(said, setting)

    @abstractmethod
    def _check(self, said: Said, setting: Setting) -> Verdict:
        """Decides about an answer that `check` has cleaned and not decided about itself."""

    def _complete(self, so_far: Any, said: Said, setting: Setting) -> Verdict | None:
        """Decides about the answer to the question of `follow_up`; None if it is to be checked as a new answer."""
        return None

    def follow_up(self, value: Any) -> FollowUp | None:
        """Returns what must still be asked about this answer, or None if it is finished."""
        return None

    def from_opening(self, words: str) -> Verdict | None:
        """Takes the words that opened the request as the answer; None if this question takes none."""
        return None

    def is_nothing(self, text: str) -> bool:
        return self.nothing is not None and is_nothing(text, self.nothing)

    def _cleaned(self, typed: TypedText) -> TypedText:
        text = clean_text(typed.text)
        return TypedText(text if self.keeps_joiners else without_joiners(text))

    # What follows from an answer.

    @property
    def options(self) -> Mapping[str, str]:
        """Returns the labels of the choices by key; {} for a kind without choices."""
        return {}

    @property
    def accepts_unknown(self) -> bool:
        return False

    @property
    def is_opened_by_words(self) -> bool:
        return False

    @property
    def takes_any_words(self) -> bool:
        return self.answer_words in (AnswerWords.FACT, AnswerWords.STORY)

    @property
    def file_limit(self) -> int:
        """Returns how many files an answer may hold; 0 for a kind that takes none."""
        return 0

    def is_urgent(self, value: Any) -> bool:
        return False

    def advice_for(self, value: Any) -> str:
        return ""

    def in_danger(self) -> Picked | None:
        """Returns the answer that words of danger give, or None if they give none."""
        return None

    def texts_with_facts(self) -> tuple[str, ...]:
        """Returns the texts in which names in braces stand for facts of the municipality."""
        return (self.ask,)

    # How an answer is shown and kept.

    def show(self, value: Any) -> str:
        """Returns the whole answer in readable words. The caller masks personal data before others see it."""
        if value is None:
            return SKIPPED
        return UNKNOWN if value == UNKNOWN else self._show(value)

    def _show(self, value: Any) -> str:
        return str(value)

    def show_in_chat(self, value: Any) -> str:
        masked = self.mask(value) if self.is_masked_in_chat and value is not None else None
        return self.show(value) if masked is None else masked

    @classmethod
    def mask(cls, value: Any) -> str | None:
        """Returns the answer, as a case keeps it, in masked words; None if the kind hides nothing."""
        return None

    @classmethod
    def position(cls, value: Any) -> tuple[float, float] | None:
        """Returns the latitude and longitude of the answer in degrees, or None if it has none."""
        return None

    @classmethod
    def tokens(cls, value: Any) -> list[str]:
        """Returns the tokens of the files in the answer, as a request or a case keeps it."""
        return []

    def arrived(self, value: Any) -> Any:
        """Returns the answer without files that were announced and have not arrived."""
        return value

    def kept(self, value: Any) -> Any:
        """Returns the answer as its case keeps it."""
        return value

    # What the question asks of each way of answering.

    def chat(self, setting: Setting) -> ChatInputs:
        return ChatInputs(choices=self.options)

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("text"),)

    def paper(self) -> tuple[PaperField, ...]:
        return (Line(),)
