"""Checks whether services, phrases and municipality fit together, before a resident finds out."""

from bot.context import Office
from bot.notices import NOTICES
from store.cases.workflows import RULES
from store.services import Service


def check(office: Office) -> list[str]:
    """Returns every problem found, as a sentence."""
    problems = [problem for service in office.services.values() for problem in _service(office, service)]
    for rule in RULES:
        if rule.notice and (rule.notice not in NOTICES or not office.phrases.has(f"notice.{rule.notice}")):
            problems.append(f"{rule.action}: the notice {rule.notice} has no wording")
    return problems


def _service(office: Office, service: Service) -> list[str]:
    problems = []
    if office.municipality.department(service.department).code != service.department:
        problems.append(f"{service.name}: no department {service.department}; the office takes its cases")
    for question in service.questions:
        for text in (question.ask, *question.advice.values()):
            try:
                office.phrases.fill(text)
            except (KeyError, ValueError) as error:
                problems.append(f"{service.name}.{question.key}: nobody gives {error}")
    return problems
