"""Checks whether services, phrases and municipality fit together, before a resident finds out."""

from bot.context import AppContext
from bot.notice_replies import BUTTONS
from store.cases.workflows import NOTICES
from store.services import Service


def check(app: AppContext) -> list[str]:
    """Returns every problem found, as a sentence."""
    problems = [problem for service in app.services.values() for problem in _service(app, service)]
    for notice, row in NOTICES.items():
        if not BUTTONS.keys() >= set(row.buttons):
            problems.append(f"the notice {notice} has a button that does nothing")
    return problems


def _service(app: AppContext, service: Service) -> list[str]:
    problems = []
    if app.municipality.department(service.department).code != service.department:
        problems.append(f"{service.name}: no department {service.department}; the office takes its cases")
    for question in service.questions:
        for text in question.texts_with_facts():
            try:
                app.phrases.fill(text)
            except (KeyError, ValueError) as error:
                problems.append(f"{service.name}.{question.key}: nobody gives {error}")
    return problems
