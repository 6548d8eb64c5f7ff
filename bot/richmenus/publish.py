"""Makes the rich menus on LINE match the declared ones. Wherever a run stops, residents have a menu.

All state is on LINE: the name of a menu says that it is ours, and which version it is. A menu with an alias has its
picture, because LINE takes no alias for a menu without one. So the next run completes one that stopped: it uses a menu
that has its alias, creates one that has none again, and deletes the unfinished menu at the end.
"""

import time
from collections.abc import Sequence

from bot.line.connection import LineApiError
from bot.line.rich_menu_sdk import MenusOnLine, RichMenuClient
from bot.richmenus.declaration import MenuError
from bot.richmenus.pictures import DrawnMenu, alias_in
from store.line.limits import RICH_MENUS

LOOKS_AT_BATCH, SECONDS_BETWEEN = 15, 2.0


def publish(
    menus: Sequence[DrawnMenu], line: RichMenuClient, *, seconds_between: float = SECONDS_BETWEEN
) -> list[str]:
    """Publishes the menus; returns what was done, a line for each menu. Raises MenuError if LINE refuses something."""
    try:
        return _publish(menus, line, seconds_between)
    except LineApiError as error:
        raise MenuError(str(error)) from error


def _publish(menus: Sequence[DrawnMenu], line: RichMenuClient, seconds_between: float) -> list[str]:
    existing = line.find_existing()
    shown = _alias_to_show(menus, existing)
    report: list[str] = []
    used: dict[str, str] = {}
    for drawn in _in_order(menus):
        try:
            menu_id, done = _bring_up(drawn, existing, line)
        except (LineApiError, MenuError) as error:
            raise MenuError(f"{error} ({len(used)} of {len(menus)} menus are in place.)") from error
        used[drawn.menu.alias] = menu_id
        if drawn.menu.alias == shown and existing.default_id != menu_id:
            line.set_default(menu_id)
            done.append("now the menu of every resident")
        report.append(f"{drawn.menu.alias}: {', '.join(done) or 'unchanged'} ({menu_id})")
    default = next(drawn.menu.alias for drawn in menus if drawn.menu.default)
    old = _superseded(existing, used)
    moves = [(menu_id, used.get(alias, used[default])) for menu_id, alias in old.items()]
    gone = [alias for alias in existing.aliases if alias in old.values() and alias not in used]
    return [*report, *_clear_away(old, moves, gone, line, seconds_between)]


def _in_order(menus: Sequence[DrawnMenu]) -> list[DrawnMenu]:
    """Returns the menus in the order of publishing: those in the default's tabs, then the default, then the others."""
    default = next(drawn.menu for drawn in menus if drawn.menu.default)
    tabs = {tab.menu for tab in default.tabs}
    return sorted(menus, key=lambda d: (d.menu.alias not in tabs | {default.alias}, d.menu.default))


def _alias_to_show(menus: Sequence[DrawnMenu], existing: MenusOnLine) -> str:
    """Returns the alias of the menu that is to be LINE's default.

    It is the one that LINE shows now, such as that of a season, which only bot.richmenus.season changes; if LINE shows
    none of ours, it is the declared default.
    """
    ours = {drawn.menu.alias for drawn in menus}
    shown = alias_in(existing.names.get(existing.default_id or "", ""))
    return shown if shown in ours else next(drawn.menu.alias for drawn in menus if drawn.menu.default)


def _bring_up(drawn: DrawnMenu, existing: MenusOnLine, line: RichMenuClient) -> tuple[str, list[str]]:
    alias = drawn.menu.alias
    menu_id = existing.aliases.get(alias)
    if menu_id is not None and existing.names.get(menu_id) == drawn.name:
        return menu_id, []
    if len(existing.names) >= RICH_MENUS:
        raise MenuError(
            f"This account has {RICH_MENUS} rich menus, as many as LINE allows: delete some that are not used."
        )
    menu_id = _build(drawn, line)
    existing.names[menu_id] = drawn.name
    _point_alias(alias, menu_id, existing, line)
    return menu_id, ["published"]


def _build(drawn: DrawnMenu, line: RichMenuClient) -> str:
    definition = drawn.menu.as_line_wants_it(drawn.name)
    # LINE allows 100 creations an hour, validations by the thousand.
    line.validate(definition)
    menu_id = line.create(definition)
    line.upload(menu_id, drawn.png)
    return menu_id


def _point_alias(alias: str, menu_id: str, existing: MenusOnLine, line: RichMenuClient) -> None:
    point = line.change_alias if alias in existing.aliases else line.create_alias
    point(alias, menu_id)


def _superseded(existing: MenusOnLine, used: dict[str, str]) -> dict[str, str]:
    """Maps the ids of our menus that are not used any more to their aliases.

    These are earlier and unfinished versions, and menus whose file was deleted.
    """
    ours = {menu_id: alias_in(name) for menu_id, name in existing.names.items()}
    return {menu_id: alias for menu_id, alias in ours.items() if alias and menu_id not in used.values()}


def _clear_away(
    old: dict[str, str],
    moves: Sequence[tuple[str, str]],
    gone: Sequence[str],
    line: RichMenuClient,
    seconds_between: float,
) -> list[str]:
    """Moves residents from old menus to present ones, and then deletes the old menus and the aliases in `gone`.

    LINE moves the residents in a batch, because it alone knows who has a menu: a tap on a tab also links one.
    """
    if not old:
        return []
    request_id = line.move_everyone(moves)
    if request_id is None or not _is_done(request_id, line, seconds_between):
        return [f"{len(old)} {_STAY}"]
    for alias in gone:
        line.delete_alias(alias)
    for menu_id in old:
        line.delete(menu_id)
    return [
        f"{alias}: deleted {'with its alias' if alias in gone else 'an earlier version'} ({menu_id})"
        for menu_id, alias in old.items()
    ]


_STAY = (
    "earlier versions stay for now: LINE has yet to move those who see them. "
    "Publish again in an hour to delete them."
)


def _is_done(request_id: str, line: RichMenuClient, seconds_between: float) -> bool:
    for _ in range(LOOKS_AT_BATCH):
        if line.everyone_moved(request_id):
            return True
        time.sleep(seconds_between)
    return False
