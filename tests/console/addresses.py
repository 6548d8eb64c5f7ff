"""One address for each endpoint of the console, about things that exist."""

from flask import Flask
from sqlalchemy.orm import Session

from store.broadcasts import approval, emergency, testers
from store.broadcasts.approval import BroadcastDraft
from store.cases import bulk
from store.cases.models import Case
from store.database.engine import Database
from store.files.lifecycle import want
from store.residents.models import Resident
from store.staff import account_requests
from tests.builders import an_officer
from tests.console.conftest import Known, office_of

WORDS = {"parts": [{"kind": "words", "text": "พรุ่งนี้น้ำประปาหยุดไหลค่ะ"}]}
DRAFT = BroadcastDraft("น้ำหยุดไหล", "announcement", "ให้สำรองน้ำ", WORDS, {"who": "everyone"}, "water")


def addresses(app: Flask, database: Database, case: Known, *, make_file: bool = True) -> dict[str, str]:
    values = {"case_id": case.case_id, "action": "accept", "filename": "icon.svg", "token": "none"}
    values |= {"secret": "none"}
    values |= {
        "box": "inbox",
        "row_id": 1,
        "kind": "reencrypt",
        "act": "approve",
        "name": "js/chat.js",
        "size": "full",
    }
    values |= {"surge_id": 1, "decision": "confirm", "version": "0"}
    with database.transaction() as session:
        values |= _things(session, app, case)
        if make_file:
            values["token"] = _a_file_under_way(session, case)
    with app.test_request_context():
        return {
            rule.endpoint: app.url_map.bind("localhost").build(
                rule.endpoint, {name: values[name] for name in rule.arguments}
            )
            for rule in app.url_map.iter_rules()
        }


def _things(session: Session, app: Flask, case: Known) -> dict[str, int]:
    """Somebody, and what they wrote: a broadcast that waits for approval, a warning ready to be sent, a tester."""
    municipality = office_of(app).municipality
    somebody = an_officer(session, municipality)
    superior = an_officer(session, municipality, role="supervisor", department=None)
    asker = an_officer(session, municipality, role="admin")
    account_requests.ask_for_role(session, municipality, somebody, "officer", "health", by=asker)
    asked = account_requests.list_waiting(session)[-1]
    broadcast = approval.write_draft(session, DRAFT, somebody)
    approval.submit(session, broadcast, somebody)
    template = emergency.write_template(session, "เตือนน้ำท่วม", WORDS, somebody)
    emergency.approve_template(template, superior)
    return {
        "staff_id": somebody.id,
        "request_id": asked.id,
        "broadcast_id": broadcast.id,
        "template_id": template.id,
        "message_id": bulk.ask(session, somebody, [session.get_one(Case, case.case_id)], "รอสักครู่ค่ะ").id,
        "tester_id": testers.invite(session, somebody).id,
    }


def _a_file_under_way(session: Session, case: Known) -> str:
    resident = session.get_one(Resident, session.get_one(Case, case.case_id).resident_id)
    file = want(
        session, resident, kind="photo", line_message_id="1", name="", album=None, for_conversation=False
    )
    file.case_id = case.case_id
    return file.token
