"""Manages the account's rich menus through LINE's SDK; every error is raised as a LineApiError."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.line.connection import CONNECT_SECONDS, LineApiError
from store.line.limits import BATCH_OPERATIONS

Patience = tuple[float, float]
# Seconds to connect, and seconds to answer: longer than for other calls, because a picture is sent. Without a timeout
# the SDK waits for ever.
TIMEOUT: Patience = (CONNECT_SECONDS, 20)

NOT_FOUND, TOO_OFTEN = 404, 429


@dataclass(frozen=True)
class MenusOnLine:
    """Describes the menus that LINE has: the name of each by its id, the id behind each alias, and the default's id.

    `default_id` is None if the account has no default menu.
    """

    names: dict[str, str]
    aliases: dict[str, str]
    default_id: str | None


class RichMenuClient:
    """Calls LINE through its SDK. Create it only to publish menus: importing the SDK costs a second and 70 MB."""

    def __init__(self, api_url: str, data_url: str, token: str, *, timeout: Patience = TIMEOUT) -> None:
        import urllib3  # noqa: PLC0415
        from linebot.v3 import messaging  # noqa: PLC0415

        def client(host: str) -> Any:
            # `host` sends every call of a client to one address, but pictures go to LINE's data host.
            configuration = messaging.Configuration(host=host.rstrip("/"), access_token=token)
            # urllib3 would repeat GETs and DELETEs itself and sleep through Retry-After beyond our timeout.
            configuration.retries = urllib3.Retry(0)
            return messaging.ApiClient(configuration)

        self._sdk = messaging
        self._timeout = timeout
        self._network_error = urllib3.exceptions.HTTPError
        self._client = client(api_url)
        self._api = messaging.MessagingApi(self._client)
        self._blob = messaging.MessagingApiBlob(client(data_url))

    def find_existing(self) -> MenusOnLine:
        return MenusOnLine(
            names=self._pairs("/v2/bot/richmenu/list", "richmenus", ("richMenuId", "name")),
            aliases=self._pairs("/v2/bot/richmenu/alias/list", "aliases", ("richMenuAliasId", "richMenuId")),
            default_id=self._find_default(),
        )

    def validate(self, definition: dict[str, Any]) -> None:
        self._ask("accept this menu", self._api.validate_rich_menu_object, self._request(definition))

    def create(self, definition: dict[str, Any]) -> str:
        answer = self._ask("create a menu", self._api.create_rich_menu, self._request(definition))
        return str(answer.rich_menu_id)

    def upload(self, menu_id: str, png: bytes) -> None:
        # Without this header the SDK takes the picture for JSON.
        headers = {"Content-Type": "image/png"}
        self._ask("take the picture", self._blob.set_rich_menu_image, menu_id, png, _headers=headers)

    def create_alias(self, alias: str, menu_id: str) -> None:
        request = self._sdk.CreateRichMenuAliasRequest(richMenuAliasId=alias, richMenuId=menu_id)
        self._ask(f"create the alias {alias}", self._api.create_rich_menu_alias, request)

    def change_alias(self, alias: str, menu_id: str) -> None:
        request = self._sdk.UpdateRichMenuAliasRequest(richMenuId=menu_id)
        self._ask(f"change the alias {alias}", self._api.update_rich_menu_alias, alias, request)

    def set_default(self, menu_id: str) -> None:
        self._ask("show the menu to everyone", self._api.set_default_rich_menu, menu_id)

    def delete(self, menu_id: str) -> None:
        """Deletes the menu; one that is already gone is no error."""
        self._ask_if_there(f"delete the menu {menu_id}", self._api.delete_rich_menu, menu_id)

    def delete_alias(self, alias: str) -> None:
        """Deletes the alias; one that is already gone is no error."""
        self._ask_if_there(f"delete the alias {alias}", self._api.delete_rich_menu_alias, alias)

    def move_everyone(self, pairs: Sequence[tuple[str, str]]) -> str | None:
        """Asks LINE to link the second menu of each pair to every resident who has the first.

        Returns the id of LINE's request, for `everyone_moved`; None if LINE's limit is reached, which is three such
        requests an hour. Pairs beyond BATCH_OPERATIONS (1,000) are left out.
        """
        operations = [self._sdk.RichMenuBatchLinkOperation(**{"from": old, "to": new}) for old, new in pairs]
        request = self._sdk.RichMenuBatchRequest(operations=operations[:BATCH_OPERATIONS])
        try:
            answer = self._ask(
                "move residents to new menus", self._api.rich_menu_batch_with_http_info, request
            )
        except LineApiError as error:
            if error.status == TOO_OFTEN:
                return None
            raise
        return str({key.lower(): value for key, value in answer.headers.items()}["x-line-request-id"])

    def everyone_moved(self, request_id: str) -> bool:
        answer = self._ask(
            "say whether residents are moved", self._api.get_rich_menu_batch_progress, request_id
        )
        return str(getattr(answer.phase, "value", answer.phase)) == "succeeded"

    def _find_default(self) -> str | None:
        answer = self._ask_if_there("name the default menu", self._api.get_default_rich_menu_id)
        return None if answer is None else str(answer.rich_menu_id)

    def _request(self, definition: dict[str, Any]) -> Any:
        """Builds the request without the SDK's checks.

        They count code points, and would refuse a chat bar text of 14 Thai characters with vowels, which LINE accepts.
        """
        areas = [self._sdk.RichMenuArea.from_dict(area) for area in definition["areas"]]
        size = self._sdk.RichMenuSize.from_dict(definition["size"])
        fields = {"selected": definition["selected"], "name": definition["name"]}
        fields["chat_bar_text"] = definition["chatBarText"]
        return self._sdk.RichMenuRequest.construct(size=size, areas=areas, **fields)

    def _pairs(self, path: str, kind: str, fields: tuple[str, str]) -> dict[str, str]:
        """Returns the account's menus or aliases as a dict from the first of the `fields` to the second.

        It reads plain JSON, because the SDK refuses a whole list for one Thai text whose length it miscounts.
        """
        key, value = fields
        answer = self._ask(
            f"list its {kind}",
            self._client.call_api,
            path,
            "GET",
            header_params={"Accept": "application/json"},
            response_types_map={"200": "object"},
            auth_settings=["Bearer"],
            _return_http_data_only=True,
            _host=self._client.configuration.host,
        )
        try:
            return {str(item[key]): str(item[value]) for item in answer[kind]}
        except (KeyError, TypeError) as error:
            raise LineApiError(
                f"LINE was to list its {kind} and answered something else. {_AGAIN}"
            ) from error

    def _ask_if_there(self, doing: str, call: Callable[..., Any], *args: Any) -> Any | None:
        """Returns LINE's answer, or None if LINE has no such menu or alias."""
        try:
            return self._ask(doing, call, *args)
        except LineApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def _ask(self, doing: str, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        try:
            return call(*args, _request_timeout=self._timeout, **more)
        except self._sdk.ApiException as error:
            reason = _reason(error.status or 0, error.body or error.reason)
            raise LineApiError(f"LINE did not {doing}: {reason}", status=error.status) from error
        except self._network_error as error:
            raise LineApiError(
                f"LINE did not {doing}: no answer ({type(error).__name__}). {_AGAIN}"
            ) from error
        except ValueError as error:
            raise LineApiError(f"LINE was to {doing} and answered something else. {_AGAIN}") from error


_AGAIN = "Publish again: it goes on where it stopped, and residents keep the menu they have."


def _reason(status: int, body: str | None) -> str:
    if status == NOT_FOUND:
        return "it knows no such menu or alias."
    if status == 401:
        return "the access token is not valid. Check LINE_CHANNEL_ACCESS_TOKEN."
    if status == TOO_OFTEN:
        return (
            "too many requests (429). LINE lets an account create and delete 100 rich menus an hour: "
            f"wait an hour. {_AGAIN}"
        )
    if status >= 500:
        return f"LINE has trouble itself ({status}). {_AGAIN}"
    return f"{status} {_message(body)}"


def _message(body: str | None) -> str:
    try:
        answer = json.loads(body or "")
        details = [f"{d.get('property', '')}: {d.get('message', '')}" for d in answer.get("details", [])]
        return "; ".join([str(answer["message"]), *details])
    except (ValueError, KeyError, TypeError, AttributeError):
        return (body or "without a reason")[:200]
