"""Sends the account's messages to residents, by LINE's rules of who is reached and who is billed."""

import re
from typing import TYPE_CHECKING, Any

from line_simulator.refusals import Refusal
from line_simulator.residents import Resident

if TYPE_CHECKING:
    from line_simulator.simulator import Simulator

Json = dict[str, Any]
USER_ID = re.compile(r"U[0-9a-f]{32}")
UNKNOWN = "Failed to send messages"
# LINE gives a quote token for messages that a resident may quote.
QUOTABLE = {"text", "textV2", "sticker", "image", "video", "template"}
MIN_REACH = 100


def reply(sim: "Simulator", body: Json) -> Json:
    """Replies to an event, free of charge; a resident who has blocked the account since then does not see it."""
    resident = sim.residents[sim.reply_tokens.find_user(body["replyToken"])]
    _refuse_unsendable(body["messages"], resident)
    sim.reply_tokens.mark_used(body["replyToken"])
    sim.quota.count_sent("reply", 1)
    reached = not resident.blocked
    return {
        "sentMessages": _show(
            sim, resident, body["messages"], reached=reached, reply_token=body["replyToken"]
        )
    }


def push(sim: "Simulator", body: Json) -> Json:
    resident = find_recipient(sim, body["to"], "to")
    _refuse_unsendable(body["messages"], resident)
    reached = resident.is_reached_by_push()
    sim.quota.bill(int(reached))
    sim.quota.count_sent("push", int(reached))
    sim.aggregation_units.update(body.get("customAggregationUnits", []))
    return {"sentMessages": _show(sim, resident, body["messages"], reached=reached)}


def multicast(sim: "Simulator", body: Json) -> Json:
    """Sends to a list of users. LINE's reference contradicts itself about unknown ids; here they fail the request."""
    recipients = {
        user_id: find_recipient(sim, user_id, f"to[{index}]") for index, user_id in enumerate(body["to"])
    }
    _refuse_unsendable(body["messages"], None)
    sim.aggregation_units.update(body.get("customAggregationUnits", []))
    _send_to_many(sim, "multicast", list(recipients.values()), body["messages"])
    return {}


def broadcast(sim: "Simulator", body: Json) -> Json:
    _refuse_unsendable(body["messages"], None)
    _send_to_many(sim, "broadcast", _friends(sim), body["messages"])
    return {}


def narrowcast(sim: "Simulator", body: Json) -> Json:
    """Sends to all friends: residents have no attributes, so a filter excludes nobody. Minimum reach is enforced."""
    _refuse_unsendable(body["messages"], None)
    friends = _friends(sim)
    if "demographic" in body.get("filter", {}) and len(friends) < MIN_REACH:
        raise Refusal(403, f"The target reach is below {MIN_REACH}")
    maximum = body.get("limit", {}).get("max", len(friends))
    _send_to_many(sim, "narrowcast", friends[:maximum], body["messages"])
    return {}


def find_recipient(sim: "Simulator", user_id: str, where: str) -> Resident:
    if not USER_ID.fullmatch(user_id):
        raise Refusal(400, f"The property, {where}, in the request body is invalid (line: -, column: -)")
    if user_id not in sim.residents:
        raise Refusal(400, UNKNOWN)
    return sim.residents[user_id]


def _friends(sim: "Simulator") -> list[Resident]:
    return [each for each in sim.residents.values() if each.friend and not each.blocked]


def _send_to_many(sim: "Simulator", kind: str, recipients: list[Resident], messages: list[Json]) -> None:
    reached = [resident for resident in recipients if resident.is_reached_by_push()]
    sim.quota.bill(len(reached))
    sim.quota.count_sent(kind, len(reached))
    for resident in reached:
        _show(sim, resident, messages, reached=True)


def _show(
    sim: "Simulator",
    resident: Resident,
    messages: list[Json],
    *,
    reached: bool,
    reply_token: str | None = None,
) -> list[Json]:
    sent = []
    for message in messages:
        receipt: Json = {"id": sim.ids.new_message_id()}
        if message["type"] in QUOTABLE:
            receipt["quoteToken"] = sim.ids.new_long_token()
        if reached:
            bubble = resident.shows("account", message, message_id=receipt["id"])
            bubble.quote_token = receipt.get("quoteToken")
            bubble.reply_token = reply_token
        sent.append(receipt)
    if reached:
        sim.stream.publish("changed", resident=resident.id)
    return sent


def _refuse_unsendable(messages: list[Json], resident: Resident | None) -> None:
    """Refuses quote tokens of another chat, and mentions, which work in groups only."""
    for index, message in enumerate(messages):
        token = message.get("quoteToken")
        if token is not None and (resident is None or resident.chat.find_quoted(token) is None):
            _refuse("Invalid quote token", f"messages[{index}].quoteToken")
        substitutions = message.get("substitution", {}).values()
        if any(each["type"] == "mention" for each in substitutions):
            _refuse("Mentions work in groups and rooms only", f"messages[{index}].substitution")


def _refuse(message: str, where: str) -> None:
    details = [{"message": message, "property": where}]
    raise Refusal(400, "The request body has 1 error(s)", details=details)
