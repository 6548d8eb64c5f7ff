"""Tests replacing DATA_KEY while a town runs: after `reencrypt` the old key is not needed, and no resident notices."""

import re
import sys
from base64 import b64encode
from dataclasses import replace
from html import unescape

from sqlalchemy import func, select

from store.cases.models import Case
from store.messaging.models import OutboxRow
from store.operations.data_keys import open_database
from store.residents.models import Resident
from tests.children import run
from tests.conftest import KEY
from tests.processes import environment
from tests.stories.transcripts import Stage, Story
from tests.town import Town

NEW_KEY = b"a newer key that has 32 bytes..."
A_CASE = [
    "resident says ไฟถนนดับ",
    "resident taps ไม่มี",
    "resident pins หน้าวัด",
    "resident sends 2 photos",
    "resident says สมศรี ใจดี",
    "resident says 0812345678",
    "resident taps ส่งเรื่อง",
    "officer does accept",
]
AFTERWARDS = [
    "supervisor sees หน้าวัด",
    "supervisor sees สมศรี ใจดี",
    "supervisor does ask: เสาต้นที่เท่าไรคะ",
    "resident says ต้นที่สองจากวัด",
    "supervisor sees ต้นที่สองจากวัด",
    "supervisor does start",
    "time passes 10 minutes",
    "resident says ติดตามเรื่อง",
    "bot says 0001/2570",
]


def reencrypt_with_both_keys(town: Town) -> str:
    """Runs reencrypt as an operator does, while the other processes run."""
    keys = ",".join(b64encode(key).decode() for key in (NEW_KEY, KEY))
    ended = run([sys.executable, "-m", "store", "reencrypt"], env={**environment(town), "DATA_KEY": keys})
    assert ended.stderr == ""
    return ended.stdout


def with_the_new_key_only(town: Town) -> Town:
    store = replace(town.settings.store, data_keys=(NEW_KEY,))
    after = Town(replace(town.settings, store=store), open_database(store), town.simulator, town.clock)
    town.receive = after.receive  # type: ignore[method-assign]
    return after


def play(stage: Stage, lines: list[str]) -> None:
    stage.play(Story("rotation", "a case", list(enumerate(lines))))


def photos_of_the_newest_case(stage: Stage) -> list[bytes]:
    clerk = stage.clerks["supervisor"]
    _, page = clerk.opens_newest_case()
    addresses = sorted({unescape(found) for found in re.findall(r'(?:src|href)="(/files/[^"]+)"', page)})
    return [clerk.client.get(address).data for address in addresses]


def test_life_goes_on_with_the_new_key_alone(town: Town) -> None:
    before = Stage(town)
    play(before, A_CASE)
    phone = before.residents["resident"]
    phone.says("ขอบคุณค่ะ")
    assert town.simulator.deliver_webhooks() == [
        200
    ]  # It waits in the inbox, and news of the case in the outbox.
    said = reencrypt_with_both_keys(town)
    assert "Key 1: in use.\nKey 2: needed no more" in said
    after = with_the_new_key_only(town)
    after.settle()
    stage = Stage(after)
    stage.residents, stage.seen = before.residents, {"resident": len(phone.messages)}
    play(stage, AFTERWARDS)
    assert [photo[:2] for photo in photos_of_the_newest_case(stage)][:2] == [b"\xff\xd8"] * 2
    with after.database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(kind)) for kind in (Resident, Case)]
        assert counts == [1, 1]
        assert session.scalars(select(OutboxRow.lane).distinct()).all() == [
            after.database.cipher.fingerprint(phone.id)
        ]
    after.close()
    after.database.close()
