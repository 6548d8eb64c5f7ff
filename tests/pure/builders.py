"""Builds questions, services and drafts that are right in every way but the one a test is about."""

from datetime import date
from typing import Any

from bot.conversations.drafts import Draft, begin
from store.services import Question, Service
from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting
from store.services.kinds import read_question

FRIDAY = date(2026, 11, 20)
SETTING = Setting(FRIDAY, {"tambon": "ตัวอย่าง", "amphoe": "เมือง", "province": "ขอนแก่น"})
DANGER = {"no": "ไม่มี", "yes": "มีอันตราย"}


def a_question(kind: str = "text", **changes: Any) -> Any:
    """Returns a question of the kind. Its type is left open, so that a test may read what only this kind has."""
    needed = {"choices": DANGER} if kind == "choice" else {}
    base = {"key": kind, "kind": kind, "label": kind, "ask": "ถามค่ะ"}
    return read_question({**base, **needed, **changes})


def written_service(*questions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Returns a service as it stands in a TOML file."""
    return {
        "code": "D4-01",
        "title": "แจ้งไฟฟ้าสาธารณะขัดข้อง",
        "label": "ไฟฟ้าสาธารณะ",
        "icon": "💡",
        "group": "problem",
        "department": "engineering",
        "answer_within": {"days": 3, "unit": "working"},
        "keywords": ["ไฟถนน"],
        "next_step": "เจ้าหน้าที่จะเข้าตรวจ",
        "questions": list(questions) or [written_question()],
        **changes,
    }


def written_question(kind: str = "text", **changes: Any) -> dict[str, Any]:
    return a_question(kind, **changes).model_dump(exclude_defaults=True)


def a_service(*questions: Question, name: str = "street_light", **changes: Any) -> Service:
    written = [question.model_dump() for question in questions or _ORDINARY]
    return Service.model_validate({"name": name, **written_service(*written, **changes)})


_ORDINARY = (
    a_question("choice", key="danger", urgent=("yes",), advice={"yes": "อย่าเข้าใกล้นะคะ"}),
    a_question("text", key="injured", when={"danger": "yes"}),
    a_question("text", key="detail", takes_opening=True),
    a_question("place"),
    a_question("photos", optional=True),
    a_question("name"),
    a_question("phone"),
)


def a_draft(*questions: Question) -> Draft:
    return begin(a_service(*questions))


def accepted(question: Question, said: Said | str) -> Any:
    """Returns the value kept for the answer; a refusal fails the test with its reason."""
    verdict = question.check(TypedText(said) if isinstance(said, str) else said, SETTING)
    assert isinstance(verdict, Accepted), verdict
    return verdict.value


def refused(question: Question, said: Said | str) -> str:
    """Returns why the answer is refused; one that is taken fails the test."""
    verdict = question.check(TypedText(said) if isinstance(said, str) else said, SETTING)
    assert isinstance(verdict, RefusedAnswer), verdict
    return verdict.why
