"""Two hundred slow clients keep nobody waiting, and none of them stays for as long as it likes."""

import base64
import hashlib
import hmac
import itertools
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.processes import ROOT, answers, processes, served
from tests.server.app import LARGE_BYTES
from tests.server.slow_peers import BODY_OF, SlowPeer, kinds, slow_peers
from tests.town import SECRET, Town
from tests.waiting import wait_until

SLOW = 200
# Far longer than an answer takes here and far shorter than the slow ones would hold a thread.
PATIENCE_SECONDS = 15
ON_SQLITE = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
LARGE = b"GET /large HTTP/1.1\r\nHost: t\r\n\r\n"


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served("tests.server.app:create_app()", tmp_path_factory.mktemp("server"), threads=4) as port:
        yield port


def raw(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def signed_webhook(number: int) -> tuple[bytes, str]:
    """A body and its signature."""
    event = {"type": "follow", "webhookEventId": f"slow{number}", "timestamp": 1, "source": {"userId": "U1"}}
    body = json.dumps({"events": [event]}).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    return body, signature


def post_webhook(address: str, number: int) -> int:
    body, signature = signed_webhook(number)
    headers = {"x-line-signature": signature, "Content-Type": "application/json"}
    return requests.post(
        f"{address}/line/webhook", body, headers=headers, timeout=PATIENCE_SECONDS
    ).status_code


@ON_SQLITE
def test_webhook_and_console_answer_while_two_hundred_are_slow(town: Town, tmp_path: Path) -> None:
    with processes(town, tmp_path) as (web, console):
        wait_until(lambda: answers(web) and answers(console), what="web and console to answer")
        for address, path in ((web, b"/line/webhook"), (console, b"/sign-in")):
            with slow_peers(int(address.rpartition(":")[2]), path, SLOW) as peers:
                for number in range(5):
                    assert post_webhook(web, number) == 200
                    page = requests.get(f"{console}/sign-in", timeout=PATIENCE_SECONDS)
                    assert page.status_code == 200
                assert len(peers) == SLOW


def test_slow_clients_of_every_kind_are_cut(small_server: int) -> None:
    peers = [make(small_server) for make in kinds(b"/echo") for _ in range(5)]
    try:

        def all_are_cut() -> bool:
            for peer in peers:
                peer.move()
            return all(peer.was_cut for peer in peers)

        wait_until(all_are_cut, what="every slow client to be cut")
    finally:
        for peer in peers:
            peer.close()


def test_who_does_not_read_the_answer_occupies_no_thread(small_server: int) -> None:
    peers = [SlowPeer(small_server, LARGE, b"", reads=False) for _ in range(8)]
    try:
        for _ in range(10):
            answer = requests.get(f"http://127.0.0.1:{small_server}/healthz", timeout=PATIENCE_SECONDS)
            assert answer.text == "alive"
    finally:
        for peer in peers:
            peer.close()


def test_who_reads_gets_all_of_a_large_answer(small_server: int) -> None:
    answer = requests.get(f"http://127.0.0.1:{small_server}/large", timeout=PATIENCE_SECONDS)
    assert len(answer.content) == LARGE_BYTES


def test_more_connections_than_there_are_places_keep_nobody_out(tmp_path: Path) -> None:
    with served("tests.server.app:create_app()", tmp_path, "--worker-connections", "30", threads=4) as port:
        peers = [SlowPeer(port, BODY_OF % b"/echo", b"") for _ in range(90)]
        try:
            answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_SECONDS)
            assert answer.text == "alive"
        finally:
            for peer in peers:
                peer.close()


def test_bodies_of_every_framing_arrive_whole(small_server: int) -> None:
    address = f"http://127.0.0.1:{small_server}/echo"
    for data in (b"", b"x", bytes(range(256)) * 3000):
        assert requests.post(address, data, timeout=PATIENCE_SECONDS).content == data
        pieces = (data[at : at + 1000] for at in range(0, len(data), 1000))
        assert requests.post(address, pieces, timeout=PATIENCE_SECONDS).content == data


def test_requests_sent_at_once_are_answered_in_order(small_server: int) -> None:
    bodies = [b"%d" % number for number in range(50)]
    wire = b"".join(
        b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        for body in bodies
    )
    with raw(small_server) as connection:
        connection.sendall(wire + b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        answers = read_all(connection)
    positions = [answers.find(b"\r\n\r\n" + body + b"HTTP/1.1") for body in bodies]
    assert all(before < after for before, after in itertools.pairwise(positions))
    assert positions[0] > 0
    assert answers.endswith(b"alive")


def test_who_waits_to_be_told_to_go_on_is_told(small_server: int) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    with raw(small_server) as connection:
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"body")
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"body")


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET /healthz HTTP/1.1\r\nHost: t\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", b"431"),
        (b"GET /healthz HTTP/1.1\r\nHost: t\r\nX: " + b"x" * 10_000 + b"\r\n\r\n", b"431"),
        (
            b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (b"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_malformed_is_refused_at_once(
    small_server: int, wire: bytes, status: bytes
) -> None:
    with raw(small_server) as connection:
        connection.sendall(wire)
        assert read_all(connection).split(b" ")[1] == status


def test_headers_of_strangers_do_not_move_the_application(small_server: int) -> None:
    for name in ("SCRIPT_NAME", "PATH_INFO", "SCRIPT-NAME"):
        answer = requests.get(
            f"http://127.0.0.1:{small_server}/root", headers={name: "/elsewhere"}, timeout=PATIENCE_SECONDS
        )
        assert (answer.status_code, answer.text) == (200, "none"), name


def test_the_procfile_serves_with_these_settings_on_this_machine_only() -> None:
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if "gunicorn" in line]
    assert len(lines) == 2
    for line in lines:
        assert "--config deploy/gunicorn.conf.py" in line
        assert "--bind ${BIND:-127.0.0.1}:" in line
