"""Tests a surge in conversations: what is asked, what is kept, and who comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.drafts import Asking, Confirming, Draft, answered, asked_in, begin, next_turn
from bot.conversations.engine import edit, go_back, hear, skip
from bot.conversations.urgency import triage_of
from store.municipality.profile import read_municipality
from store.services.answers.inputs import Photo, TypedText
from store.settings import DEMO_MUNICIPALITY
from tests.pure.builders import SETTING, a_question, a_service
from tests.pure.strategies import SERVICES, SOME, anything_said, services

SHORT = a_service(
    a_question("choice", key="danger", urgent=("yes",), in_surge=True),
    a_question("text", key="detail", takes_opening=True, in_surge=True),
    a_question("text", key="more"),
    a_question("place", in_surge=True),
    a_question("photos", optional=True),
    a_question("phone", in_surge=True),
)
KEYWORDS = read_municipality(DEMO_MUNICIPALITY).surge.keywords


def keys(draft: Draft) -> list[str]:
    return [question.key for question in asked_in(draft)]


def test_in_a_surge_only_what_was_marked_is_asked():
    assert keys(begin(SHORT, in_surge=True)) == ["danger", "detail", "place", "phone"]
    assert keys(begin(SHORT)) == ["danger", "detail", "more", "place", "photos", "phone"]


def test_a_service_that_marked_nothing_asks_all_it_always_asks():
    service = a_service()
    assert keys(begin(service, in_surge=True)) == keys(begin(service))


def test_what_was_told_beyond_that_is_kept_and_can_be_changed():
    draft = hear(begin(SHORT, in_surge=True), Photo("p1"), SETTING).draft
    assert "photos" in keys(draft)
    assert [question.key for question, _ in answered(draft)] == ["photos"]
    assert edit(draft, "photos").draft.editing == "photos"


@pytest.mark.parametrize("service", [s for s in SERVICES.values() if any(q.in_surge for q in s.questions)])
def test_a_short_request_asks_for_the_place_the_phone_and_no_photo(service):
    kinds = [question.kind for question in asked_in(begin(service, in_surge=True))]
    assert {"place", "phone", "name", "text"} <= set(kinds)
    assert "photos" not in kinds
    assert len(kinds) <= 7
    urgent = [question.key for question in service.questions if question.in_danger()]
    assert set(urgent) <= set(keys(begin(service, in_surge=True)))


def test_every_service_for_problems_is_short_in_a_surge():
    long = [
        s.name for s in SERVICES.values() if s.group == "problem" and not any(q.in_surge for q in s.questions)
    ]
    assert long == []


@SOME
@given(services, st.lists(anything_said, max_size=12), st.lists(st.booleans(), min_size=13, max_size=13))
def test_the_switch_may_turn_at_any_moment_and_no_request_breaks(service, said, switched):
    """Checks that no answer is lost and that a question or the summary always follows, in whichever mode it began."""
    draft = begin(service, in_surge=switched[0])
    for each, on in zip(said, switched[1:], strict=False):
        before = dict(draft.answers)
        draft = Draft(service, before, draft.editing, in_surge=on)
        assert isinstance(next_turn(draft), Asking | Confirming)
        for act in (go_back, skip):
            act(draft)
        draft = hear(draft, each, SETTING).draft
        assert {q.key for q, _ in answered(draft)} <= {q.key for q in asked_in(draft)}


def test_steps_are_counted_among_what_is_asked():
    turn = next_turn(begin(SHORT, opening="น้ำท่วม", in_surge=True))
    assert isinstance(turn, Asking)
    assert (turn.question.key, turn.step, turn.of) == ("danger", 1, 4)


def a_told(detail: str, *, danger: str = "no", triage: str = "green") -> Draft:
    service = SHORT.model_copy(update={"triage": triage})
    return Draft(service, {"danger": danger, "detail": detail}, in_surge=True)


@pytest.mark.parametrize(
    ("draft", "level"),
    [
        (a_told("ไฟดับ"), "green"),
        (a_told("ไฟดับ", danger="yes"), "red"),
        (a_told("มีคุณยายติดเตียง"), "yellow"),
        (a_told("มีคุณยาย ติด เตียง"), "yellow"),
        (a_told("ไฟดับ", triage="yellow"), "yellow"),
        (a_told("มีคุณยายติดเตียง", danger="yes", triage="yellow"), "red"),
    ],
)
def test_danger_is_red_what_should_not_wait_is_yellow_and_all_else_is_green(draft, level):
    assert triage_of(draft, KEYWORDS) == level


def test_without_keywords_nobody_is_yellow_for_a_word():
    assert triage_of(a_told("มีคุณยายติดเตียง"), ()) == "green"
    assert triage_of(a_told("มีคุณยายติดเตียง"), ("", " ")) == "green"


def test_a_name_is_no_keyword():
    draft = Draft(a_service(), {"detail": "ไฟดับ", "name": "นายผู้ป่วย ใจดี"})
    assert triage_of(draft, KEYWORDS) == "green"


def test_what_is_asked_in_a_surge_must_not_hang_on_what_is_not():
    with pytest.raises(ValueError, match="in a surge danger must be asked, too"):
        a_service(
            a_question("choice", key="danger"),
            a_question("text", key="injured", when={"danger": "yes"}, in_surge=True),
        )


def test_a_person_marked_for_a_surge_is_a_name_and_a_phone_so_marked():
    assert in_surge("drainage", "name", "phone") == [True, True]
    assert in_surge("general_request", "name", "phone") == [False, False]


def in_surge(service: str, *keys: str) -> list[bool]:
    return [question.in_surge for question in SERVICES[service].questions if question.key in keys]


def test_in_a_short_request_going_back_leads_to_what_was_asked_before():
    draft = Draft(SHORT, {"danger": "no", "detail": "ไฟดับ", "place": {"text": "วัด"}}, in_surge=True)
    back = go_back(draft).draft
    turn = next_turn(back)
    assert isinstance(turn, Asking)
    assert turn.question.key == "place"
    assert hear(back, TypedText("หน้าวัด"), SETTING).draft.answers["place"]
