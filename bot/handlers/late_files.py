"""Attaches photos and documents that come after their request has become a case.

They are the rest of an album, because LINE delivers its photos one by one, late and repeatedly. Or the resident was
asked to send them again, because a file that cannot be fetched is given up only after hours.
"""

from typing import Any

from bot import draft_files
from bot.handlers import conversation, my_cases
from bot.handlers.event_context import EventContext
from bot.replies import Reply
from store.cases.actions import lock_case, takes_more
from store.cases.models import Case
from store.files.lifecycle import asked_again, asked_again_in_request, attach_beside
from store.files.models import File
from store.residents.models import Conversation
from store.residents.residents import listening_for
from store.services.kinds import kind_called


def join_album(context: EventContext, file: File, sibling: File) -> None:
    """Attaches a photo silently to the case of its album's other photos, while the question accepts more files."""
    if sibling.case_id is None:
        return
    case = lock_case(context.session, sibling.case_id, by=context.resident)
    row = next((row for row in case.answers if sibling.token in _tokens(row)), None)
    if row is None:
        attach_beside(file, sibling)
        return
    service = context.app.services.get(case.service)
    question = next((q for q in service.questions if q.key == row["key"]), None) if service else None
    if question is None or len(_tokens(row)) >= question.file_limit:
        return
    attach_beside(file, sibling)
    tokens = [*_tokens(row), file.token]
    answer = question.show([{"token": token, "album": None, "of": 1} for token in tokens])
    case.answers = [
        {**each, "value": tokens, "answer": answer} if each is row else each for each in case.answers
    ]


def _tokens(row: dict[str, Any]) -> list[str]:
    return kind_called(row["kind"]).tokens(row["value"])


def note_sent_anew(context: EventContext, row: Conversation, file: File) -> None:
    """Stops asking for one of the lost files, if the running request took this file in its place."""
    draft = draft_files.draft_of(context.app, row)
    if draft is None or file.token not in draft_files.files_in(draft):
        return
    for lost in asked_again_in_request(context.session, context.resident, row)[:1]:
        lost.again_until = None


def take_lost_along(context: EventContext, row: Conversation, case: Case) -> None:
    """Assigns the request's lost files to its case, so that the files sent again are attached to this case."""
    for lost in asked_again_in_request(context.session, context.resident, row):
        lost.case_id = case.id


def find_asked_again(context: EventContext) -> File | None:
    """Finds the lost file that the file just sent replaces.

    A request that takes photos itself, or an officer who waits for an answer, comes first.
    """
    listening = listening_for(context.resident)
    if (listening and listening[0] == "answer") or _takes_files(context):
        return None
    for lost in asked_again(context.session, context.resident):
        if lost.case_id is not None and takes_more(context.session.get_one(Case, lost.case_id)):
            return lost
    return None


def _takes_files(context: EventContext) -> bool:
    draft = context.draft
    return draft is not None and any(q.file_limit for q in draft.service.questions)


def take_again(context: EventContext, file: File, lost: File) -> list[Reply]:
    """Attaches the file to the case of the lost one and asks the running question once more."""
    case = context.session.get_one(Case, lost.case_id)
    my_cases.take_more(context, case, files=(file.token,))
    lost.again_until = None
    return [context.say("cases.sent_again", number=case.shown_number), *conversation.ask_again(context)]
