"""Tests that PDFs with script, programs or other files are found, however these are hidden, and ordinary ones pass."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.files import pdf_contents
from store.files.pdf_contents import is_active
from tests.pdfs import a_pdf, a_pdf_for_the_web, a_pdf_of_objects, a_stream, objects
from tests.pure.strategies import MANY

ALERT = b"<</S/JavaScript/JS(app.alert(1))>>"
# A document's own page: marks and text, and names that only look like active ones.
A_PAGE = b"0 0 612 792 re W n\n/AA 12 Tf (see /JSON, /Launcher) Tj\n" * 500


@pytest.mark.parametrize(
    "within",
    [
        ALERT,
        b"<</S/J#61vaScript/J#53(app.alert(1))>>",
        b"<</S /#4A#61#76#61#53#63#72#69#70#74 /JS 5 0 R>>",
        b"<</S/Rendition/JS(app.alert(1))>>",
        b"<</S/Rendition/JS % a remark\n(app.alert(1))>>",
        b"<</S/Rendition/JS 12 0 R>>",
        b"<</OpenAction<</S/Launch/F(cmd.exe)>>>>",
        b"<</Names<</EmbeddedFiles 5 0 R>>>>",
        a_stream(zlib.compress(b"MZ"), b"/Type/EmbeddedFile"),
        b"<</Type/Page/AA<</O 5 0 R>>>>",
        b"<</Type/Page/AA 5 0 R>>",
        b"<</Subtype/RichMedia>>",
        b"<</AcroForm<</XFA[(template)5 0 R]>>>>",
        objects(ALERT),
        objects(b"<</Type/Page/AA<</O 5 0 R>>>>"),
        objects(b"<</S/J#61vaScript>>"),
        objects(ALERT, filters="ASCIIHex Flate"),
        objects(ALERT, filters="ASCII85 Flate"),
        objects(ALERT, filters="Flate Flate"),
        objects(ALERT, filters="ASCIIHex"),
        objects(b"<</Title(" + bytes(3_000_000) + b")/S/JavaScript>>"),
        objects(b"<<>>", dictionary=b"/DecodeParms<</Predictor 12/Columns 1>>"),
        a_stream(b"x") + ALERT + a_stream(b"y"),
        a_stream(ALERT),
        b"stream\n" + ALERT,
    ],
)
def test_what_it_would_do_is_found_wherever_it_hides(within):
    assert is_active(a_pdf(within=within))


@pytest.mark.parametrize(
    "data",
    [
        a_pdf(),
        a_pdf_of_objects(),
        a_pdf_for_the_web(),
        a_pdf(within=b"<</OpenAction[3 0 R/FitH 0]/PageMode/UseOutlines>>"),
        a_pdf(within=b"<</A<</S/URI/URI(https://www.example.go.th)>>>>"),
        a_pdf(within=a_stream(zlib.compress(A_PAGE), b"/Filter/FlateDecode")),
        a_pdf(within=objects(b"<</Type/Font/BaseFont/AAAAAA+Sarabun/JSON(x)>>")),
        a_pdf(within=a_stream(b"/JS(" * 1000, b"/Filter/DCTDecode")),
        a_pdf(within=a_stream(zlib.compress(b"\xff/JS(" * 1000), b"/Filter/FlateDecode")),
        a_pdf(within=a_stream(zlib.compress(b"0 1 2"), b"/Type/XRef/DecodeParms<</Predictor 12>>")),
    ],
)
def test_what_is_only_to_be_read_is_let_through(data):
    assert not is_active(data)


def test_a_large_scan_is_let_through():
    scan = b"".join(a_stream(b"\xff\xd8" + os.urandom(1_000_000), b"/Filter/DCTDecode") for _ in range(8))
    assert not is_active(a_pdf(within=scan))


def test_what_unpacks_without_end_is_too_much(monkeypatch):
    monkeypatch.setattr(pdf_contents, "MAX_INFLATED", 2_000_000)
    with pytest.raises(MemoryError):
        is_active(a_pdf(within=objects(bytes(9_000_000))))


@given(st.binary(max_size=300), st.integers(0, 400))
@MANY
def test_any_bytes_within_are_borne(noise, at):
    data = a_pdf(within=objects(ALERT))
    is_active(data[:at] + noise + data[at:])
