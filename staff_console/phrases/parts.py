"""Provides what the models of the console's words are made of."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from store.cases.workflows import Tone

Text = Annotated[str, StringConstraints(min_length=1)]
# A label, and the tone that colours it.
Toned = tuple[Text, Tone]


def all_of(kind: type[Enum]) -> Callable[[Mapping[Any, Any]], Mapping[Any, Any]]:
    """Returns a check that no member of the enum is without words."""

    def check(words: Mapping[Any, Any]) -> Mapping[Any, Any]:
        if missing := [str(member.value) for member in kind if member not in words]:
            raise ValueError(f"there are no words for {', '.join(missing)}")
        return words

    return check


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
