"""Defines the kind `file`: documents, as PDF or as photos of paper."""

from typing import Literal

from store.services.answers.empty_answers import Nothing, all_folded
from store.services.answers.inputs import Document, Photo
from store.services.answers.verdicts import Setting
from store.services.forms import WebField
from store.services.kinds._files import FilesQuestion


class File(FilesQuestion):
    """Asks for documents. A photo of a document is one, too."""

    takes = frozenset({Document, Photo})
    counted_in = "ไฟล์"
    refusal = "want_a_file"
    nothing = Nothing(all_folded("ไม่มีไฟล์", "ไม่มีเอกสาร", "ไม่มีรูป"))

    kind: Literal["file"]

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("file", accept="application/pdf,image/*", multiple=self.most_files > 1),)
