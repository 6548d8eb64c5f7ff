"""Tests that Thai words stand in the phrases and not in the code, and names the modules that still hold some.

A number here is a ceiling: who moves words out of a module lowers it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from store.thai import has_thai

ROOT = Path(__file__).parents[2]
# In the code of the bot: patterns and rules of spelling, which are no words for people to read.
BOT = {
    "bot/conversations/dialects.py": 36,
    "bot/conversations/emergencies.py": 19,
    "bot/conversations/intents.py": 2,
    "bot/conversations/lexicon.py": 2,
    "bot/recognition/numbers_in_sentences.py": 1,
    "bot/recognition/tester_codes.py": 1,
    "bot/web.py": 1,
}
# What is left in the code of the console.
CONSOLE = 115


def thai_literals(package: str) -> Counter[str]:
    """Returns how many strings with Thai letters each module holds, apart from docstrings."""
    found: Counter[str] = Counter()
    for path in sorted((ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        found[path.relative_to(ROOT).as_posix()] = sum(1 for _ in _literals(tree))
    return +found


def _literals(tree: ast.Module) -> Iterator[ast.Constant]:
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings and _has_thai(node.value):
            yield node


def _has_thai(value: object) -> bool:
    return isinstance(value, str) and has_thai(value)


def test_the_bot_holds_no_thai_words_but_those_of_its_rules_of_spelling():
    assert thai_literals("bot") == BOT


def test_the_words_that_the_console_still_holds_in_code_become_fewer():
    found = thai_literals("staff_console")
    assert not {"staff_console/words.py", "staff_console/broadcasts/wording.py"} & set(found)
    assert found.total() <= CONSOLE
