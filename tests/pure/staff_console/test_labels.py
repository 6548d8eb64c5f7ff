"""Tests the words of the console: what is missing or unknown is refused by name when they are read."""

import tomllib

import pytest
from pydantic import ValidationError

from staff_console.phrases import broadcast_labels
from staff_console.phrases.broadcast_labels import BroadcastLabels
from staff_console.phrases.labels import FILE, Labels, read_labels
from staff_console.words import job_result
from store.jobs.models import Job, JobKind
from store.staff.permissions import Role

WRITTEN = tomllib.loads(FILE.read_text("utf-8"))
OF_BROADCASTS = tomllib.loads(broadcast_labels.FILE.read_text("utf-8"))


def test_the_words_are_read_by_what_they_name():
    assert read_labels().roles[Role.OFFICER] == "เจ้าหน้าที่"


@pytest.mark.parametrize(
    ("model", "written", "section"),
    [(Labels, WRITTEN, name) for name in WRITTEN]
    + [(BroadcastLabels, OF_BROADCASTS, name) for name in OF_BROADCASTS],
)
def test_a_section_that_is_missing_is_refused_by_name(model, written, section):
    with pytest.raises(ValidationError, match=section):
        model.model_validate({name: words for name, words in written.items() if name != section})


def test_every_reason_why_a_broadcast_stopped_has_words():
    stops = {name: words for name, words in OF_BROADCASTS["stops"].items() if name != "refused"}
    with pytest.raises(ValidationError, match="no words for refused"):
        BroadcastLabels.model_validate({**OF_BROADCASTS, "stops": stops})


@pytest.mark.parametrize(
    ("section", "words", "told"),
    [
        ("roles", {"officer": "เจ้าหน้าที่"}, "no words for supervisor, admin"),
        ("roles", {**WRITTEN["roles"], "mayor": "นายก"}, "mayor"),
        ("roles", {**WRITTEN["roles"], "admin": ""}, "admin"),
        ("sentences", {**WRITTEN["sentences"], "another": "x"}, "another"),
        ("deliveries", {"ready": ["รอส่ง", "loud"]}, "deliveries"),
        ("colours", {"a": "b"}, "colours"),
    ],
)
def test_words_of_nothing_and_values_without_words_are_refused(section, words, told):
    with pytest.raises(ValidationError, match=told):
        Labels.model_validate({**WRITTEN, section: words})


def test_what_a_job_did_is_said_with_its_figures():
    assert job_result(Job(kind=JobKind.BACKUP, result={"rows": 1200, "files": 3, "damaged": 0})).endswith(
        "3 ไฟล์"
    )
    told = job_result(Job(kind=JobKind.REENCRYPT, result={"rows": 5, "files": 0, "closed": 2, "left": 1}))
    assert told.startswith("เข้ารหัสใหม่แล้ว 5 รายการ 0 ไฟล์ เปิดไม่ได้ 2 รายการ ยังใช้กุญแจเก่า")
