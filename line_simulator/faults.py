"""Holds the switches that make the platform misbehave: one table, each off until it is turned on."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from line_simulator.refusals import ActionNotAllowed


@dataclass(frozen=True)
class Switch:
    name: str
    kind: str
    """Is flag, number or choice."""
    choices: tuple[str, ...] = ()
    default: Any = None


STATUSES = ("400", "401", "403", "429_rate", "429_monthly", "500", "503")
SWITCHES = (
    Switch("api_status", "choice", STATUSES),
    Switch("api_status_after_accept", "flag"),
    Switch("api_hang_seconds", "number"),
    Switch("api_reset", "flag"),
    Switch("api_delay_ms", "number"),
    Switch("reply_token_expired", "flag"),
    Switch("content_status", "choice", ("202", "404", "410")),
    Switch("content_bytes_per_second", "number"),
    Switch("content_truncated", "flag"),
    Switch("content_endless", "flag"),
    Switch("content_wrong_type", "flag"),
    Switch("profile_404", "flag"),
    Switch("webhook_duplicate", "flag"),
    Switch("webhook_down", "flag"),
    Switch("webhook_redelivery", "flag", default=True),
    Switch("count", "number"),
)
BY_NAME = {switch.name: switch for switch in SWITCHES}
# The channel's own setting and the counter are no faults: running out of the count leaves them alone.
SETTINGS = {"webhook_redelivery", "count"}

API = ("api_status", "api_status_after_accept", "api_hang_seconds", "api_reset", "api_delay_ms")
CONTENT = (
    "content_status", "content_bytes_per_second", "content_truncated", "content_endless", "content_wrong_type",
)  # fmt: skip


class ActiveFaults(dict[str, Any]):
    """Holds the faults that apply to one call, and how many times hanging calls had been released by then."""

    releases = 0


class Faults:
    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._released = threading.Condition(lock)
        self._release_count = 0
        self._values: dict[str, Any] = {switch.name: switch.default for switch in SWITCHES}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def values(self) -> dict[str, Any]:
        return dict(self._values)

    def turn(self, **values: Any) -> None:
        """Sets switches, such as `faults.turn(api_status="500", count=2)`; None, False or 0 turns a switch off."""
        checked = {name: _accepted(name, value) for name, value in values.items()}
        with self._lock:
            self._values.update(checked)
            if checked.get("api_hang_seconds", 1) is None:
                self._release()

    def clear(self) -> None:
        with self._lock:
            self._values = {switch.name: switch.default for switch in SWITCHES}
            self._release()

    def hang(self, seconds: float, hit: ActiveFaults) -> None:
        """Waits for `seconds`, or until the switch is turned off after `hit` was taken."""
        with self._released:
            self._released.wait_for(lambda: self._release_count > hit.releases, timeout=seconds)

    def _release(self) -> None:
        self._release_count += 1
        self._released.notify_all()

    def take(self, names: Iterable[str]) -> ActiveFaults:
        """Returns the faults that apply to this call; a call with a fault uses up one of `count`."""
        with self._lock:
            hit = ActiveFaults({name: self._values[name] for name in names if self._values[name]})
            hit.releases = self._release_count
            if hit and self._values["count"]:
                self._use_up_one()
            return hit

    def _use_up_one(self) -> None:
        self._values["count"] -= 1
        if self._values["count"] > 0:
            return
        self._values["count"] = None
        for switch in SWITCHES:
            if switch.name not in SETTINGS:
                self._values[switch.name] = switch.default


def _accepted(name: str, value: Any) -> Any:
    if name not in BY_NAME:
        raise ActionNotAllowed("unknown_switch", name=name)
    switch = BY_NAME[name]
    if switch.kind == "flag":
        return bool(value) or None if name not in SETTINGS else bool(value)
    if not value:
        return None
    if switch.kind == "choice":
        return _one_of(switch, str(value))
    return _amount(switch, value)


def _one_of(switch: Switch, value: str) -> str:
    if value not in switch.choices:
        raise ActionNotAllowed("unknown_choice", name=switch.name, choices=", ".join(switch.choices))
    return value


def _amount(switch: Switch, value: Any) -> float | int:
    try:
        amount = float(value)
    except (TypeError, ValueError):
        raise ActionNotAllowed("not_a_number", name=switch.name) from None
    return int(amount) if amount.is_integer() else amount
