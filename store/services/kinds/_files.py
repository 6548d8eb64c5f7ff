"""Holds what photos and documents have in common as answers."""

from typing import Any, ClassVar

from pydantic import Field

from store.services.answers.files import arrived, count_files
from store.services.answers.inputs import Photo, Said
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import ChatInputs, Line, PaperField
from store.services.question import Question


class FilesQuestion(Question):
    """Asks for at most `most_files` files, sent one by one.

    The value is a list as `store/services/answers/files.py` describes it; a case keeps the tokens only.
    """

    counted_in: ClassVar[str]
    refusal: ClassVar[str]

    most_files: int = Field(default=5, ge=1, le=10)

    @property
    def file_limit(self) -> int:
        return self.most_files

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if type(said) not in self.takes:
            return RefusedAnswer(self.refusal)
        if isinstance(said, Photo):
            return Accepted([{"token": said.token, "album": said.album, "of": said.of}])
        return Accepted([{"token": getattr(said, "token", ""), "album": None, "of": 1}])

    def _show(self, value: Any) -> str:
        sent, here = min(count_files(value), self.most_files), len(value)
        shown = f"{sent} {self.counted_in}"
        return shown if here >= sent else f"{shown} (มาถึงแล้ว {here})"

    @classmethod
    def tokens(cls, value: Any) -> list[str]:
        files = value if isinstance(value, list) else []
        return [file if isinstance(file, str) else file["token"] for file in files]

    def arrived(self, value: Any) -> Any:
        return arrived(value) if value else value

    def kept(self, value: Any) -> Any:
        return self.tokens(value) if value else value

    def chat(self, setting: Setting) -> ChatInputs:
        return ChatInputs(camera=True)

    def paper(self) -> tuple[PaperField, ...]:
        return (Line(),)
