"""Lets residents type the label of a button: LINE for PC shows no quick replies, and on phones they disappear.

The words refer to what our last message offered (`offered`), otherwise to the only request or case to which
they can apply. If there are several such cases, the resident is asked which one is meant.
"""

import re
from collections.abc import Callable

from bot.conversations import drafts
from bot.conversations.drafts import Draft
from bot.conversations.intents import asked_for, without_wishes
from bot.handlers import cancellation, conversation, menu, my_cases
from bot.handlers.event_context import EventContext
from bot.replies import Button, Reply
from store.cases.actions import cases_of, takes_more
from store.cases.models import Case
from store.cases.workflows import OPEN_STATUSES, Action, Status, Who, allowed
from store.line.limits import LABEL_CHARACTERS, cut
from store.residents.models import Conversation
from store.residents.residents import kept_words, offer
from store.thai import arabic_digits, folded, without_particles

_GO_ON = ("ทำต่อ", "ทำต่อเลย", "กรอกต่อ", "continue")
_START_OVER = ("เริ่มใหม่", "เริ่มต้นใหม่", "start over")
_SWITCH = ("เปลี่ยนเรื่อง",)
_NOT_THIS = ("ไม่ใช่เรื่องนี้", "ผิดเรื่อง")
_CANCEL_YES = ("ใช่ ยกเลิก", "ยกเลิกเลย", "ยืนยันยกเลิก")
_KEEP = ("ไม่ยกเลิก", "ไม่ต้องยกเลิก")
_AGREE = ("ใช่", "ยืนยัน", "ตกลง", "โอเค", "ได้", "ok", "yes")
_REFUSE = ("ไม่", "ไม่ใช่", "ไม่เอา", "no")
_SAME = ("เพิ่มในเรื่องเดิม", "เรื่องเดิม", "เพิ่มเรื่องเดิม")
_NEW = ("เรื่องใหม่", "แจ้งเรื่องใหม่")
_HOW = {"ถ่ายรูป": "photo", "เลือกรูป": "photo", "ปักหมุด": "pin", "เลือกวัน": "day"}
_STARS = re.compile(r"(?:ให้)?(?:([1-5])|(หนึ่ง|สอง|สาม|สี่|ห้า))(?:ดาว|คะแนน|stars?)|((?:⭐|🌟|★){1,5})")
_ONES = {"หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5}
LONGEST_STARS = 30
SHORTEST_NEWS = 4


def _is(typed: str, words: tuple[str, ...]) -> bool:
    return bool(typed) and any(folded(word) == typed for word in words)


def press(context: EventContext, typed: str) -> list[Reply] | None:
    """Does what the button with these words does; `typed` is folded. It returns None for any other words."""
    row = context.running
    draft = conversation.find_draft(context, row) if row else None
    if (replies := _what_was_offered(context, typed, row, draft)) is not None:
        return replies
    if row is not None and draft is not None:
        return _in_request(context, typed, row, draft)
    if _is(typed, (*_START_OVER, *_SWITCH, *_NOT_THIS)):
        return menu.everything(context)
    if _is(typed, _GO_ON):
        return [context.say("conversation.nothing_to_cancel"), *menu.everything(context)]
    if _is(typed, _CANCEL_YES):
        return withdraw(context)
    return my_cases.track(context) if _is(typed, _KEEP) else _how(context, typed)


def _what_was_offered(
    context: EventContext, typed: str, row: Conversation | None, draft: Draft | None
) -> list[Reply] | None:
    what, about = context.offered
    if what == "withdraw" and (case := my_cases.find_tapped(context, about)):
        if _is(typed, (*_AGREE, *_CANCEL_YES, "ยกเลิก")):
            return my_cases.withdraw(context, case)
        return my_cases.see(context, case) if _is(typed, (*_REFUSE, *_KEEP)) else None
    if what == "whose":
        return _whose(context, typed, *about.split(" "))
    if row is None or draft is None:
        return None
    if what == "cancel":
        return _whether_to_cancel(context, typed, row, draft)
    if what == "switch" and _is(typed, (*_SWITCH, "เปลี่ยน")) and about in context.app.services:
        return conversation.start(context, context.app.services[about])
    return _whether_to_resume(context, typed, row, draft) if what == "resume" else None


def _whose(context: EventContext, typed: str, case_id: str, service: str) -> list[Reply] | None:
    """Adds the kept words to the case or begins a request with them, as the resident types; None for other words."""
    if _is(typed, _SAME) and (case := my_cases.find_tapped(context, case_id)):
        return my_cases.take_kept_words(context, case)
    if _is(typed, _NEW) and service in context.app.services:
        words, said_in = kept_words(context.resident)
        return conversation.start(context, context.app.services[service], opening=words, said_in=said_in)
    return None


def _whether_to_cancel(
    context: EventContext, typed: str, row: Conversation, draft: Draft
) -> list[Reply] | None:
    if _is(typed, (*_AGREE, *_CANCEL_YES, "ยกเลิก")):
        return cancellation.cancel(context, row)
    return conversation.go_on(context, row, draft) if _is(typed, _REFUSE) else None


def _whether_to_resume(
    context: EventContext, typed: str, row: Conversation, draft: Draft
) -> list[Reply] | None:
    if _is(typed, _START_OVER):
        return conversation.start(context, draft.service)
    if _is(typed, _REFUSE):
        return conversation.confirm_cancel(context, row)
    wants_to = _is(typed, (*_AGREE, "ต่อ", "ต่อเลย"))
    return conversation.go_on(context, row, draft) if wants_to else None


def _in_request(context: EventContext, typed: str, row: Conversation, draft: Draft) -> list[Reply] | None:
    """Reads words that cannot be an answer in a request. Before a request is discarded, the resident is asked."""
    if _is(typed, (*_GO_ON, *_KEEP)):
        return conversation.go_on(context, row, draft)
    if _is(typed, _START_OVER):
        return conversation.offer_resume(context, row, draft)
    if _is(typed, _SWITCH):
        return menu.everything(context)
    only_begun = drafts.only_opened(draft) or len(drafts.answered(draft)) <= 1
    if only_begun and _is(typed, _NOT_THIS):
        return cancellation.not_this(context, row, draft)
    if _is(typed, (*_NOT_THIS, *_CANCEL_YES)):
        return conversation.confirm_cancel(context, row)
    how = _how(context, typed)
    return [*how, *conversation.ask(context, row, draft)] if how else None


def _how(context: EventContext, typed: str) -> list[Reply] | None:
    """Says how to do what only LINE's own buttons can do; None for any other words."""
    name = next((name for words, name in _HOW.items() if folded(words) == typed), None)
    return [context.say(f"how.{name}")] if name else None


def read_stars(text: str) -> int | None:
    """Returns the number of stars: 5 for 5 ดาว, ห้าดาว and ⭐⭐⭐⭐⭐; None for any other words."""
    if len(text) > LONGEST_STARS:
        return None
    said = "".join(arabic_digits(without_particles(text)).replace("\ufe0f", "").lower().split())
    match = _STARS.fullmatch(said)
    return (int(match[1] or 0) or _ONES.get(match[2], 0) or len(match[3] or "")) if match else None


def stars(context: EventContext, text: str) -> list[Reply] | None:
    """Rates the finished case; None if the words are no stars. Right after our question, 5 alone means five stars."""
    given = read_stars(text)
    if given is None and context.offered[0] == "stars":
        given = read_stars(f"{without_particles(text)} ดาว")
    return None if given is None else _do(context, "stars", str(given))


def withdraw(context: EventContext) -> list[Reply]:
    return _do(context, "withdraw")


def add(context: EventContext) -> list[Reply]:
    return _do(context, "add")


def works(context: EventContext) -> list[Reply]:
    return _do(context, "works")


def broken(context: EventContext) -> list[Reply]:
    return _do(context, "broken")


def do_to_numbered(context: EventContext, case: Case) -> list[Reply]:
    """Carries out the action for which we asked the case's number on the case; shows the case if we asked for none."""
    act, _, given = context.offered[1].partition(" ") if context.offered[0] == "which" else ("", "", "")
    return _on(context, case, act, given) if act else my_cases.see(context, case)


def do_as_said(context: EventContext, case: Case, beside: str) -> list[Reply]:
    """Does to the case what the words beside its number ask for; `beside` is the message without the number.

    Other words are added to the case as news if they are long enough and the case still accepts any; else it is shown.
    """
    act = asked_for(beside) or asked_for(f"{beside} เรื่อง")  # ยกเลิก 0001/2570
    if act in _ACTS:
        return _ACTS[act](context, case)
    if act is None and len(without_wishes(beside)) >= SHORTEST_NEWS and takes_more(case):
        return my_cases.take_more(context, case, note=beside)
    return my_cases.see(context, case)


def can(context: EventContext, act: str) -> bool:
    """Says whether the resident has a case on which this action is possible."""
    return any(_may(case, act) for case in cases_of(context.session, context.resident))


def _do(context: EventContext, act: str, given: str = "") -> list[Reply]:
    found = cases_of(context.session, context.resident)
    able = [case for case in found if _may(case, act)]
    if context.offered[0] in ("case", "stars"):
        able = [case for case in able if str(case.id) == context.offered[1]] or able
    if len(able) == 1:
        return _on(context, able[0], act, given)
    if not able:
        return my_cases.track(context)
    offer(context.resident, "which", f"{act} {given}".strip())
    buttons = tuple(
        Button(
            cut(f"{case.shown_number} {case.service_title}", LABEL_CHARACTERS),
            act,
            {"case": str(case.id), "n": given},
            f"เรื่องที่ {case.shown_number}",
        )
        for case in able
    )
    return [context.say("cases.which", *buttons, example=able[0].shown_number)]


def _on(context: EventContext, case: Case, act: str, given: str) -> list[Reply]:
    if act == "stars":
        return my_cases.take_stars(context, case, given)
    return _ACTS[act](context, case)


_ACTS: dict[str, Callable[[EventContext, Case], list[Reply]]] = {
    "withdraw": my_cases.ask_withdraw,
    "add": my_cases.invite_more,
    "works": my_cases.confirm_works,
    "broken": my_cases.reopen,
}


def _may(case: Case, act: str) -> bool:
    """Says whether the resident may do this to the case now. `act` is withdraw, add, works, broken or stars.

    A finished case can be confirmed or reported as broken by typed words only until it was confirmed.
    """
    status = Status(case.status)
    actions = {rule.action for rule in allowed(status, Who.RESIDENT)}
    return {
        "withdraw": status in OPEN_STATUSES,
        "add": bool(actions & {Action.ANSWER, Action.ADD}),
        "works": status is Status.DONE and case.confirmed_at is None,
        "broken": Action.REOPEN in actions and case.confirmed_at is None,
        "stars": status is Status.DONE and case.stars is None,
    }[act]
