"""Links rich menus to residents on LINE. The menus themselves are created by bot.richmenus.publish.

The worker imports it, so it uses plain HTTP and not LINE's SDK, whose import costs a second and 70 MB.
https://developers.line.biz/en/reference/messaging-api/#rich-menu
"""

from collections.abc import Sequence
from typing import Literal

from bot.line.connection import READ_SECONDS, LineConnection, json_object

# "failed": it failed for some residents; "unknown": LINE has forgotten the request, or never got it.
Phase = Literal["ongoing", "succeeded", "failed", "unknown"]
PHASES: tuple[Phase, ...] = ("ongoing", "succeeded", "failed")


class RichMenuLinks:
    def __init__(self, api_url: str, access_token: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._api = LineConnection(api_url, access_token, read_seconds=read_seconds)

    def find_menu(self, alias: str) -> str | None:
        """Returns the id of the menu that the alias stands for, or None if it was never published."""
        return self._id_in(f"/v2/bot/richmenu/alias/{alias}")

    def find_default(self) -> str | None:
        return self._id_in("/v2/bot/user/all/richmenu")

    def set_default(self, menu_id: str) -> None:
        self._api.ask("POST", f"/v2/bot/user/all/richmenu/{menu_id}")

    def link(self, menu_id: str, user_ids: Sequence[str]) -> None:
        """Links the menu to at most 500 residents; LINE refuses all of them if it does not know one."""
        self._api.ask(
            "POST", "/v2/bot/richmenu/bulk/link", {"richMenuId": menu_id, "userIds": list(user_ids)}
        )

    def unlink(self, user_ids: Sequence[str]) -> None:
        self._api.ask("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": list(user_ids)})

    def unlink_everyone(self) -> str:
        """Asks LINE to unlink every resident's own menu; returns the id of the request, for `phase_of`."""
        response = self._api.ask("POST", "/v2/bot/richmenu/batch", {"operations": [{"type": "unlinkAll"}]})
        return response.headers.get("x-line-request-id", "")[:60]

    def phase_of(self, request_id: str) -> Phase:
        response = self._api.ask(
            "GET", f"/v2/bot/richmenu/progress/batch?requestId={request_id}", missing_is_fine=True
        )
        told = json_object(response).get("phase") if response.status_code == 200 else None
        return next((phase for phase in PHASES if phase == told), "unknown")

    def _id_in(self, path: str) -> str | None:
        response = self._api.ask("GET", path, missing_is_fine=True)
        if response.status_code == 404:
            return None
        return str(json_object(response).get("richMenuId") or "") or None
