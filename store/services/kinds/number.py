"""Defines the kind `number`: an amount in figures or Thai words, with its unit."""

from typing import Any, Literal

from pydantic import Field, model_validator

from store.services.answers.amounts import read_amount
from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import WebField
from store.services.kinds._unknown import MayBeUnknown


class Number(MayBeUnknown):
    """Asks for an amount from `least` to `most`, counted in `unit`."""

    kind: Literal["number"]
    least: float = Field(default=0, allow_inf_nan=False)
    most: float = Field(default=1_000_000, allow_inf_nan=False)
    unit: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> "Number":
        if self.least > self.most:
            raise ValueError(f"{self.key}: its bounds leave no answer")
        return self

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        value = read_amount(said.text, self.unit)
        if value is None:
            return RefusedAnswer("not_a_number")
        if not self.least <= value <= self.most:
            bounds = {"least": _written(self.least), "most": _written(self.most), "unit": self.unit}
            return RefusedAnswer("number_out_of_bounds", bounds)
        return Accepted(int(value) if value.is_integer() else value)

    def _show(self, value: Any) -> str:
        return f"{value:,} {self.unit}".strip()

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        least, most = (_written(bound).replace(",", "") for bound in (self.least, self.most))
        return (WebField("number", inputmode="decimal", least=least, most=most),)


def _written(bound: float) -> str:
    """Returns a bound as people write it: 1,000 or 0.5."""
    return f"{bound:,f}".rstrip("0").rstrip(".")
