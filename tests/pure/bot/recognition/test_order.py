"""Tests the list of recognisers: which of them decides about a message, and that each of them stands in the list."""

import importlib
import pkgutil
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given

import bot.recognition
from bot.conversations.drafts import Draft, begin
from bot.phrases.typed import read_typed_words
from bot.phrases.wording import Phrases
from bot.recognition.order import RECOGNISERS, recognised
from bot.recognition.state import Request, State
from bot.recognition.typed import Typed
from store.municipality.profile import read_municipality
from store.services.answers.cleaning import clean_text
from store.settings import DEMO_MUNICIPALITY
from tests.pure.builders import SETTING
from tests.pure.strategies import SERVICES, SOME, hard_texts

MUNICIPALITY = read_municipality(DEMO_MUNICIPALITY)


@dataclass(frozen=True)
class Cases:
    """Stands for a resident with one case of a street light, case 7 with the number 0001/2570, or with none."""

    number: str = ""
    acts: frozenset[str] = frozenset()

    def find(self, code: str) -> int | None:
        return 7 if self.number and self.number == code else None

    def may(self, act: str) -> bool:
        return act in self.acts

    def service_of(self, case_id: int) -> str:
        return "street_light"

    def title_of(self, case_id: int) -> str:
        return "แจ้งไฟฟ้าสาธารณะขัดข้อง"

    def has_any(self) -> bool:
        return bool(self.number)

    def open_services(self) -> set[str]:
        return {"street_light"} if self.number else set()


NOTHING_RUNS = State(
    services=SERVICES,
    topics={topic.code: topic.name for topic in MUNICIPALITY.topics},
    departments={each.name: each.phone for each in MUNICIPALITY.departments},
    phrases=Phrases(MUNICIPALITY.words()),
    words=read_typed_words(),
    setting=SETTING,
    cases=Cases(),
)
LIGHT = SERVICES["street_light"]
ONE_CASE = replace(NOTHING_RUNS, cases=Cases("0001/2570", frozenset({"works", "withdraw"})))
WRITING = replace(ONE_CASE, listening=("more", 7))
BEGUN = replace(NOTHING_RUNS, request=Request(3, begin(LIGHT)))
COLD = replace(NOTHING_RUNS, request=Request(3, begin(LIGHT), is_cold=True))
GONE = replace(NOTHING_RUNS, request=Request(3, None))


def answered(**answers: Any) -> State:
    return replace(NOTHING_RUNS, request=Request(3, Draft(LIGHT, answers)))


@pytest.mark.parametrize(
    ("text", "state", "name"),
    [
        ("\u200b", NOTHING_RUNS, "nothing visible"),
        ("ไฟไหม้บ้านค่ะ", BEGUN, "danger"),
        ("รหัสผ่าน: hunter22", BEGUN, "secrets"),
        ("ทดสอบ 123456", NOTHING_RUNS, "codes of testers"),
        ("เมนู", BEGUN, "commands"),
        ("ช่วยเหลือ", BEGUN, "commands"),
        ("ใช้ได้แล้วค่ะ", replace(BEGUN, cases=ONE_CASE.cases), "finished work"),
        ("ไม่รับ เก็บขยะ", NOTHING_RUNS, "topics of news"),
        ("ใช่", replace(BEGUN, offered=("cancel", "")), "buttons just offered"),
        ("ไม่ยกเลิก", replace(ONE_CASE, offered=("withdraw", "7")), "buttons just offered"),
        ("เรื่องเดิม", replace(ONE_CASE, offered=("whose", "7 road")), "buttons just offered"),
        ("ย้อนกลับ", BEGUN, "buttons of the request"),
        ("เลือกรูป", BEGUN, "buttons of the request"),
        ("ทำต่อ", NOTHING_RUNS, "buttons of a request that is over"),
        ("0001/2570", ONE_CASE, "own case number"),
        ("0001/2570 แจ้งไฟฟ้า…", ONE_CASE, "own case number"),
        ("ดูความคืบหน้า", replace(ONE_CASE, offered=("see", "7")), "buttons just offered"),
        ("รายละเอียด", replace(answered(detail="มืด"), offered=("edit", "")), "buttons just offered"),
        ("ครับผม", COLD, "request left alone"),
        ("ไม่มี", BEGUN, "answer to the question"),
        ("อะไรนะ", GONE, "answer to the question"),
        ("น้ำไม่ไหล", BEGUN, "other service"),
        ("เรื่องที่ 0001/2570 ถึงไหนแล้ว", ONE_CASE, "case number in a sentence"),
        ("ห้าดาว", NOTHING_RUNS, "stars"),
        ("5", replace(NOTHING_RUNS, offered=("stars", "7")), "stars"),
        ("เสาต้นที่สามค่ะ", WRITING, "case being talked about"),
        ("#12/70", NOTHING_RUNS, "wrong case number"),
        ("อยากจ่ายภาษี", BEGUN, "question in between"),
        ("ส้มตำปูปลาร้า", BEGUN, "refused answer"),
        ("สวัสดีค่ะ", NOTHING_RUNS, "services and small talk"),
        ("ไฟถนนดับ", NOTHING_RUNS, "services and small talk"),
    ],
)
def test_one_recogniser_decides(text, state, name):
    typed = Typed(clean_text(text))
    assert next(each.name for each in RECOGNISERS if each.recognise(typed, state)) == name


@given(hard_texts)
@SOME
@pytest.mark.parametrize("state", [NOTHING_RUNS, WRITING, BEGUN, COLD, GONE])
def test_whatever_is_typed_is_recognised_as_something(state, text):
    assert next(recognised(Typed(clean_text(text)), state), None) is not None


def test_every_recogniser_stands_in_the_list_once():
    written = {
        module.recognise
        for found in pkgutil.iter_modules(bot.recognition.__path__)
        if hasattr(module := importlib.import_module(f"bot.recognition.{found.name}"), "recognise")
    }
    assert {each.recognise for each in RECOGNISERS} == written
    assert len(RECOGNISERS) == len(written) == len({each.name for each in RECOGNISERS})
