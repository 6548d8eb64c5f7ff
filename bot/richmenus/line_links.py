"""Links menus to residents on LINE. The menus themselves are made by bot.richmenus.publish.

The worker calls it, so it uses plain HTTP and not LINE's SDK, which costs a second and 70 MB.
https://developers.line.biz/en/reference/messaging-api/#rich-menu
"""

from collections.abc import Sequence
from typing import Any, Literal

import requests

from bot.line.account_api import CONNECT_SECONDS, READ_SECONDS, LineApiError

# "failed": for some residents; "unknown": LINE has forgotten the request, or never had it.
Phase = Literal["ongoing", "succeeded", "failed", "unknown"]
PHASES: tuple[Phase, ...] = ("ongoing", "succeeded", "failed")


class LineLinks:
    def __init__(self, api_url: str, access_token: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._api_url, self._timeout = api_url, (CONNECT_SECONDS, read_seconds)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {access_token}"
        # The environment's proxies and netrc must not redirect a token.
        self._session.trust_env = False

    def find_menu(self, alias: str) -> str | None:
        """Returns the id of the menu that the alias stands for, or None if it was never published."""
        return self._id_in(f"/v2/bot/richmenu/alias/{alias}")

    def find_default(self) -> str | None:
        return self._id_in("/v2/bot/user/all/richmenu")

    def set_default(self, menu_id: str) -> None:
        self._call("POST", f"/v2/bot/user/all/richmenu/{menu_id}")

    def link(self, menu_id: str, user_ids: Sequence[str]) -> None:
        """Links the menu to at most 500 residents; LINE refuses all of them if it does not know one."""
        self._call("POST", "/v2/bot/richmenu/bulk/link", {"richMenuId": menu_id, "userIds": list(user_ids)})

    def unlink(self, user_ids: Sequence[str]) -> None:
        self._call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": list(user_ids)})

    def let_everyone_go(self) -> str:
        """Asks LINE to unlink every resident's own menu; returns the id of the request, for `phase_of`."""
        response = self._call("POST", "/v2/bot/richmenu/batch", {"operations": [{"type": "unlinkAll"}]})
        return response.headers.get("x-line-request-id", "")[:60]

    def phase_of(self, request_id: str) -> Phase:
        response = self._call(
            "GET", f"/v2/bot/richmenu/progress/batch?requestId={request_id}", missing_is_fine=True
        )
        told = _content(response).get("phase") if response.status_code == 200 else None
        return next((phase for phase in PHASES if phase == told), "unknown")

    def close(self) -> None:
        self._session.close()

    def _id_in(self, path: str) -> str | None:
        response = self._call("GET", path, missing_is_fine=True)
        return (
            None if response.status_code == 404 else str(_content(response).get("richMenuId") or "") or None
        )

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, missing_is_fine: bool = False
    ) -> requests.Response:
        try:
            response = self._session.request(
                method, f"{self._api_url}{path}", json=body, timeout=self._timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise LineApiError(f"LINE cannot be reached ({type(error).__name__}).") from None
        if response.status_code in (200, 202) or (missing_is_fine and response.status_code == 404):
            return response
        raise LineApiError(f"LINE answered {response.status_code}.", status=response.status_code)


def _content(response: requests.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise LineApiError("What answered is not LINE: it speaks no JSON.")
    return content
