"""Asks LINE, as part of the doctor, about token, name, clock, webhook, quota and menu."""

from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from bot.context import AppContext
from bot.doctor.findings import Finding, fail, ok, warn
from bot.line.account_api import AccountInfo, LineAccount
from bot.line.connection import LineApiError
from bot.settings import BotSettings
from store.clock import now
from store.database.engine import Database
from store.municipality.calendar import Month
from store.municipality.profile import Plan
from store.quota import usage
from store.quota.models import QuotaReading
from store.residents.menus import IN_ENGLISH, REGISTERED, SEASONS

MAX_CLOCK_SECONDS = 30
MIN_QUOTA_LEFT = 0.2
WEBHOOK_PATH = "/line/webhook"


def examine_line(settings: BotSettings, app: AppContext, line: LineAccount) -> Iterator[Finding]:
    """Checks the account by asking LINE one thing after another.

    If LINE does not tell the account's name, nothing else is asked. Any later question that LINE does not answer is a
    failure and does not stop the others.
    """
    try:
        info = line.info()
    except LineApiError as trouble:
        yield fail("token", f"{trouble} Nothing else was asked of LINE.", _after_no_info(trouble))
        return
    yield ok("token", f"LINE knows us as {info.name} ({info.basic_id})")
    yield _name(app, info)
    yield _clock(info)
    questions: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("webhook", lambda: _webhook(settings, line)),
        ("quota", lambda: _quota(settings, app.municipality.plan, line)),
        ("menu", lambda: _menu(line)),
    )
    for about, question in questions:
        try:
            yield from question()
        except LineApiError as trouble:
            yield fail(about, str(trouble), "run this again later; if it stays, ask LINE with the request id")


def _after_no_info(trouble: LineApiError) -> str:
    if trouble.status == 401:
        return "issue a new token in the LINE Developers Console and set LINE_CHANNEL_ACCESS_TOKEN"
    return "check that this machine reaches api.line.me (port 443) and LINE_API_URL is unset"


def _name(app: AppContext, info: AccountInfo) -> Finding:
    """Checks the account's name and id, by which residents see that it is the municipality's (requirement L8)."""
    town = app.municipality
    if info.name not in (town.name, town.short_name):
        names = f"{town.name} or {town.short_name}"
        return fail("name", f"the account is called {info.name}", f"rename it to {names} in LINE's manager")
    if info.basic_id != town.account.basic_id:
        wrong = f"the municipality's file says {town.account.basic_id}, LINE says {info.basic_id}"
        return warn("name", wrong, "correct [account] basic_id: residents are sent there")
    return ok("name", "the account carries the municipality's name")


def _clock(info: AccountInfo) -> Finding:
    if info.answered_at is None:
        return warn("clock", "LINE did not say what time it is", "compare this machine's clock with another")
    off = abs((now() - info.answered_at).total_seconds())
    if off > MAX_CLOCK_SECONDS:
        return warn(
            "clock", f"differs from LINE's by {off:.0f} seconds", "switch on time synchronisation (NTP)"
        )
    return ok("clock", "agrees with LINE's")


def _webhook(settings: BotSettings, line: LineAccount) -> Iterator[Finding]:
    endpoint, wanted = line.webhook_endpoint(), f"{settings.public_url}{WEBHOOK_PATH}"
    if not settings.public_url:
        yield warn("webhook", "PUBLIC_URL is not set", "set it: photos in chat and this check need it")
    if endpoint.address is None:
        yield fail("webhook", "LINE has no address of ours", f"set {wanted} in the LINE Developers Console")
        return
    if settings.public_url and endpoint.address != wanted:
        yield fail(
            "webhook", f"LINE calls {endpoint.address}", f"set {wanted} in the LINE Developers Console"
        )
    if not endpoint.is_active:
        yield fail("webhook", "is switched off", "LINE Developers Console > Messaging API > Use webhook ON")
        return
    test = line.test_webhook()
    if test.is_good:
        yield ok("webhook", f"LINE reaches {endpoint.address}")
        return
    yield fail(
        "webhook",
        f"LINE does not get through: {test.reason} (status {test.status})",
        _after_test(test.status),
    )


def _after_test(status: int) -> str:
    if status == 400:
        return "the signature did not fit: LINE_CHANNEL_SECRET is that of another channel"
    if status == 503:
        return "the web process runs but its database does not take anything"
    return "start the web process; check the proxy, its certificate (no self-signed ones) and the firewall"


def _quota(settings: BotSettings, plan: Plan, line: LineAccount) -> Iterator[Finding]:
    limit, used = line.quota().limit, line.consumption().used
    month = _month(settings, plan, limit, used)
    if month.has_dropped:
        yield _dropped(limit, month.dropped_from)
    if limit is None:
        yield ok("quota", f"unlimited, {used} used this month")
        return
    left = max(limit - used, 0)
    told = f"{left} of {limit} messages left this month"
    larger = "replies stay free; a larger plan is bought in LINE Official Account Manager"
    if left < limit * MIN_QUOTA_LEFT:
        yield warn("quota", f"{told}; when they are gone, notices wait for the next month", larger)
    elif month.is_short:
        yield warn("quota", f"{told}; at this pace it will end with {month.forecast} used", larger)
    else:
        yield ok("quota", told)


def _month(settings: BotSettings, plan: Plan, limit: int | None, used: int) -> usage.QuotaStatus:
    """Returns the status of the quota, from what LINE has just said and what the database knows.

    If the database cannot be reached, which an earlier check reports, only LINE's figures are used.
    """
    at = now()
    reading = QuotaReading(at=at, month=Month.of(at).name, most=limit, used=used, ours=used)
    database = Database(settings.store, patience=3)
    try:
        with database.reading() as session:
            return usage.quota_status(session, plan, reading=reading)
    except (SQLAlchemyError, TimeoutError):
        return usage.weigh(plan, reading, usage.Billed(), at=at)
    finally:
        database.close()


def _dropped(limit: int | None, before: int | None) -> Finding:
    was = "no limit" if before is None else f"{before} messages a month"
    return warn(
        "quota",
        f"the plan has dropped: it had {was}, LINE now says {limit}",
        "look in LINE Official Account Manager whether the plan was paid; if this is meant, correct [plan] in the file",
    )


def _menu(line: LineAccount) -> Iterator[Finding]:
    if line.default_menu().menu_id is None:
        yield fail("menu", "residents see no menu", "python -m bot richmenus publish")
        return
    # If a season begins whose menu was never published, residents keep the menu that they have.
    others = (REGISTERED, *SEASONS, *IN_ENGLISH.values())
    if missing := ", ".join(alias for alias in others if not line.has_menu(alias)):
        yield warn("menu", f"LINE has never been given: {missing}", "python -m bot richmenus publish")
        return
    yield ok("menu", "a default menu is set, and those of the seasons are ready")
