"""Describes rich menus, their aliases and the bodies of their requests."""

from collections.abc import Iterator
from typing import Any

from line_simulator.messages.actions import ALIAS_ID, RICH_MENU_ACTION
from line_simulator.messages.counting import count_graphemes
from line_simulator.messages.schema import (
    Problem,
    Required,
    Shape,
    Tagged,
    boolean,
    integer,
    items,
    matches,
    text,
)

WHOLE = 2**31 - 1
MENU_ID = Required(text(100))
USER_IDS = Required(
    items(matches(r"U[0-9a-f]{32}", meaning="a user id"), minimum=1, maximum=500),
)


def _wide_enough(size: dict[str, Any], path: str) -> Iterator[Problem]:
    if size["width"] / size["height"] < 1.45:
        yield Problem(path, "width / height must be at least 1.45")


SIZE = Shape(
    {"width": Required(integer(800, 2500)), "height": Required(integer(250, WHOLE))}, (_wide_enough,)
)
BOUNDS = Shape(
    {
        "x": Required(integer(0, WHOLE)),
        "y": Required(integer(0, WHOLE)),
        "width": Required(integer(1, WHOLE)),
        "height": Required(integer(1, WHOLE)),
    }
)
RICH_MENU = Shape(
    {
        "size": Required(SIZE),
        "selected": Required(boolean),
        "name": Required(text(300, count=count_graphemes)),
        "chatBarText": Required(text(14, count=count_graphemes)),
        "areas": Required(
            items(
                Shape({"bounds": Required(BOUNDS), "action": Required(RICH_MENU_ACTION)}),
                minimum=0,
                maximum=20,
            )
        ),
    }
)
NEW_ALIAS = Shape({"richMenuAliasId": Required(ALIAS_ID), "richMenuId": MENU_ID})
CHANGED_ALIAS = Shape({"richMenuId": MENU_ID})
BULK_LINK = Shape({"richMenuId": MENU_ID, "userIds": USER_IDS})
BULK_UNLINK = Shape({"userIds": USER_IDS})
OPERATION = Tagged(
    {
        "link": Shape({"from": MENU_ID, "to": MENU_ID}),
        "unlink": Shape({"from": MENU_ID}),
        "unlinkAll": Shape({}),
    }
)
BATCH = Shape(
    {
        "operations": Required(items(OPERATION, minimum=1, maximum=1000)),
        "resumeRequestKey": matches(
            r"[a-zA-Z0-9_-]{1,100}", meaning="1-100 characters of a-z, A-Z, 0-9, _ and -"
        ),
    }
)
