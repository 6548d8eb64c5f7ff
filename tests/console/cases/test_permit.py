"""Tests that the page of a permit offers what its workflow allows, and nothing else."""

from store.database.engine import Database
from store.municipality.profile import Municipality
from tests.builders import SERVICE, a_case
from tests.console.looks import status_of
from tests.console.pages import Person

PERMIT = SERVICE.model_copy(update={"workflow": "permit"})


def test_the_page_of_a_permit_has_the_buttons_of_its_workflow(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        case_id = a_case(session, municipality, service=PERMIT).id
    page = officer.visit(f"/cases/{case_id}")
    actions = {form.action.rpartition("/")[2] for form in page.forms if f"/cases/{case_id}/" in form.action}
    assert actions >= {"check", "ask", "tell", "remark", "assign"}
    assert not actions & {"accept", "start", "finish", "forward", "refuse"}
    assert officer.do(case_id, "check").status_code == 303
    assert status_of(database, case_id) == "checked"
    assert "ตรวจเอกสารแล้ว" in officer.visit(f"/cases/{case_id}").html


def test_the_queue_filters_by_no_status_of_a_workflow_that_no_service_names(officer: Person) -> None:
    queue = officer.visit("/").html
    assert 'value="in_progress"' in queue
    assert 'value="to_pay"' not in queue
