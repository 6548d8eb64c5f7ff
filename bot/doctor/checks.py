"""Checks whether a set-up works with the real LINE, and says what to do about each thing that does not."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.context import AppContext, open_app_context
from bot.doctor.consistency import check
from bot.doctor.findings import Finding, Level, fail, ok, warn
from bot.doctor.line_checks import examine_line
from bot.doctor.reachability import check_console, check_proxies
from bot.doctor.scanner_check import examine_scanner
from bot.line.account_api import LineAccount
from bot.phrases.wording import PhraseError
from bot.settings import BotSettings
from store.clock import now
from store.database.encryption import WrongDataKey
from store.database.engine import Database
from store.municipality.profile import MunicipalityError
from store.operations.damaged_values import count_damaged_values
from store.operations.data_keys import use_of_keys
from store.operations.heartbeats import REDELIVERY, is_alive, last_beat
from store.operations.schema import UPGRADE, is_newest, trouble_in
from store.services import ServiceError
from store.settings import SettingsError, missing_file

REDELIVERY_SEEN_WITHIN = timedelta(days=30)
MAX_SHOWN = 3
SET_IT = "set it, then run this again"


def examine(settings: BotSettings, line: LineAccount) -> Iterator[Finding]:
    """Yields each finding as soon as it is known, because asking LINE and decrypting every value take a while."""
    if (file := missing_file(settings.store.database_url)) is not None:
        yield fail("database", f"there is no file {file}", f"check DATABASE_URL; for a new town: {UPGRADE}")
        return
    try:
        database = Database(settings.store, patience=3)
    except SettingsError as error:
        yield fail("settings", str(error), SET_IT)
        return
    yield ok("settings", "every variable that is needed is set")
    yield from (check_proxies(settings), check_console(settings))
    try:
        yield from _examine_store(database)
    finally:
        database.close()
    try:
        app = open_app_context(settings)
    except (MunicipalityError, ServiceError, PhraseError) as error:
        yield fail("definitions", str(error), "mend the file that MUNICIPALITY names, or the service")
        return
    except SettingsError as error:
        yield fail("media", str(error), SET_IT)
        return
    yield _media(app)
    yield examine_scanner(app.scanner)
    yield _definitions(app)
    yield from examine_line(settings, app, line)


def _examine_store(database: Database) -> Iterator[Finding]:
    try:
        if not is_newest(database):
            yield fail("database", "its schema is not the newest", UPGRADE)
            return
        with database.reading() as session:
            yield (tables := _tables(trouble_in(session.connection())))
            if tables.level is Level.FAIL:
                return
            yield from _keys(database)
            yield _worker(is_alive(session, "worker"))
            seen = last_beat(session, REDELIVERY)
    except (SQLAlchemyError, TimeoutError) as error:
        yield fail(
            "database", f"does not answer ({type(error).__name__})", "check DATABASE_URL and the server"
        )
        return
    if seen is not None and now() - seen < REDELIVERY_SEEN_WITHIN:
        yield ok("redelivery", f"LINE last delivered something again on {seen:%d %b %Y %H:%M} UTC")
        return
    yield warn(
        "redelivery",
        "LINE has delivered nothing again in the last 30 days, and no call can ask whether it is switched on",
        "LINE Developers Console > Messaging API > Webhook redelivery ON. To prove it: stop the web process, write "
        "to the account, start it again after a minute, wait for the answer, run this again",
    )


def _keys(database: Database) -> Iterator[Finding]:
    try:
        database.cipher.read_secret()
    except WrongDataKey as error:
        yield fail("keys", str(error), "until it is right, neither web nor console nor worker starts")
        return
    use = use_of_keys(database)
    if use.closed:
        lost = f"{use.closed} values were encrypted with keys that DATA_KEY lacks"
        yield warn("keys", lost, "put the keys that were in use before behind the first one")
    if use.old:
        told = f"{use.old} values are encrypted with an older key, or are not bound to their rows yet"
        yield warn("keys", told, "python -m store reencrypt")
    for number in use.unused:
        idle = f"no row is encrypted with key {number} of DATA_KEY: only the first key encrypts"
        yield warn("keys", idle, "a new key goes first; an old one goes out once reencrypt says that it may")
    if damaged := count_damaged_values(database):
        where = ", ".join(f"{about} ({count})" for about, count in damaged.most_common(MAX_SHOWN))
        changed = f"{damaged.total()} values were changed or moved since they were encrypted: {where}"
        yield warn("keys", changed, "undo what was done to the database, or restore a backup")
    if not (use.closed or use.old or use.unused or damaged):
        yield ok("keys", "DATA_KEY opens what is stored")


def _tables(trouble: list[str]) -> Finding:
    if not trouble:
        return ok("database", "answers, its schema is the newest, and its tables are those of the schema")
    shown = "; ".join(trouble[:MAX_SHOWN])
    more = f" and {len(trouble) - MAX_SHOWN} more" if len(trouble) > MAX_SHOWN else ""
    return fail(
        "database",
        f"its tables are not those of its schema: {shown}{more}",
        "a migration was changed after it had run here, or somebody changed the tables: undo that; or python -m store "
        "backup DIR, set DATABASE_URL and MEDIA_URL to a new place, and python -m store restore DIR",
    )


def _media(app: AppContext) -> Finding:
    try:
        app.media.try_out()
    except Exception as error:  # An object store has errors of its own, and none of them may end the doctor.
        return fail(
            "media",
            f"nothing can be kept at MEDIA_URL ({type(error).__name__})",
            "let the user that runs this write there; for s3:// check the AWS_* variables and the bucket",
        )
    return ok("media", "photos and documents can be kept")


def _worker(alive: bool) -> Finding:
    if alive:
        return ok("worker", "is at work")
    return fail("worker", "shows no sign of life", "start it: python -m bot worker")


def _definitions(app: AppContext) -> Finding:
    if problems := check(app):
        return fail("definitions", problems[0], f"python -m bot check shows all {len(problems)}")
    return ok("definitions", f"{app.municipality.name}: services, phrases and municipality fit together")
