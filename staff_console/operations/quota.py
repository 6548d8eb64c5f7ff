"""Shows how many of the month's messages are used and left, what they cost, and what to do when they run out."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template

from staff_console.context import context
from store.quota import usage as accounts
from store.quota.usage import QuotaStatus

quota = Blueprint("quota", __name__)
# The worker asks LINE every hour; after three hours without an answer somebody should look.
STALE_AFTER = timedelta(hours=3)
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Segment:
    """Describes one segment of the bar. `count` is in messages; `begins` and `width` are percentages of the bar."""

    kind: str
    count: int
    begins: float
    width: float


@quota.get("/quota")
def show() -> str:
    plan = context().municipality.plan
    with context().database.reading() as session:
        month = accounts.quota_status(session, plan)
        return render_template(
            "operations/quota.html",
            month=month,
            plan=plan,
            parts=bar(month),
            is_stale=month.read_at is not None and month.at - month.read_at > STALE_AFTER,
            waiting=accounts.count_waiting(session),
            replies=accounts.replies_between(session, month.month.starts, month.at),
            worth=lambda count: accounts.baht_of(plan, count),
            cost=lambda used: accounts.baht_of_month(plan, used),
            past=accounts.past_months(session, MONTHS_SHOWN),
        )


def bar(month: QuotaStatus) -> list[Segment]:
    """Returns the segments of the bar: used by us, used by others, free, reserved. It is empty if there is no limit."""
    if month.left is None:
        return []
    kept = min(month.reserve, month.left)
    others = min(month.others, month.used)
    counts = {"ours": month.used - others, "others": others, "free": month.left - kept, "kept": kept}
    whole = max(sum(counts.values()), 1)
    begins = 0.0
    parts: list[Segment] = []
    for kind, count in counts.items():
        width = round(100 * count / whole, 2)
        parts.append(Segment(kind, count, round(begins, 2), width))
        begins += width
    return parts
