"""Tests the page in English and in Thai: which is chosen, and that both have all words."""

import json
import re
from pathlib import Path

import pytest

import line_preview
from line_simulator import Simulator
from line_simulator.page.static_files import VERSION
from line_simulator.web import create_app
from line_simulator.words import LANGUAGES, TABLES, word
from tests.simulator.conftest import SECRET

PAGE = Path(__file__).parents[3] / "line_simulator"
SHARED = {path.stem: path for path in (line_preview.FOLDER / "js").glob("*.js")}
MODULES = SHARED | {path.stem: path for path in (PAGE / "static" / "js").glob("*.js")}
THAI = re.compile("[ก-๛]")
# Pictures with Thai words in them, names and places of a Thai town, and the name of the Thai language.
CONTENT = {"town", "townmap", "stickers", "samplephotos", "faces", "languages"}


@pytest.fixture
def browser(clock):
    """Returns a client for a simulator with this setting."""

    def open_with(setting):
        sim = Simulator(secret=SECRET, token="t", clock=clock, background=False, language=setting)
        return create_app(sim).test_client()

    return open_with


def language_of(answer):
    found = re.search('<html lang="(..)">', answer.text)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("setting", "accepted", "address", "language"),
    [
        ("auto", "th-TH,th;q=0.9,en;q=0.8", "/", "th"),
        ("auto", "en-GB,en;q=0.9,th;q=0.8", "/", "en"),
        ("auto", "ja", "/", "en"),
        ("auto", "", "/", "en"),
        ("th", "en", "/", "th"),
        ("en", "th", "/", "en"),
        ("auto", "en", "/?lang=th", "th"),
        ("th", "th", "/?lang=en", "en"),
        ("th", "en", "/?lang=fr", "th"),
    ],
)
def test_the_language_is_of_the_address_the_setting_or_the_browser(
    browser, setting, accepted, address, language
):
    answer = browser(setting).get(address, headers={"Accept-Language": accepted})
    assert language_of(answer) == language


def test_a_chosen_language_is_remembered_until_another_is_chosen(browser):
    client = browser("th")
    assert language_of(client.get("/")) == "th"
    client.get("/?lang=en")
    assert language_of(client.get("/")) == "en"
    client.get("/?lang=th")
    assert language_of(client.get("/")) == "th"


def test_reasons_and_labels_are_in_the_language_of_the_page(browser):
    client = browser("th")
    client.get("/?lang=en")
    assert client.post("/_sim/residents", json={}).get_json() == {"error": "A name is needed"}
    assert client.get("/_sim/residents/U1/messages").get_json() == {"error": "This resident does not exist"}
    switches = client.get("/_sim/faults").get_json()["switches"]
    assert [switch["label"] for switch in switches if THAI.search(switch["label"])] == []


def keys_of(language):
    return {f"{section}.{name}" for section, names in TABLES[language].items() for name in names}


def places_of(words):
    return sorted(re.findall(r"\$?\{(?:alt \|\| )?(\w+)", words))


def test_both_languages_have_the_same_keys_and_the_same_places():
    assert keys_of("en") == keys_of("th")
    different = [
        key for key in keys_of("en") if places_of(word_of("en", key)) != places_of(word_of("th", key))
    ]
    assert different == []


def word_of(language, key):
    section, name = key.split(".")
    return TABLES[language][section][name]


def test_there_is_no_thai_in_the_english_words():
    assert [key for key in keys_of("en") if THAI.search(word_of("en", key))] == []


def test_the_page_uses_every_key_and_has_every_key_that_it_uses():
    source = "".join(path.read_text("utf-8") for path in MODULES.values())
    used = set(re.findall(r'word\("(\w+\.\w+)"', source))
    page = Path(PAGE, "templates", "chat.html").read_text("utf-8")
    used |= {f"page.{name}" for name in re.findall(r"words\.page\.(\w+)", page)}
    assert used <= keys_of("en")
    by_name = {"note", "refused", "fault", "drawing"}
    by_kind = {f"compose.{what}_{kind}" for what in ("send", "sample", "own") for kind in ("audio", "video")}
    assert {key for key in keys_of("en") if key.split(".")[0] not in by_name} == used | by_kind


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_module_of_the_english_page_says_anything_in_thai(browser, name):
    module = browser("en").get(f"/_sim/static/{VERSION}/en/js/{name}.js")
    assert module.status_code == 200
    said = [line for line in module.text.splitlines() if THAI.search(line)]
    assert said == [] or name in CONTENT


def test_only_modules_that_the_console_shares_have_their_words_replaced(browser):
    client = browser("en")
    changed = {
        name
        for name, path in MODULES.items()
        if client.get(f"/_sim/static/{VERSION}/en/js/{path.name}").data != path.read_bytes()
    }
    assert changed <= set(SHARED)


def test_every_word_of_the_drawing_stands_in_a_shared_module():
    source = "".join(path.read_text("utf-8") for path in SHARED.values())
    words = TABLES["th"]["drawing"].values()
    assert [one for one in words if f'"{one}"' not in source and f"`{one}`" not in source] == []


def test_english_dates_have_the_functions_of_the_thai_ones():
    functions = [
        set(re.findall(r"^export (?:function|const) (\w+)", MODULES[name].read_text(), re.M))
        for name in ("thai", "english")
    ]
    assert functions[0] == functions[1]


def test_the_page_carries_the_table_of_its_language(browser):
    for language in LANGUAGES:
        page = browser(language).get("/").text
        carried = re.search(r'<script type="application/json" id="words">(.*?)</script>', page, re.DOTALL)
        assert carried
        assert json.loads(carried.group(1)) == TABLES[language]


def test_values_are_put_in_their_places():
    assert word("en", "refused.photo_count", most=10) == "1 to 10 photos can be sent at once"
