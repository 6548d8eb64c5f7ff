"""Models a service definition. The file's name is the service's name everywhere else."""

import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from store.services.kinds import AnyQuestion
from store.services.question import Label, Question
from store.workflow.workflows import WORKFLOWS

FOLDER = Path(__file__).parent / "builtin"

# The service cards show eight cards of eight services; more would be left out silently.
MAX_SERVICES = 64


class ServiceError(ValueError):
    """Says that a definition cannot work; the message names the file and the field."""


class _ServicePart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Promise(_ServicePart):
    days: int = Field(ge=0, le=365)
    unit: Literal["working", "calendar"]


class Service(_ServicePart):
    """Defines a service. Residents read it in Thai, except `label_en`; names in braces are facts of the municipality.

    A message with one of the `keywords` is about this service. A message with one of the `hints` may be about it: many
    things happen on a ถนน (road). As the whole message a hint begins a request; in a longer message it only puts the
    service first in the list. A keyword does not count in a message that also has a word of `unless`, which names
    another service: น้ำไม่ไหล (no water) of a canal.

    `workflow` names the table of rules that its cases follow; without it they follow the one named as their group.
    `on_submit` names the hook that is asked when a request is sent.
    """

    name: str
    code: str = Field(pattern=r"^D[1-6]-\d\d$")
    title: str = Field(min_length=1, max_length=60)
    label: Label
    label_en: Label = ""
    icon: str = Field(min_length=1, max_length=8)
    group: Literal["problem", "request"]
    workflow: str
    on_submit: str = ""
    department: str
    answer_within: Promise
    fee_baht: int = Field(default=0, ge=0)
    keywords: tuple[str, ...]
    unless: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    order: int = 100
    next_step: str
    triage: Literal["yellow", "green"] = "green"
    questions: tuple[AnyQuestion, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _is_found_by_its_english_label(cls, read: object) -> object:
        """Adds the English label to the keywords, so that what a button says can be typed as well."""
        if isinstance(read, dict) and read.get("label_en") and isinstance(read.get("keywords"), list):
            return {**read, "keywords": [*read["keywords"], read["label_en"]]}
        return read

    @model_validator(mode="before")
    @classmethod
    def _follows_a_workflow(cls, read: object) -> object:
        return {"workflow": read.get("group"), **read} if isinstance(read, dict) else read

    @field_validator("workflow")
    @classmethod
    def _is_a_workflow(cls, name: str) -> str:
        if name not in WORKFLOWS:
            raise ValueError(f"there is no workflow {name}, only {', '.join(WORKFLOWS)}")
        return name

    @field_validator("questions", mode="before")
    @classmethod
    def _spell_out_persons(cls, questions: object) -> object:
        """Replaces a question of the kind `person` by two for a name and a phone."""
        if not isinstance(questions, list) or not all(isinstance(question, dict) for question in questions):
            return questions
        spelt: list[dict[str, object]] = []
        for question in questions:
            spelt += _spelt_out(question) if question.get("kind") == "person" else [question]
        return spelt

    @model_validator(mode="after")
    def _questions_fit(self) -> "Service":
        earlier: dict[str, Question] = {}
        for question in self.questions:
            if question.key in earlier:
                raise ValueError(f"two questions are called {question.key}")
            for key, value in question.when.items():
                if key not in earlier or value not in earlier[key].options:
                    raise ValueError(f"{question.key}: when {key}={value} can never hold")
                if question.in_surge and not earlier[key].in_surge:
                    raise ValueError(f"{question.key}: in a surge {key} must be asked, too")
            earlier[question.key] = question
        if sum(q.is_opened_by_words for q in self.questions) > 1:
            raise ValueError("only one question can take the opening words")
        return self

    def in_english(self) -> Self:
        """Returns the service under its English label, for the list of services; its questions stay Thai."""
        return self.model_copy(update={"label": self.label_en or self.label})

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)


def _spelt_out(person: dict[str, object]) -> list[dict[str, object]]:
    return [{**question, "in_surge": person.get("in_surge", False)} for question in _PERSON]


_PERSON: list[dict[str, object]] = [
    {
        "key": "name",
        "kind": "name",
        "label": "ชื่อผู้แจ้ง",
        "ask": "ขอทราบชื่อ-นามสกุลของท่านค่ะ",
        "hint": "เช่น นางสมศรี ใจดี",
    },
    {
        "key": "phone",
        "kind": "phone",
        "label": "เบอร์โทร",
        "ask": "ขอเบอร์โทรที่ติดต่อสะดวกค่ะ",
        "hint": "เช่น 08x-xxx-xxxx",
    },
]


def read_services(
    folder: Path = FOLDER, *, own: Path | None = None, hooks: Collection[str] = ()
) -> dict[str, Service]:
    """Returns all services by name, in the order in which they are offered.

    A file in `own`, the municipality's folder, replaces the built-in one of the same name or adds a service. `hooks`
    are the names that `on_submit` may have. Raises ServiceError if a definition is invalid, or if there are more than
    MAX_SERVICES.
    """
    files = {path.stem: path for each in (folder, own) if each for path in sorted(each.glob("*.toml"))}
    services = [read_service(path) for path in files.values()]
    if len(services) > MAX_SERVICES:
        raise ServiceError(
            f"{len(services)} services, and the chat lists {MAX_SERVICES}: put some together, or take some out"
        )
    for service in services:
        if service.on_submit and service.on_submit not in hooks:
            raise ServiceError(f"{service.name}.toml: on_submit: there is no hook {service.on_submit}")
    return {service.name: service for service in sorted(services, key=lambda s: (s.order, s.name))}


def read_service(path: Path) -> Service:
    try:
        return _service(path.stem, path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise ServiceError(f"{path.name} is not saved as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ServiceError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ServiceError(f"{path.name}: {problems}") from error


@cache
def _service(name: str, text: str) -> Service:
    """Returns the service that the TOML text defines. It is immutable, so equal text gets the cached object."""
    return Service.model_validate({"name": name, **tomllib.loads(text)})
