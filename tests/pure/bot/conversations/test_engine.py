"""Tests the conversation engine: the answers are the state, and everything else follows from them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.drafts import (
    Asking,
    Confirming,
    Draft,
    answered,
    applies,
    begin,
    is_urgent,
    next_turn,
    only_opened,
    still_valid,
)
from bot.conversations.engine import Heard, edit, go_back, hear, leave_unknown, skip, to_remember
from store.services import Question
from store.services.answers.inputs import Document, Photo, Picked, Pin, Said, TypedText
from store.services.answers.verdicts import UNKNOWN
from tests.pure.builders import SETTING, a_draft, a_question, a_service
from tests.pure.strategies import FEW, SERVICES, SOME, anything_said, services

PIN = Pin(16.43, 102.82)


def asked(draft: Draft) -> str:
    """Returns the key of the question being asked; "" at the summary."""
    turn = next_turn(draft)
    return turn.question.key if isinstance(turn, Asking) else ""


def told(heard: Heard) -> list[str]:
    return [remark.name for remark in heard.remarks]


def after(draft: Draft, *said: Said) -> Draft:
    for each in said:
        draft = hear(draft, each, SETTING).draft
    return draft


def an_answer_to(question: Question) -> Said:
    """Returns an answer that this question accepts."""
    return _GOOD.get(question.kind) or Picked(next(iter(question.options)))


_GOOD: dict[str, Said] = {
    "text": TypedText("ไฟดับ"),
    "name": TypedText("สมศรี ใจดี"),
    "phone": TypedText("0812345678"),
    "citizen_id": TypedText("1234567890121"),
    "email": TypedText("a@b.co"),
    "number": TypedText("20"),
    "date": TypedText("พรุ่งนี้"),
    "place": PIN,
    "photos": Photo("t"),
    "file": Document("t", "คำร้อง.pdf"),
    "address": TypedText("12 ม.3"),
}


def finished(service):
    """Returns a draft in which every question of the service is answered in turn."""
    draft = begin(service)
    for _ in service.questions:
        turn = next_turn(draft)
        if isinstance(turn, Asking):
            draft = after(draft, an_answer_to(turn.question))
    return draft


def test_questions_are_asked_in_their_order():
    draft = begin(a_service())
    seen = []
    while isinstance(turn := next_turn(draft), Asking):
        seen.append(turn.question.key)
        draft = after(draft, an_answer_to(turn.question))
    assert seen == ["danger", "detail", "place", "photos", "name", "phone"]


def test_a_question_is_asked_only_after_the_choice_it_depends_on():
    assert asked(after(begin(a_service()), Picked("yes"))) == "injured"
    assert asked(after(begin(a_service()), Picked("no"))) == "detail"


def test_the_steps_count_only_the_questions_that_apply():
    draft = begin(a_service())
    assert next_turn(draft) == Asking(draft.service.questions[0], 1, 6)
    turn = next_turn(after(draft, Picked("yes")))
    assert isinstance(turn, Asking)
    assert (turn.step, turn.of) == (2, 7)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_every_service_can_be_walked_to_its_summary(service):
    assert next_turn(finished(service)) == Confirming()


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_every_service_can_be_walked_back_to_its_first_question(service):
    draft = finished(service)
    for _ in service.questions:
        draft = go_back(draft).draft
    assert asked(draft) == service.questions[0].key
    assert told(go_back(draft)) == ["at_the_first"]


def test_opening_words_answer_the_question_that_takes_them():
    draft = begin(a_service(), opening="ไฟดับหน้าวัด")
    assert draft.answers == {"detail": "ไฟดับหน้าวัด"}
    assert asked(draft) == "danger"


def test_opening_words_keep_to_the_limit_of_the_question():
    assert begin(a_service(), opening="ไฟ" * 500).answers == {"detail": "ไฟ" * 500}
    assert begin(a_service(), opening="ไฟ" * 2450).answers == {}


def test_what_is_known_of_a_person_is_not_asked_again():
    draft = begin(a_service(), known={"name": "สมศรี", "phone": None}, photos=[])
    assert draft.answers == {"name": "สมศรี"}


def test_a_photo_sent_first_is_attached():
    photos = [{"token": "t", "album": None, "of": 1}]
    assert begin(a_service(), photos=photos).answers == {"photos": photos}


def test_a_refused_answer_changes_nothing_and_says_why():
    draft = begin(a_service())
    heard = hear(draft, TypedText("แล้วแต่"), SETTING)
    assert heard.refused
    assert heard.draft == replace(draft, misses=1)
    assert told(heard) == ["pick_one"]


def test_after_two_misses_at_one_question_there_is_a_way_out():
    household = a_question("number", may_be_unknown=True)
    draft = begin(a_service(household, a_question("text", optional=True, shortest=9), a_question("phone")))
    once = hear(draft, TypedText("5-6 คน"), SETTING)
    twice = hear(once.draft, TypedText("หลายคน"), SETTING)
    assert told(once) == ["not_a_number"]
    assert told(twice) == ["way_out_unknown"]
    draft = leave_unknown(twice.draft).draft
    assert (draft.answers, draft.misses) == ({"number": UNKNOWN}, 0)
    assert [shown for _, shown in shown_answers(draft)] == ["ไม่ทราบ"]
    for words in ("สั้น", "สั้น ๆ"):
        heard = hear(draft, TypedText(words), SETTING)
        draft = heard.draft
    assert told(heard) == ["way_out_skip"]
    draft = skip(draft).draft
    for words in ("12", "ไม่มี"):
        heard = hear(draft, TypedText(words), SETTING)
        draft = heard.draft
    assert told(heard) == ["not_a_phone", "way_out_phone"]
    assert told(leave_unknown(draft)) == ["cannot_skip"]


def shown_answers(draft):
    return [(question.key, question.show(value)) for question, value in answered(draft)]


@pytest.mark.parametrize("said", ["ไม่รู้", "ไม่ทราบค่ะ", "จำไม่ได้", "ไม่แน่ใจครับ"])
def test_who_does_not_know_need_not_miss_first(said):
    draft = begin(a_service(a_question("number", may_be_unknown=True)))
    assert after(draft, TypedText(said)).answers == {"number": UNKNOWN}
    assert hear(begin(a_service(a_question("number"))), TypedText(said), SETTING).refused


def test_an_optional_question_answered_with_nothing_is_skipped():
    draft = begin(a_service(a_question("email", optional=True)))
    assert after(draft, TypedText("ไม่มีอีเมลค่ะ")).answers == {"email": None}


def test_misses_belong_to_the_question_that_is_asked():
    draft = after(begin(a_service()), TypedText("แล้วแต่"), TypedText("อะไรนะ"))
    assert draft.misses == 2
    assert after(draft, Picked("no")).misses == 0
    assert go_back(after(begin(a_service()), Picked("no"), TypedText("-"))).draft.misses == 0
    assert edit(after(finished(a_service()), TypedText("อะไร")), "place").draft.misses == 0


def test_not_this_is_offered_while_only_the_opening_words_were_said():
    draft = begin(a_service(), opening="ไฟดับ", known={"name": "สมศรี"})
    assert only_opened(draft)
    assert only_opened(after(draft, TypedText("อะไรนะ")))
    assert not only_opened(after(draft, Picked("no")))
    assert not only_opened(begin(a_service()))


def test_a_dangerous_choice_gives_its_advice_at_once():
    [remark] = hear(begin(a_service()), Picked("yes"), SETTING).remarks
    assert (remark.name, remark.text) == ("advice", "อย่าเข้าใกล้นะคะ")


def test_a_pin_sent_early_is_kept_for_its_question():
    heard = hear(begin(a_service()), PIN, SETTING)
    assert told(heard) == ["kept_for_later"]
    assert asked(heard.draft) == "danger"
    assert asked(after(heard.draft, Picked("no"), TypedText("ดับ"))) == "photos"


def test_a_pin_sent_late_replaces_the_place():
    draft = after(finished(a_service()), Pin(17.0, 103.0))
    assert draft.answers["place"]["latitude"] == 17.0
    assert next_turn(draft) == Confirming()


def test_words_at_the_summary_change_nothing():
    draft = finished(a_service())
    heard = hear(draft, TypedText("เสร็จยังคะ"), SETTING)
    assert (heard.draft, told(heard)) == (draft, ["at_the_summary"])


def test_photos_of_an_album_are_answered_once():
    draft = after(begin(a_service()), Picked("no"), TypedText("ดับ"), PIN)
    first = hear(draft, Photo("1", "album", 3), SETTING)
    assert first.remarks[0].words == {"count": "3"}
    second = hear(first.draft, Photo("2", "album", 3), SETTING)
    assert (first.silent, second.silent) == (False, True)
    assert [file["token"] for file in second.draft.answers["photos"]] == ["1", "2"]


def test_an_album_that_is_too_large_is_told_of_once():
    draft = a_draft(a_question("photos", most_files=2), a_question("name"))
    loud = []
    for number in range(4):
        heard = hear(draft, Photo(str(number), "album", 4), SETTING)
        draft = heard.draft
        loud += [] if heard.silent else told(heard)
    assert loud == ["enough_files"]
    assert [file["token"] for file in draft.answers["photos"]] == ["0", "1"]


def test_one_photo_too_many_is_refused_kindly():
    draft = after(a_draft(a_question("photos", most_files=1), a_question("name")), Photo("1"))
    heard = hear(draft, Photo("2"), SETTING)
    assert (heard.draft, told(heard)) == (draft, ["enough_files"])


def test_new_photos_replace_the_old_when_they_are_edited():
    draft = after(edit(finished(a_service()), "photos").draft, Photo("new", "b", 2), Photo("second", "b", 2))
    assert [file["token"] for file in draft.answers["photos"]] == ["new", "second"]


def test_an_album_of_one_question_does_not_run_into_the_next():
    draft = a_draft(a_question("photos"), a_question("file"))
    draft = after(draft, Photo("1", "album", 2), Photo("2", "album", 2))
    assert (len(draft.answers["photos"]), asked(draft)) == (2, "file")


def test_an_optional_question_can_be_skipped_and_a_needed_one_cannot():
    draft = after(begin(a_service()), Picked("no"))
    assert told(skip(draft)) == ["cannot_skip"]
    skipped = skip(after(draft, TypedText("ดับ"), PIN)).draft
    assert skipped.answers["photos"] is None
    assert asked(skipped) == "name"


def test_skipping_at_the_summary_does_nothing():
    draft = finished(a_service())
    assert skip(draft) == Heard(draft)


def test_an_answer_that_no_longer_applies_is_forgotten():
    draft = after(begin(a_service()), Picked("yes"), TypedText("ไม่มีใครเจ็บ"))
    draft = after(edit(draft, "danger").draft, Picked("no"))
    assert "injured" not in draft.answers


def test_answers_survive_a_service_that_changed_meanwhile():
    old = {"danger": "no", "gone": "x", "detail": "ดับ"}
    draft = Draft(a_service(), still_valid(a_service(), old))
    assert draft.answers == {"danger": "no", "detail": "ดับ"}
    assert asked(draft) == "place"


def test_a_new_question_in_the_middle_is_simply_the_next_one():
    before = finished(a_service(a_question("name"), a_question("phone")))
    now = a_service(a_question("name"), a_question("number"), a_question("phone"))
    assert asked(Draft(now, before.answers)) == "number"


@pytest.mark.parametrize("key", ["nothing", "injured"])
def test_what_was_not_asked_cannot_be_edited(key):
    draft = finished(a_service())
    heard = edit(draft, key)
    assert (heard.draft, told(heard)) == (draft, ["cannot_edit"])


def test_back_while_editing_keeps_the_old_answer():
    draft = finished(a_service())
    assert go_back(edit(draft, "name").draft).draft == draft


def test_danger_makes_a_request_urgent():
    assert is_urgent(after(begin(a_service()), Picked("yes")))
    assert not is_urgent(finished(a_service()))


def test_what_a_person_told_about_themselves_is_remembered():
    assert to_remember(finished(a_service())) == {"name": "สมศรี ใจดี", "phone": "0812345678"}


def test_the_summary_shows_what_applies_in_order():
    keys = [question.key for question, _ in answered(finished(a_service()))]
    assert keys == ["danger", "detail", "place", "photos", "name", "phone"]


@given(services, st.lists(anything_said, max_size=12))
@SOME
def test_whatever_is_said_a_draft_holds_only_answers_to_questions_that_can_apply(service, sayings):
    draft = begin(service)
    for said in sayings:
        heard = hear(draft, said, SETTING)
        assert heard.draft == draft or heard.draft.answers == still_valid(service, heard.draft.answers)
        draft = heard.draft
    turn = next_turn(draft)
    assert isinstance(turn, Confirming) or applies(turn.question, draft.answers)


@given(services, anything_said)
@SOME
def test_a_refusal_never_changes_the_draft(service, said):
    draft = begin(service)
    heard = hear(draft, said, SETTING)
    taken = set(heard.draft.answers) - set(draft.answers)
    assert taken or replace(heard.draft, misses=0) == draft
    assert taken or heard.remarks


@given(services, st.integers(0, 12))
@FEW
def test_back_after_an_answer_asks_the_same_question_again(service, steps):
    draft = begin(service)
    for _ in range(steps):
        turn = next_turn(draft)
        if isinstance(turn, Confirming):
            return
        heard = hear(draft, an_answer_to(turn.question), SETTING)
        assert asked(go_back(heard.draft).draft) == turn.question.key
        draft = heard.draft


@given(services, st.data())
@FEW
def test_an_edit_and_its_answer_end_at_the_summary_again(service, data):
    draft = finished(service)
    question, _ = data.draw(st.sampled_from(answered(draft)))
    assert asked(edit(draft, question.key).draft) == question.key
    draft = after(edit(draft, question.key).draft, an_answer_to(question))
    assert next_turn(draft) == Confirming()


_ANSWERS = st.dictionaries(
    st.sampled_from(["danger", "injured", "detail", "place", "gone"]),
    st.sampled_from(["yes", "no", "x", None]),
)


@given(_ANSWERS)
@SOME
def test_forgetting_what_no_longer_applies_is_done_at_once(answers):
    once = still_valid(a_service(), answers)
    assert still_valid(a_service(), once) == once
    assert set(once) <= set(answers)


@pytest.mark.parametrize("kind", ["photos", "file"])
@pytest.mark.parametrize("words", ["ไม่มีรูปค่ะ", "พอแล้ว", "ข้าม", "ไม่มี", "-"])
def test_words_for_none_go_on_from_a_question_for_files_and_keep_what_was_sent(kind: str, words: str) -> None:
    draft = a_draft(a_question(kind, key="files", optional=True))
    heard = hear(draft, TypedText(words), SETTING)
    assert (heard.draft.answers, asked(heard.draft), heard.remarks) == ({"files": None}, "", ())
    sent = after(draft, Photo("1"))
    again = hear(edit(sent, "files").draft, TypedText(words), SETTING)
    assert again.draft.answers["files"] == sent.answers["files"]
