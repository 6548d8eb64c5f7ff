"""Tests the workflow of permits, from the application to the permit, in chat and console."""

from itertools import product

import pytest

from line_simulator.residents import Resident as Phone
from store.cases.actions import RESIDENT, Actor, act
from store.cases.models import Case
from store.cases.workflows import NotAllowed
from store.workflow.table import Who
from store.workflow.tables.permit import WORKFLOW, Action, Status
from tests.builders import SERVICE, a_case, a_resident
from tests.stories.scenes import friend, texts
from tests.town import Town

PERMIT = SERVICE.model_copy(update={"workflow": "permit", "title": "ขออนุญาตใช้เครื่องขยายเสียง"})
OFFICER, SUPERVISOR = Actor(Who.OFFICER), Actor(Who.SUPERVISOR)


def apply(town: Town, phone: Phone) -> int:
    with town.database.transaction() as session:
        resident = a_resident(session, line_user_id=phone.id)
        case = a_case(session, town.app.municipality, resident=resident, service=PERMIT)
        assert (case.workflow, case.status) == ("permit", Status.SUBMITTED)
        return case.id


def do(town: Town, case_id: int, action: str, by: Actor, note: str = "") -> str:
    with town.database.transaction() as session:
        case = session.get_one(Case, case_id, with_for_update=True)
        act(session, town.app.municipality, case, action, by, note=note)
        status = case.status
    town.settle()
    return status


def test_a_permit_is_checked_paid_approved_and_issued_and_its_applicant_reads_each_step(town: Town) -> None:
    phone = friend(town)
    case_id = apply(town, phone)
    assert do(town, case_id, "check", OFFICER) == Status.CHECKED
    assert do(town, case_id, "bill", OFFICER, "10 บาท ที่กองคลัง") == Status.TO_PAY
    assert "รอชำระค่าธรรมเนียม “10 บาท ที่กองคลัง”" in " ".join(texts(phone)[-1].split())
    assert do(town, case_id, "approve", SUPERVISOR) == Status.APPROVED
    assert do(town, case_id, "issue", OFFICER, "เลขที่ 7/2570") == Status.ISSUED
    assert "ออกใบอนุญาตแล้ว" in texts(phone)[-1]
    phone.says("ติดตามเรื่อง")
    town.settle()
    card = texts(phone)[-1]
    assert all(step in card for step in ("ส่งเรื่องแล้ว", "ตรวจเอกสารแล้ว", "แจ้งค่าธรรมเนียม", "อนุมัติ"))
    with town.database.reading() as session:
        assert session.get_one(Case, case_id).ended_at is not None


def test_a_question_goes_to_the_applicant_and_the_answer_leads_back_to_the_check(town: Town) -> None:
    phone = friend(town)
    case_id = apply(town, phone)
    assert do(town, case_id, "ask", OFFICER, "ขอสำเนาทะเบียนบ้านค่ะ") == Status.NEED_INFO
    phone.says("ส่งให้แล้วค่ะ")
    town.settle()
    with town.database.reading() as session:
        assert session.get_one(Case, case_id).status == Status.SUBMITTED


def test_a_permit_knows_only_its_own_actions(town: Town) -> None:
    case_id = apply(town, friend(town))
    for action, by in (("accept", OFFICER), ("finish", OFFICER), ("refuse", OFFICER), ("approve", RESIDENT)):
        with pytest.raises(NotAllowed):
            do(town, case_id, action, by, "เหตุผล")
    assert do(town, case_id, "refuse", SUPERVISOR, "เอกสารไม่ครบ") == Status.REFUSED


def test_every_open_permit_can_be_issued_or_refused_and_an_ended_one_stays_ended() -> None:
    ends = {Status.ISSUED, Status.REFUSED, Status.CANCELLED}
    onward = {
        status: {rule.after for rule in WORKFLOW.rules if status in rule.before and rule.after}
        for status in Status
    }
    assert {status for status in Status if not onward[status]} == ends
    for status, who in product(Status, Who):
        actions = [rule.action for rule in WORKFLOW.allowed(status, who)]
        assert len(actions) == len(set(actions))
    assert {rule.action for rule in WORKFLOW.rules} == set(Action)
