"""Brings LINE's rich menus to what is declared; residents have a menu after each step, wherever a run stops.

LINE itself is the memory: the name of a menu says whose it is and which version. What an alias points at
has its picture, because LINE takes no alias without one. So the next run mends one that stopped anywhere:
a menu that got its alias is used, one that did not is made anew and the unfinished one deleted at the end.
"""

from collections.abc import Iterable

from bot.richmenus.line_menus import LineMenus, Standing
from bot.richmenus.pictures import DrawnMenu, name_prefix


def publish(menus: Iterable[DrawnMenu], line: LineMenus) -> list[str]:
    """What was done, a line for each menu. MenuError tells the operator what LINE did not take."""
    menus = tuple(menus)
    standing = line.standing()
    report, used = [], set()
    for drawn in menus:
        menu_id, done = _bring_up(drawn, standing, line)
        used.add(menu_id)
        report.append(f"{drawn.menu.alias}: {', '.join(done) or 'unchanged'} ({menu_id})")
    # Only now: until its alias and the default have moved on, an earlier version is what residents see.
    for menu_id in _superseded(menus, standing, used):
        line.delete(menu_id)
        report.append(f"{standing.names[menu_id].split(':')[1]}: deleted an earlier version ({menu_id})")
    return report


def _bring_up(drawn: DrawnMenu, standing: Standing, line: LineMenus) -> tuple[str, list[str]]:
    alias, done = drawn.menu.alias, []
    menu_id = standing.aliases.get(alias)
    if menu_id is None or standing.names.get(menu_id) != drawn.name:
        menu_id = _build(drawn, line)
        _point_alias(alias, menu_id, standing, line)
        done.append("published")
    if drawn.menu.default and standing.default_id != menu_id:
        line.set_default(menu_id)
        done.append("now the menu of every resident")
    return menu_id, done


def _build(drawn: DrawnMenu, line: LineMenus) -> str:
    definition = drawn.menu.as_line_wants_it(drawn.name)
    # LINE allows 100 creations an hour, validations by the thousand.
    line.validate(definition)
    menu_id = line.create(definition)
    line.upload(menu_id, drawn.png)
    return menu_id


def _point_alias(alias: str, menu_id: str, standing: Standing, line: LineMenus) -> None:
    point = line.change_alias if alias in standing.aliases else line.create_alias
    point(alias, menu_id)


def _superseded(menus: Iterable[DrawnMenu], standing: Standing, used: set[str]) -> list[str]:
    ours = tuple(name_prefix(drawn.menu.alias) for drawn in menus)
    return [i for i, name in standing.names.items() if name.startswith(ours) and i not in used]
