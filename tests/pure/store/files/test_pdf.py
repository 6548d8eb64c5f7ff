"""Tests that a PDF is accepted if an officer can open it, however it was written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.files.pdf import NotAPdf, check_pdf, is_pdf
from tests.pdfs import a_pdf, a_pdf_for_the_web, a_pdf_of_objects
from tests.pure.strategies import MANY

LOCKED = "/Encrypt 5 0 R"
WHOLE = {
    "with a table": a_pdf(),
    "of objects": a_pdf_of_objects(),
    "for the web": a_pdf_for_the_web(),
    "something before it": a_pdf(before=b"\xef\xbb\xbf\r\n"),
    "counted from its head": a_pdf(before=b"HTTP/1.1 200 OK\r\n\r\n", counted_from_head=True),
    "lines behind it": a_pdf(behind=b"\r\n\r\n\0\0"),
    "a comment behind it": a_pdf(behind=b"% written by a scanner\n"),
    "a place that leads nowhere": a_pdf().replace(b"startxref\n", b"startxref\n9999"),
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE.keys())
def test_whatever_program_wrote_it_a_whole_pdf_is_taken(data):
    assert is_pdf(data)
    check_pdf(data)


def why_refused(data):
    with pytest.raises(NotAPdf) as refusal:
        check_pdf(data)
    return refusal.value.reason


@pytest.mark.parametrize(
    "data",
    [
        a_pdf(trailer=LOCKED),
        a_pdf(trailer="/Encrypt<</Filter/Standard>>"),
        a_pdf_of_objects(trailer=LOCKED),
        a_pdf_for_the_web(trailer=LOCKED),
        a_pdf(before=b"\n", counted_from_head=True, trailer=LOCKED),
        a_pdf(trailer=LOCKED).replace(b"startxref\n", b"startxref\n9999"),
    ],
)
def test_one_that_wants_a_password_is_told_so(data):
    assert is_pdf(data)
    assert why_refused(data) == "locked"


@pytest.mark.parametrize("data", [a_pdf(), a_pdf_of_objects(), a_pdf_for_the_web()])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_one_that_came_in_part_is_told_so(data, share):
    padded = data[:-20] + b"\n%" + b"x" * 40_000 + data[-20:]
    assert why_refused(padded[: int(len(padded) * share)]) == "cut_off"


def test_one_whose_word_encrypt_is_only_a_word_is_open():
    check_pdf(a_pdf(within=b"2 0 obj\n<</Title(/Encrypt 5 0 R)>>\nendobj\n"))


def test_what_says_so_too_late_is_no_pdf():
    assert not is_pdf(bytes(1024) + a_pdf())


@given(
    st.sampled_from(list(WHOLE.values())),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
)
@MANY
def test_a_damaged_pdf_is_taken_or_refused(sample, changes):
    damaged = bytearray(sample)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    with suppress(NotAPdf):
        check_pdf(bytes(damaged))
