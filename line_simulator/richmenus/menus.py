"""Stores the account's rich menus: their images and aliases, the default, and who is linked to which."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from line_simulator.identifiers import Identifiers
from line_simulator.refusals import Refusal
from line_simulator.richmenus.images import RichMenuImage

MAX_MENUS = 1000
MAX_ALIASES = 1000


@dataclass
class StoredRichMenu:
    id: str
    definition: dict[str, Any]
    image: RichMenuImage | None = None

    def as_json(self) -> dict[str, Any]:
        return {"richMenuId": self.id, **self.definition}


@dataclass
class Batch:
    """Describes a batch of link changes that LINE accepts at once and carries out later."""

    operations: list[dict[str, str]]
    accepted_at: float
    completes_at: float
    is_done: bool = False


@dataclass
class RichMenus:
    clock: Callable[[], float] = time.time
    menus: dict[str, StoredRichMenu] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    default_id: str | None = None
    linked: dict[str, str] = field(default_factory=dict)
    """Maps user id to menu id; a linked menu comes before the default."""
    batches: dict[str, Batch] = field(default_factory=dict)
    batch_seconds: float = 0
    """Says how long a batch takes."""

    def create(self, definition: dict[str, Any]) -> StoredRichMenu:
        if len(self.menus) >= MAX_MENUS:
            raise Refusal(400, f"The number of rich menus has reached the limit of {MAX_MENUS}")
        menu = StoredRichMenu(Identifiers.new_rich_menu_id(), definition)
        self.menus[menu.id] = menu
        return menu

    def get(self, menu_id: str) -> StoredRichMenu:
        if menu_id not in self.menus:
            raise Refusal(404, "richmenu not found")
        return self.menus[menu_id]

    def get_with_image(self, menu_id: str) -> StoredRichMenu:
        menu = self.get(menu_id)
        if menu.image is None:
            raise Refusal(400, "must upload richmenu image before applying it to user")
        return menu

    def set_image(self, menu_id: str, picture: RichMenuImage) -> None:
        menu = self.get(menu_id)
        if menu.image is not None:
            raise Refusal(400, "An image has already been uploaded to the richmenu")
        size = menu.definition["size"]
        if (picture.width, picture.height) != (size["width"], size["height"]):
            # LINE's reference has no such rule, but another size is always a mistake.
            raise Refusal(400, "The image must have the size of the rich menu")
        menu.image = picture

    def delete(self, menu_id: str) -> None:
        del self.menus[self.get(menu_id).id]
        if self.default_id == menu_id:
            self.default_id = None
        self.linked = {user: menu for user, menu in self.linked.items() if menu != menu_id}

    def create_alias(self, alias_id: str, menu_id: str) -> None:
        if alias_id in self.aliases:
            raise Refusal(400, "conflict richmenu alias id")
        if len(self.aliases) >= MAX_ALIASES:
            raise Refusal(400, f"The number of aliases has reached the limit of {MAX_ALIASES}")
        self._set_alias(alias_id, menu_id)

    def change_alias(self, alias_id: str, menu_id: str) -> None:
        self.get_alias(alias_id)
        self._set_alias(alias_id, menu_id)

    def get_alias(self, alias_id: str) -> dict[str, str]:
        if alias_id not in self.aliases:
            raise Refusal(404, "richmenu alias not found")
        return {"richMenuAliasId": alias_id, "richMenuId": self.aliases[alias_id]}

    def delete_alias(self, alias_id: str) -> None:
        del self.aliases[self.get_alias(alias_id)["richMenuAliasId"]]

    def _set_alias(self, alias_id: str, menu_id: str) -> None:
        if menu_id not in self.menus:
            raise Refusal(400, "richmenu not found")
        self.aliases[alias_id] = self.get_with_image(menu_id).id

    def accept_batch(self, request_id: str, operations: list[dict[str, str]]) -> None:
        for operation in operations:
            if operation["type"] == "link":
                self.get_with_image(operation["to"])
        now = self.clock()
        self.batches[request_id] = Batch(operations, now, now + self.batch_seconds)
        self.run_due_batches()

    def run_due_batches(self) -> None:
        """Runs the batches whose time has come, on the links of that moment."""
        for batch in self.batches.values():
            if not batch.is_done and self.clock() >= batch.completes_at:
                batch.is_done = True
                self.linked = _apply(batch.operations, self.linked)

    def find_shown_to(self, user_id: str) -> StoredRichMenu | None:
        self.run_due_batches()
        menu_id = self.linked.get(user_id) or self.default_id
        return self.menus.get(menu_id) if menu_id else None

    def switch(self, user_id: str, alias_id: str) -> dict[str, str]:
        """Links the user to the menu of the alias; returns the params of the postback of a richmenuswitch action."""
        if alias_id not in self.aliases:
            return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
        if self.aliases[alias_id] not in self.menus:
            return {"status": "RICHMENU_NOTFOUND"}
        self.linked[user_id] = self.aliases[alias_id]
        return {"newRichMenuAliasId": alias_id, "status": "SUCCESS"}


def _apply(operations: list[dict[str, str]], linked: dict[str, str]) -> dict[str, str]:
    """Returns the links after the operations. LINE runs them in parallel: each sees the links from before the batch."""
    after = dict(linked)
    for operation in operations:
        for user_id, menu_id in linked.items():
            if operation["type"] == "unlinkAll" or menu_id == operation["from"]:
                after.pop(user_id, None)
                if operation["type"] == "link":
                    after[user_id] = operation["to"]
    return after
