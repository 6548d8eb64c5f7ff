"""Finds the kinds of questions: each file of this folder defines one, and is named after it.

Nothing else lists them. A file whose name begins with an underscore holds what several kinds share.
"""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field, TypeAdapter

from store.services.question import Question


def _modules() -> Iterable[ModuleType]:
    for found in pkgutil.iter_modules(__path__):
        if not found.name.startswith("_"):
            yield import_module(f"{__name__}.{found.name}")


def kinds_of(modules: Iterable[ModuleType]) -> dict[str, type[Question]]:
    """Returns the kinds that the modules define, by name.

    Raises TypeError if a module does not define exactly one kind, or if two kinds have the same name.
    """
    kinds: dict[str, type[Question]] = {}
    for module in modules:
        defined = [
            each for each in vars(module).values() if _is_kind(each) and each.__module__ == module.__name__
        ]
        if len(defined) != 1:
            raise TypeError(f"{module.__name__} defines {len(defined)} kinds of question instead of one")
        (name,) = get_args(defined[0].model_fields["kind"].annotation)
        if name in kinds:
            raise TypeError(f"two kinds of question are called {name}")
        kinds[name] = defined[0]
    return kinds


def _is_kind(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, Question)


class GoneKind(Question):
    """Stands for a kind that exists no more. Its answers in cases are masked whole: nobody knows what they hold."""

    @classmethod
    def mask(cls, value: Any) -> str | None:
        return "xxx"

    def _check(self, said: object, setting: object) -> Any:
        raise TypeError(f"no question is of the kind {self.kind}")


KINDS: Mapping[str, type[Question]] = kinds_of(_modules())
# These facts about residents are remembered and offered again.
REMEMBERED = frozenset(name for name, kind in KINDS.items() if kind.is_remembered)

if TYPE_CHECKING:
    AnyQuestion = Question
else:
    AnyQuestion = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007

_READER: TypeAdapter[Question] = TypeAdapter(AnyQuestion)


def read_question(written: Mapping[str, Any]) -> Question:
    """Returns the question; raises pydantic's ValidationError if it has no kind, or what its kind does not know."""
    return _READER.validate_python(written)


def kind_called(name: str) -> type[Question]:
    """Returns the kind with this name, or GoneKind if there is none."""
    return KINDS.get(name, GoneKind)
