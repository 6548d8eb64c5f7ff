"""The list of what the product is made of is whole: every locked library, and every file of others that lies here."""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.audit import NotAnswered, known_weaknesses, main
from deploy.locked import Library, libraries
from deploy.sbom import sbom
from tests.children import ROOT, run

PINNED = re.compile(r"^\s*([a-z0-9][a-z0-9._-]*)\s*==\s*([0-9][^\s;\\]*)", re.MULTILINE | re.IGNORECASE)
OF_OTHERS = ("*.woff2", "*.woff", "*.ttf", "*.otf", "*.min.js", "*.min.css")


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """Returns the list as make sbom writes it."""
    target = tmp_path_factory.mktemp("sbom") / "var" / "sbom.json"
    run([sys.executable, "-m", "deploy.sbom", str(target)])
    return json.loads(target.read_text("utf-8"))


def test_every_locked_requirement_is_listed_with_its_scope(listed):
    scopes = {(each["name"], each.get("version")): each["scope"] for each in listed["components"]}
    run_time = set(PINNED.findall((ROOT / "requirements.txt").read_text("utf-8")))
    all_of_them = run_time | set(PINNED.findall((ROOT / "requirements-dev.txt").read_text("utf-8")))
    assert len(run_time) > 40
    for pin in all_of_them:
        assert scopes[pin] == ("required" if pin in run_time else "excluded"), pin


def test_every_file_of_others_is_listed_with_its_hash(listed):
    files = {file["name"]: file for each in listed["components"] for file in each.get("components", [])}
    names = {
        path.relative_to(ROOT).as_posix()
        for folder in (
            "bot",
            "public_site",
            "store",
            "staff_console",
            "line_preview",
            "line_simulator",
            "deploy",
            "tests",
        )
        for pattern in OF_OTHERS
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file()
    }
    assert len(names) > 15
    assert names - files.keys() == set()
    for file in files.values():
        assert re.fullmatch("[0-9a-f]{64}", file["hashes"][0]["content"])


def test_it_names_versions_and_licences_and_no_reference_twice(listed):
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", listed["serialNumber"])
    assert listed["serialNumber"] == sbom()["serialNumber"]
    by_name = {each["name"]: each for each in listed["components"]}
    assert by_name["axe-core"]["purl"] == "pkg:npm/axe-core@4.14.1"
    assert by_name["axe-core"]["version"] == "4.14.1"
    assert by_name["Sarabun"]["licenses"] == [{"license": {"id": "OFL-1.1"}}]
    references = [each["bom-ref"] for each in listed["components"]]
    assert len(references) == len(set(references))


class OsvServer(HTTPServer):
    most: int | None = None


class Osv(BaseHTTPRequestHandler):
    """Answers as OSV does; of all libraries pillow has a weakness."""

    server: OsvServer

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        weak = {"vulns": [{"id": "GHSA-2", "modified": "x"}, {"id": "CVE-1", "modified": "x"}]}
        results = [weak if each["package"]["name"] == "pillow" else {} for each in asked]
        body = json.dumps({"results": results[: self.server.most]}).encode()
        self.send_response(200 if self.path == "/v1/querybatch" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def osv():
    with OsvServer(("127.0.0.1", 0), Osv) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server):
    return f"http://127.0.0.1:{server.server_port}"


def test_known_weaknesses_are_named_and_fail_the_check(osv, capsys):
    assert main(address(osv)) == 1
    assert re.search(r"^pillow [\d.]+: CVE-1, GHSA-2$", capsys.readouterr().out, re.MULTILINE)
    assert known_weaknesses([Library("flask", "3.1.3")], address(osv)) == {}


def test_half_an_answer_is_none(osv):
    osv.most = 3
    with pytest.raises(NotAnswered):
        known_weaknesses(libraries(), address(osv))


def test_without_the_service_the_check_says_that_nothing_was_checked_and_does_not_fail(osv, capsys):
    osv.shutdown()
    osv.server_close()
    assert main(address(osv)) == 0
    assert "NOTHING WAS CHECKED" in capsys.readouterr().out
    with pytest.raises(NotAnswered):
        known_weaknesses([], "file:///etc/passwd")


def test_the_make_targets_are_these():
    makefile = Path(ROOT / "Makefile").read_text("utf-8")
    assert "-m deploy.sbom var/sbom.json" in makefile
    assert "-m deploy.audit" in makefile
