"""Provides what Hypothesis may try: texts as hostile as a keyboard, a clipboard or a prankster makes them."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from store.services import read_services
from store.services.answers.inputs import Day, Document, Photo, Picked, Pin, Said, SomethingElse, TypedText

FEW = settings(max_examples=25, deadline=None)
SOME = settings(max_examples=60, deadline=None)
MANY = settings(max_examples=300, deadline=None)

SERVICES = read_services()
_HARD_SIGNS = (
    "น้ำ", "ก็", "นํ้า", "เเ", "👨‍👩‍👧‍👦", "🇹🇭", "\u202e", "\u200f", "\u200b", "\u200d", "\x00", "\x1b", "\ud83d", "\udc00",
    "e\u0301", "\u0e48" * 30, "{phone}", "%s", "<b>", "'", "\\", "\n", "\t", "๑๒", "²", "٣", "1" * 400, "ด" * 300,
    "ค่ะ", "ไม่มี", "31 ก.พ.", "ม.3", "0812345678", "a@b.co", "สองพัน",
)  # fmt: skip
_PIECES = st.one_of(st.sampled_from(_HARD_SIGNS), st.characters())

hard_texts = st.builds(
    lambda pieces, times: ("".join(pieces) * times)[:5000],
    st.lists(_PIECES, max_size=12),
    st.sampled_from((1, 1, 1, 3, 400)),
)
services = st.sampled_from(list(SERVICES.values()))
degrees = st.floats(allow_nan=False, allow_infinity=False, width=32)

anything_said: st.SearchStrategy[Said] = st.one_of(
    st.builds(TypedText, hard_texts),
    st.builds(Picked, st.sampled_from(("yes", "no", "other", "", "0")) | hard_texts),
    st.builds(Day, st.dates(date(1900, 1, 1), date(2100, 12, 31))),
    st.builds(Pin, degrees, degrees, hard_texts),
    st.builds(Photo, st.text(max_size=8), st.sampled_from((None, "a", "b")), st.integers(1, 20)),
    st.builds(Document, st.text(max_size=8), hard_texts),
    st.builds(SomethingElse, st.sampled_from(("sticker", "audio", "video", "poem"))),
)
