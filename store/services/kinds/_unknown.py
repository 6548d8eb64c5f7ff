"""Holds what the kinds share whose questions may be answered with ไม่ทราบ (I do not know)."""

from typing import Self

from pydantic import model_validator

from store.services.question import Question


class MayBeUnknown(Question):
    """Adds the setting `may_be_unknown`: ไม่ทราบ is an answer then, and is offered after two refused ones."""

    may_be_unknown: bool = False

    @model_validator(mode="after")
    def _must_be_answered(self) -> Self:
        if self.may_be_unknown and self.optional:
            raise ValueError(f"{self.key}: only what must be answered may be unknown")
        return self

    @property
    def accepts_unknown(self) -> bool:
        return self.may_be_unknown
