"""Describes one API request, its response, and the endpoint that handles it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from line_simulator.channel.limits import ORDINARY, Rate
from line_simulator.faults import ActiveFaults
from line_simulator.refusals import Refusal

if TYPE_CHECKING:
    from line_simulator.simulator import Simulator

USER_ID = re.compile(r"U[0-9a-f]{32}")


@dataclass(frozen=True)
class ApiCall:
    sim: "Simulator"
    path: str
    query: Mapping[str, str]
    headers: Headers
    raw: bytes
    request_id: str
    faults: ActiveFaults = field(default_factory=ActiveFaults)

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def json(self) -> Any:
        if self.content_type != "application/json":
            raise Refusal(415, "Content-Type must be application/json")
        try:
            return json.loads(self.raw)
        except ValueError:
            raise Refusal(400, "The request body could not be parsed as JSON") from None


@dataclass(frozen=True)
class ApiResponse:
    body: bytes | Iterable[bytes] | dict[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


View = Callable[..., ApiResponse]


@dataclass(frozen=True)
class Endpoint:
    """Describes one endpoint: its method and path, its view, its rate limit, and the faults that may apply to it."""

    method: str
    rule: str
    view: View
    rate: Rate = ORDINARY
    retries: bool = False
    """Says whether X-Line-Retry-Key is accepted; elsewhere that header is an error."""
    faults: tuple[str, ...] = ()
    needs_token: bool = True
    locked: bool = True
    """Says whether the view runs under the simulator's lock; not when it calls the webhook itself."""


def require_user_id(user_id: str) -> None:
    if not USER_ID.fullmatch(user_id):
        raise Refusal(400, "The value for the 'userId' parameter is invalid")
