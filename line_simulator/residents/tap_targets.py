"""Lists what a resident can tap: quick replies, template and Flex buttons, rich menu areas."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class TapTarget:
    names: tuple[str, ...]
    """Lists the label first, then the other words on the target."""
    action: Json


def find_button(buttons: list[TapTarget], wanted: str) -> TapTarget | None:
    """Returns the target with this label, else the first whose other words match, else None."""
    labelled = [button for button in buttons if button.names[:1] == (wanted,)]
    return next(iter(labelled or [button for button in buttons if wanted in button.names]), None)


def in_quick_replies(actions: list[Json]) -> Iterator[TapTarget]:
    for action in actions:
        yield TapTarget((action["label"],), action)


def in_message(message: Json) -> Iterator[TapTarget]:
    match message["type"]:
        case "template":
            yield from _in_template(message["template"])
        case "flex":
            yield from _in_flex(message["contents"])
        case "imagemap":
            yield from (_named(action) for action in message["actions"])


def in_rich_menu(menu: Json) -> Iterator[TapTarget]:
    for area in menu["areas"]:
        yield _named(area["action"])


def _named(action: Json, *written: str) -> TapTarget:
    names = [action.get("label"), *written, action.get("text"), action.get("displayText")]
    return TapTarget(tuple(dict.fromkeys(name for name in names if name)), action)


def _in_template(template: Json) -> Iterator[TapTarget]:
    for card in template.get("columns", [template]):
        for action in [*card.get("actions", []), *filter(None, [card.get("action")])]:
            yield _named(action)
        if "defaultAction" in card:
            yield _named(card["defaultAction"], *filter(None, [card.get("title"), card.get("text")]))


def _in_flex(node: Any) -> Iterator[TapTarget]:
    """Yields the targets of a Flex component; an inner button comes before the box that holds it."""
    if isinstance(node, list):
        for child in node:
            yield from _in_flex(child)
        return
    if not isinstance(node, dict):
        return
    for name in ("header", "hero", "body", "footer", "contents", "altContent"):
        yield from _in_flex(node.get(name))
    if "action" in node:
        texts = list(_texts(node))
        yield _named(node["action"], *texts, "".join(texts))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for name in ("header", "body", "footer", "contents"):
            yield from _texts(node.get(name))
