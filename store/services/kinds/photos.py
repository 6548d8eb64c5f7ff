"""Defines the kind `photos`: pictures that the resident takes or has."""

from typing import Literal

from store.services.answers.empty_answers import Nothing, all_folded
from store.services.answers.inputs import Photo
from store.services.answers.verdicts import Setting
from store.services.forms import WebField
from store.services.kinds._files import FilesQuestion


class Photos(FilesQuestion):
    """Asks for photos."""

    takes = frozenset({Photo})
    counted_in = "รูป"
    refusal = "want_a_photo"
    nothing = Nothing(all_folded("ไม่มีรูป", "ไม่มีรูปภาพ", "ไม่ได้ถ่าย", "ไม่ได้ถ่ายรูป", "ไม่มีภาพ"))

    kind: Literal["photos"]

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("file", accept="image/*", multiple=self.most_files > 1),)
