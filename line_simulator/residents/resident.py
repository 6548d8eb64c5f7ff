"""Simulates a resident with a phone: what they can do to the account, and what their screen shows."""

import random
from typing import Any

from line_simulator.refusals import ActionNotAllowed, NoSuchButton
from line_simulator.residents import samples, taps
from line_simulator.residents.chats import Bubble, Chat
from line_simulator.residents.contents import MessageContent, sniff_image_type
from line_simulator.residents.protocols import Platform
from line_simulator.residents.tap_targets import (
    TapTarget,
    find_button,
    in_message,
    in_quick_replies,
    in_rich_menu,
)
from line_simulator.webhooks.events import Event
from line_simulator.words import word

UNSEND_WITHIN_MS = 24 * 3600 * 1000
QUOTABLE = {"text", "image", "video", "sticker"}
# A push still reaches someone who is no friend for a week after they wrote.
REACHED_AFTER_WRITING_SECONDS = 7 * 24 * 3600.0
MAX_PHOTOS = 10


class Resident:
    def __init__(self, simulator: Platform, *, user_id: str, name: str, color: str) -> None:
        self.id = user_id
        self.name = name
        self.color = color
        self.friend = False
        self.blocked = False
        self.wrote_at: float | None = None
        self.last_reply_token: str | None = None
        self.chat = Chat(simulator.bubble_numbers)
        self.simulator = simulator

    # What the screen shows.

    @property
    def bubbles(self) -> list[Bubble]:
        return list(self.chat.bubbles)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Returns what the account sent, newest last."""
        return [bubble.message for bubble in self.chat.bubbles if bubble.who == "account"]

    @property
    def rich_menu(self) -> dict[str, Any] | None:
        if not self.friend or self.blocked:
            return None
        menu = self.simulator.menus.find_shown_to(self.id)
        return menu.as_json() if menu else None

    @property
    def buttons(self) -> list[list[TapTarget]]:
        """Returns what can be tapped now, in groups: the quick replies, then each message from the newest,
        then the rich menu."""
        groups = [list(in_quick_replies(self.chat.live_quick_replies))]
        groups += [list(in_message(message)) for message in reversed(self.messages)]
        menu = self.rich_menu
        return [*groups, list(in_rich_menu(menu))] if menu else groups

    def is_reached_by_push(self) -> bool:
        if self.blocked:
            return False
        wrote = self.wrote_at is not None and (
            self.simulator.clock() - self.wrote_at <= REACHED_AFTER_WRITING_SECONDS
        )
        return self.friend or wrote

    # What the resident does.

    def follows(self) -> None:
        with self.simulator.lock:
            if self.friend:
                raise ActionNotAllowed("already_friend")
            self.friend = True
            self._note("followed")
            self.emit("follow", {"follow": {"isUnblocked": False}})

    def blocks(self) -> None:
        with self.simulator.lock:
            self._require_unblocked()
            self.blocked = True
            self._note("blocked")
            self.emit("unfollow", {}, replies=False)

    def unblocks(self) -> None:
        with self.simulator.lock:
            if not self.blocked:
                raise ActionNotAllowed("not_blocked")
            self.blocked = False
            self.friend = True
            self._note("unblocked")
            self.emit("follow", {"follow": {"isUnblocked": True}})

    def says(self, text: str, *, quoting: str | None = None) -> str:
        """Sends a text and returns its message id, as every sending method does; `quoting` is the id of an
        earlier bubble."""
        if not text.strip():
            raise ActionNotAllowed("empty_text")
        return self._send("text", {"text": text, **({"quotedMessageId": quoting} if quoting else {})})

    def sends_photos(self, photos: list[bytes]) -> list[str]:
        """Sends photos and returns their message ids; several form an image set whose events come in random order."""
        if not 1 <= len(photos) <= MAX_PHOTOS:
            raise ActionNotAllowed("photo_count", most=MAX_PHOTOS)
        numbered = list(enumerate(photos, start=1))
        random.shuffle(numbered)
        set_id = self.simulator.ids.new_token().upper()
        sent: dict[int, str] = {}
        with self.simulator.lock:
            for index, data in numbered:
                facts: Event = {"contentProvider": {"type": "line"}}
                if len(photos) > 1:
                    facts["imageSet"] = {"id": set_id, "index": index, "total": len(photos)}
                content = MessageContent("image", data, sniff_image_type(data))
                sent[index] = self._send("image", facts, content=content)
        return [sent[index] for index in sorted(sent)]

    def sends_file(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        facts = {"fileName": name, "fileSize": len(data)}
        return self._send("file", facts, content=MessageContent("file", data, content_type))

    def sends_audio(self, data: bytes | None = None) -> str:
        content = MessageContent("audio", data or samples.AUDIO, "audio/x-m4a")
        return self._send("audio", {"duration": 1000, "contentProvider": {"type": "line"}}, content=content)

    def sends_video(self, data: bytes | None = None) -> str:
        content = MessageContent("video", data or samples.VIDEO, "video/mp4")
        return self._send("video", {"duration": 1000, "contentProvider": {"type": "line"}}, content=content)

    def sends_place(
        self, latitude: float, longitude: float, title: str | None = None, address: str | None = None
    ) -> str:
        named = {"title": title, "address": address}
        facts: Event = {name: words for name, words in named.items() if words}
        return self._send("location", {**facts, "latitude": latitude, "longitude": longitude})

    def sends_sticker(self, package_id: str = "11537", sticker_id: str = "52002738") -> str:
        facts = {"stickerId": sticker_id, "packageId": package_id, "stickerResourceType": "ANIMATION"}
        return self._send("sticker", {**facts, "keywords": ["hi", "Hello"]})

    def unsends(self, message_id: str) -> None:
        with self.simulator.lock:
            bubble = self.chat.find(message_id)
            if bubble is None or bubble.who != "resident" or bubble.unsent:
                raise ActionNotAllowed("unknown_message")
            if self.simulator.now_ms() - bubble.at > UNSEND_WITHIN_MS:
                raise ActionNotAllowed("unsend_too_late")
            bubble.unsent = True
            bubble.message = {"type": bubble.message["type"], "id": bubble.id}
            self.simulator.contents.delete(message_id)
            self.simulator.stream.publish("changed", resident=self.id)
            self.emit("unsend", {"unsend": {"messageId": message_id}}, replies=False)

    def taps(self, label: str, **params: str) -> dict[str, Any]:
        """Taps the first target with this label and returns its action; raises NoSuchButton when there is none."""
        with self.simulator.lock:
            button = next(filter(None, (find_button(group, label) for group in self.buttons)), None)
            if button is None:
                names = [button.names[0] for group in self.buttons for button in group if button.names]
                seen = " · ".join(dict.fromkeys(names)) or "(nothing)"
                raise NoSuchButton(f"{self.name} sees no {label!r}; on the screen: {seen}")
            return self.taps_action(button.action, params or None)

    def taps_action(self, action: dict[str, Any], params: dict[str, str] | None = None) -> dict[str, Any]:
        """Performs an action object, also one of a button that is no longer on the screen."""
        with self.simulator.lock:
            self._require_unblocked()
            taps.perform(self, action, params or {})
            return action

    def picks_date(self, label: str, moment: str) -> dict[str, Any]:
        """Taps a date picker; `moment` is the picked value: 2026-12-01, 09:30 or 2026-12-01T09:30."""
        return self.taps(label, moment=moment)

    def reads(self) -> None:
        with self.simulator.lock:
            if self.chat.read_all():
                self.simulator.stream.publish("changed", resident=self.id)

    # How messages and events are recorded and sent.

    def shows(self, who: str, message: dict[str, Any], *, message_id: str | None = None) -> Bubble:
        sim = self.simulator
        number = next(self.chat.numbers)
        new_id = message_id or sim.ids.new_message_id()
        bubble = self.chat.add(Bubble(seq=number, id=new_id, who=who, at=sim.now_ms(), message=message))
        sim.stream.publish("bubble", resident=self.id, bubble=self.chat.as_json(bubble))
        return bubble

    def emit(self, kind: str, payload: Event, *, replies: bool = True) -> None:
        self.last_reply_token = self.simulator.emit(kind, payload, user_id=self.id, replies=replies)

    def record_writing(self) -> None:
        self._require_unblocked()
        self.wrote_at = self.simulator.clock()

    def _send(self, kind: str, facts: Event, *, content: MessageContent | None = None) -> str:
        sim = self.simulator
        with sim.lock:
            self.record_writing()
            message_id = sim.ids.new_message_id()
            if content:
                sim.contents.store(message_id, content)
            shown = {"type": kind, "id": message_id, **facts}
            if kind in {"image", "video", "audio", "file"}:
                url = f"/_sim/content/{message_id}"
                shown |= {"content_url": url, "preview_url": f"{url}?preview=1"}
            tokens = self._tokens_for(kind)
            bubble = self.shows("resident", shown, message_id=message_id)
            bubble.quote_token = tokens.get("quoteToken")
            bubble.mark_as_read_token = tokens["markAsReadToken"]
            self.emit("message", {"message": {"type": kind, "id": message_id, **tokens, **facts}})
            return message_id

    def _tokens_for(self, kind: str) -> dict[str, str]:
        names = ["quoteToken"] if kind in QUOTABLE else []
        return {name: self.simulator.ids.new_long_token() for name in [*names, "markAsReadToken"]}

    def _require_unblocked(self) -> None:
        if self.blocked:
            raise ActionNotAllowed("is_blocked")

    def _note(self, note: str) -> None:
        """Adds a line of LINE itself to the chat, such as one about a block. The page finds its words by `note`."""
        self.shows("system", {"type": "text", "text": word("th", f"note.{note}"), "note": note})
        self.simulator.stream.publish("changed", resident=self.id)
