"""Lists the recognisers in their order: the first one that recognises what was typed decides.

To add one, write a module with a function `recognise`, and put it here where it belongs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.recognition import (
    blanks,
    cases_talked_about,
    cold_requests,
    commands,
    danger,
    department_phones,
    finished_work,
    late_buttons,
    numbers_in_sentences,
    offered_buttons,
    other_services,
    own_numbers,
    questions_in_between,
    refused_answers,
    request_buttons,
    running_questions,
    secrets,
    services,
    stars,
    tester_codes,
    topics,
    wrong_numbers,
)
from bot.recognition.matches import Match
from bot.recognition.state import State
from bot.recognition.typed import Typed


@dataclass(frozen=True)
class Recogniser:
    name: str
    recognise: Callable[[Typed, State], Match | None]


RECOGNISERS = (
    Recogniser("nothing visible", blanks.recognise),
    Recogniser("danger", danger.recognise),
    Recogniser("secrets", secrets.recognise),
    Recogniser("codes of testers", tester_codes.recognise),
    Recogniser("buttons just offered", offered_buttons.recognise),
    Recogniser("commands", commands.recognise),
    Recogniser("phone of a department", department_phones.recognise),
    Recogniser("finished work", finished_work.recognise),
    Recogniser("topics of news", topics.recognise),
    Recogniser("buttons of the request", request_buttons.recognise),
    Recogniser("buttons of a request that is over", late_buttons.recognise),
    Recogniser("own case number", own_numbers.recognise),
    # Inside a request
    Recogniser("request left alone", cold_requests.recognise),
    Recogniser("answer to the question", running_questions.recognise),
    Recogniser("other service", other_services.recognise),
    # Outside a request
    Recogniser("case number in a sentence", numbers_in_sentences.recognise),
    Recogniser("stars", stars.recognise),
    Recogniser("case being talked about", cases_talked_about.recognise),
    # What is left
    Recogniser("wrong case number", wrong_numbers.recognise),
    Recogniser("question in between", questions_in_between.recognise),
    Recogniser("refused answer", refused_answers.recognise),
    Recogniser("services and small talk", services.recognise),
)


def recognised(typed: Typed, state: State) -> Iterator[Match]:
    """Yields what the recognisers find, in their order; the next one is asked only if its caller wants more."""
    for recogniser in RECOGNISERS:
        if (match := recogniser.recognise(typed, state)) is not None:
            yield match
