"""Over a real socket: open connections, connections that are reset, half a body, and delivery in the background."""

import http.client
import itertools
import socket
import threading
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests

from line_simulator import Simulator
from line_simulator.server import Handler
from line_simulator.web import serve
from tests.waiting import PATIENCE_SECONDS

HEADERS = {"Authorization": "Bearer demo-token"}
CONTENT = "/v2/bot/message/{}/content"


@pytest.fixture
def url(sim):
    with serve(sim) as url:
        yield url


@pytest.fixture
def session():
    with requests.Session() as session:
        session.headers.update(HEADERS)
        session.trust_env = False
        yield session


def test_a_connection_serves_many_calls(url):
    address = urlsplit(url)
    with closing(
        http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        connection.connect()
        first = connection.sock
        for _ in range(3):
            connection.request("GET", "/v2/bot/info", headers=HEADERS)
            assert connection.getresponse().read()
        assert connection.sock is first


def test_an_idle_connection_is_closed_and_is_no_error(url, monkeypatch, caplog):
    monkeypatch.setattr(Handler, "timeout", 0.05)
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE_SECONDS) as idle:
        assert idle.recv(1) == b""
    assert caplog.records == []


def test_the_switch_hangs_up_without_an_answer(sim, url, session):
    sim.faults.turn(api_reset=True, count=1)
    with pytest.raises(requests.ConnectionError):
        session.get(f"{url}/v2/bot/info")
    assert session.get(f"{url}/v2/bot/info").status_code == 200


def test_the_switch_makes_a_client_time_out(sim, url, session):
    sim.faults.turn(api_hang_seconds=0.3, count=1)
    with pytest.raises(requests.Timeout):
        session.get(f"{url}/v2/bot/info", timeout=0.1)


def test_a_truncated_photo_ends_before_its_length(sim, url, session, somsri):
    message_id = somsri.sends_photos([bytes(1000)])[0]
    sim.faults.turn(content_truncated=True, count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(url + CONTENT.format(message_id))


def test_an_endless_photo_goes_on_until_the_reader_stops(sim, url, session, somsri):
    message_id = somsri.sends_photos([b"jpeg"])[0]
    sim.faults.turn(content_endless=True, count=1)
    with session.get(url + CONTENT.format(message_id), stream=True) as answer:
        assert "Content-Length" not in answer.headers
        pieces = itertools.islice(answer.iter_content(64 * 1024), 50)
        assert sum(map(len, pieces)) > 2_000_000


def test_a_large_upload_and_the_next_call_share_a_connection(url, session):
    answer = session.post(f"{url}/v2/bot/message/push", data=bytes(3 * 1024 * 1024))
    assert answer.status_code == 413
    assert session.get(f"{url}/v2/bot/info").status_code == 200


def test_delivery_threads_keep_each_residents_order_and_do_not_wait_for_the_slow_one():
    released, finished = threading.Event(), threading.Semaphore(0)
    arrived: list[bytes] = []

    def deliver(body: bytes, headers: dict[str, str]) -> int:
        if "ช้า".encode() in body:
            released.wait(PATIENCE_SECONDS)
        arrived.append(body)
        finished.release()
        return 200

    sim = Simulator(secret="s", token="t", deliver=deliver)
    slow, quick = sim.add_resident("สมศรี"), sim.add_resident("ประสิทธิ์")
    for words in ("ช้า", "ตามมา"):
        slow.says(words)
    for number in range(3):
        quick.says(f"เร็ว {number}")
    assert all(finished.acquire(timeout=PATIENCE_SECONDS) for _ in range(3))
    released.set()
    assert all(finished.acquire(timeout=PATIENCE_SECONDS) for _ in range(2))
    sim.stop()
    texts = ["เร็ว 0", "เร็ว 1", "เร็ว 2", "ช้า", "ตามมา"]
    assert all(text.encode() in body for text, body in zip(texts, arrived, strict=True))


def test_what_was_kept_while_the_webhook_was_down_is_delivered_when_it_is_up():
    arrived = threading.Semaphore(0)
    bodies: list[bytes] = []

    def deliver(body: bytes, headers: dict[str, str]) -> int:
        bodies.append(body)
        arrived.release()
        return 200

    sim = Simulator(secret="s", token="demo-token", deliver=deliver)
    with serve(sim) as url:
        requests.post(f"{url}/_sim/faults", json={"webhook_down": True}, timeout=PATIENCE_SECONDS)
        sim.add_resident("สมศรี").says("ไฟดับ")
        assert not arrived.acquire(timeout=0.05)
        requests.post(f"{url}/_sim/faults", json={"webhook_down": False}, timeout=PATIENCE_SECONDS)
        assert arrived.acquire(timeout=PATIENCE_SECONDS)
    assert b'"isRedelivery":true' in bodies[0]


def test_the_default_postman_posts_to_the_webhook_address(sim, url):
    other = Simulator(secret="s", token="t", webhook_url=f"{url}/v2/bot/message/push", background=False)
    other.add_resident("สมศรี").says("ก")
    assert other.deliver_webhooks() == [401]
    unreachable = Simulator(secret="s", token="t", webhook_url="http://127.0.0.1:9/", background=False)
    assert unreachable.webhooks.verify()["reason"] == "COULD_NOT_CONNECT"
