"""Does what an officer does to one case, in one transaction as in the console."""

from bot.context import AppContext
from store.cases.actions import Actor, act, hold_case
from store.cases.workflows import Action, Who
from store.database.engine import Database


def carry_out(database: Database, app: AppContext, task: dict[str, str]) -> None:
    with database.transaction() as session:
        case = hold_case(session, int(task["case"]))
        act(
            session,
            app.municipality,
            case,
            Action(task["action"]),
            Actor(Who.SUPERVISOR),
            note=task["note"],
        )
