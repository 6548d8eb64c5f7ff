"""The files of deploy/: their own programs read them, and nginx with them stands in front of the real processes."""

import hmac
import json
import os
import re
import shutil
import socket
import ssl
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from store.clock import now
from store.messaging.models import InboxEvent
from store.staff.sign_ins import place
from tests.children import Child, run
from tests.console.looks import acts_of
from tests.processes import ROOT, SERVE, answers, environment, free_port, processes, wait_until
from tests.server.test_slow_peers import PATIENCE_SECONDS, signed_webhook
from tests.town import SECRET, Town

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CONSOLE, WEB = "console.example.go.th", "line.example.go.th"


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"no {name} here: install it to try the files of deploy/")
    return found


def test_units_run_what_the_procfile_runs() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert [unit.stem for unit in UNITS] == ["tessaban-console", "tessaban-web", "tessaban-worker"]
    for unit in UNITS:
        command = procfile[unit.stem.removeprefix("tessaban-")]
        command = command.replace(" --workers ${WEB_CONCURRENCY:-1}", "")
        command = re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", command)
        assert f'ExecStart=/bin/sh -c "exec {command}"' in unit.read_text()


def test_units_give_up_what_they_do_not_need() -> None:
    for unit in UNITS:
        lines = unit.read_text().splitlines()
        for line in (
            "User=tessaban", "UMask=0077", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
            "PrivateTmp=yes", "Restart=always", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        ):  # fmt: skip
            assert line in lines, f"{unit.name}: {line}"
        assert any(line.startswith("MemoryMax=") for line in lines)


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Programs and the user are those of this machine: the units name places that exist only where they run."""
    analyze = program("systemd-analyze")
    for unit in UNITS:
        text = unit.read_text().replace("/srv/tessaban/.venv/bin/python", "/usr/bin/env")
        text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    units = [str(tmp_path / unit.name) for unit in UNITS]
    checked = run([analyze, "verify", *units], check=False)
    ours = [line for line in checked.stderr.splitlines() if "tessaban" in line]
    assert (checked.returncode, ours) == (0, []), checked.stderr


def test_caddy_understands_its_file() -> None:
    caddy, file = program("caddy"), str(DEPLOY / "Caddyfile")
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", file]
    checked = run(command, check=False)
    assert checked.returncode == 0, checked.stderr


def test_the_example_names_variables_that_exist() -> None:
    named = re.findall(r"^([A-Z_]+)=", (DEPLOY / "tessaban.env.example").read_text(), re.MULTILINE)
    table = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text("utf-8"), re.MULTILINE)
    )
    table |= {"LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"}
    assert named
    assert set(named) <= table


@dataclass(frozen=True)
class Proxy:
    port: int

    def open(self, name: str, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """A TLS connection to the server of this name, from an address of this machine."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(
            ("127.0.0.1", self.port), timeout=PATIENCE_SECONDS, source_address=(source, 0)
        )
        return context.wrap_socket(plain, server_hostname=name)

    def ask(self, name: str, request: bytes, source: str = "127.0.0.1") -> bytes:
        with self.open(name, source) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def nginx(folder: Path, web: int, console: int) -> Iterator[Proxy]:
    """deploy/nginx.conf with ports, names of files and a certificate of this test."""
    port = free_port()
    command = [program("nginx"), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    write_certificate(folder)
    write_configuration(folder, {"443 ssl": port, "80": free_port(), "8801": web, "8802": console})
    checked = run([*command, "-t"], check=False)
    assert checked.returncode == 0, checked.stderr
    with Child(command, polite_seconds=30.0) as process:
        wait_until(lambda: process.poll() is not None or _listens(port), what="nginx to listen")
        assert process.poll() is None, (folder / "nginx.log").read_text()
        yield Proxy(port)


def write_configuration(folder: Path, ports: dict[str, int]) -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{ports['443 ssl']} ssl"),
        ("listen 80", f"listen 127.0.0.1:{ports['80']}"),
        ("127.0.0.1:8801", f"127.0.0.1:{ports['8801']}"), ("127.0.0.1:8802", f"127.0.0.1:{ports['8802']}"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r"(ssl_certificate(?:_key)?) .*?(pem|key);", rf"\1 {folder}/test.\2;", text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    head = f"pid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\ndaemon off;\nworker_processes 1;\n"
    user = "user root;\n" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}{head}events {{}}\nhttp {{\naccess_log off;\n{places}{text}}}\n"
    )


def webhook(number: int) -> bytes:
    body, signature = signed_webhook(number)
    head = f"POST /line/webhook HTTP/1.0\r\nHost: {WEB}\r\nx-line-signature: {signature}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now() - timedelta(days=9999))
    signed = made.not_valid_after(now() + timedelta(days=9999)).sign(key, hashes.SHA256())
    (folder / "test.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "test.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_behind_nginx_people_are_counted_and_webhooks_arrive(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("nginx")
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    with processes(town, tmp_path) as (web, console):
        wait_until(lambda: answers(web) and answers(console), what="web and console")
        ports = [int(address.rpartition(":")[2]) for address in (web, console)]
        with nginx(tmp_path, *ports) as proxy:
            page = proxy.ask(CONSOLE, b"GET /sign-in HTTP/1.0\r\nHost: %s\r\n\r\n" % CONSOLE.encode())
            cookie = re.search(rb"Set-Cookie: (forms=[^;]+)", page)
            token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert cookie is not None
            assert token is not None
            form = b"username=somebody&password=wrong&csrf_token=" + token[1]
            head = (
                b"POST /sign-in HTTP/1.0\r\nHost: %s\r\nCookie: %s\r\nX-Forwarded-For: 192.0.2.66\r\n"
                b"Referer: https://%s/sign-in\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\n\r\n"
            ) % (CONSOLE.encode(), cookie[1], CONSOLE.encode(), len(form))
            answer = proxy.ask(CONSOLE, head + form, source="127.0.0.2")
            assert b" 401 " in answer.splitlines()[0]
            assert [act.place for act in acts_of(town.database, "sign_in_refused")] == [
                place(town.database.cipher, "127.0.0.2")
            ]
            assert b" 200 " in proxy.ask(WEB, webhook(1)).splitlines()[0]
            metrics = proxy.ask(WEB, b"GET /metrics HTTP/1.0\r\nHost: %s\r\n\r\n" % WEB.encode())
            assert b" 404 " in metrics.splitlines()[0]


PRODUCTION = ("bot", "public_site", "staff_console", "store", "line_preview", "deploy")


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_production_runs_without_the_simulator(town: Town, tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    for folder in PRODUCTION:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with processes(town, tmp_path, root) as (web, console):
        wait_until(lambda: answers(web) and answers(console), what="web and console")
        assert requests.get(f"{web}/announcements", timeout=PATIENCE_SECONDS).status_code == 200
        assert requests.get(f"{console}/sign-in", timeout=PATIENCE_SECONDS).status_code == 200
        body, signature = follow_event()
        signed = {"x-line-signature": signature}
        told = requests.post(f"{web}/line/webhook", data=body, headers=signed, timeout=PATIENCE_SECONDS)
        assert told.status_code == 200
        wait_until(lambda: states(town) == ["done"], what="the worker to work on the event")


def follow_event() -> tuple[bytes, str]:
    """Returns the signed body of a webhook with one event, and its signature."""
    event = {
        "type": "follow",
        "mode": "active",
        "timestamp": int(now().timestamp() * 1000),
        "source": {"type": "user", "userId": "U" + "0" * 32},
        "webhookEventId": "01" + "A" * 24,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "a" * 32,
        "follow": {"isUnblocked": False},
    }
    body = json.dumps({"destination": "U" + "1" * 32, "events": [event]}).encode()
    return body, b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()


def states(town: Town) -> list[str]:
    with town.database.reading() as session:
        return list(session.scalars(select(InboxEvent.state)))


def test_nginx_passes_a_body_on_only_when_all_of_it_is_there(tmp_path: Path) -> None:
    program("nginx")
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        upstream.settimeout(PATIENCE_SECONDS)
        with nginx(tmp_path, upstream.getsockname()[1], free_port()) as proxy:
            head = b"POST /%s HTTP/1.1\r\nHost: " + WEB.encode() + b"\r\nContent-Length: 4\r\n\r\n"
            with proxy.open(WEB) as slow, proxy.open(WEB) as quick:
                slow.sendall(head % b"slow" + b"ab")
                quick.sendall(head % b"quick" + b"abcd")
                first, _ = upstream.accept()
                with first:
                    assert first.recv(1000).startswith(b"POST /quick ")
                slow.sendall(b"cd")
                second, _ = upstream.accept()
                with second:
                    second.settimeout(PATIENCE_SECONDS)
                    assert second.recv(1000).startswith(b"POST /slow ")


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("url", ["", "http://console.example.go.th"])
def test_gunicorn_opens_no_console_to_others_without_https(town: Town, url: str) -> None:
    serve = [*SERVE, f"0.0.0.0:{free_port()}", "staff_console.web:create_app()"]
    ended = run([sys.executable, *serve], check=False, env={**environment(town), "CONSOLE_URL": url})
    assert ended.returncode != 0
    assert "CONSOLE_URL is not https" in ended.stderr
    assert "Traceback" not in ended.stderr
