"""Makes small PDFs of several structures: with a table of contents or an object that is one, locked or linearised."""

import base64
import zlib

HEAD, CATALOGUE = b"%PDF-1.7\n", b"1 0 obj\n<</Type/Catalog>>\nendobj\n"


def a_pdf(
    *,
    before: bytes = b"",
    counted_from_head: bool = False,
    trailer: str = "",
    within: bytes = b"",
    behind: bytes = b"",
) -> bytes:
    """Makes a PDF with a table, as most programs do. `before` stands before %PDF-, `trailer` within the trailer."""
    body = before + HEAD + CATALOGUE + within
    start = len(body) - (len(before) if counted_from_head else 0)
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 2/Root 1 0 R %s>>\n" % trailer.encode()
    return body + table + _end(start) + behind


def a_pdf_of_objects(*, trailer: str = "") -> bytes:
    """Makes a PDF whose table is a compressed object, as newer programs write it."""
    body = HEAD + CATALOGUE
    table = (
        b"2 0 obj\n<</Type/XRef/Size 3/W[1 1 1]/Length 3/Root 1 0 R %s>>\nstream\n\1\2\3\nendstream\nendobj\n"
    )
    return body + table % trailer.encode() + _end(len(body))


def a_pdf_for_the_web(*, trailer: str = "") -> bytes:
    """Makes a linearised PDF: a table at its beginning, and an end that leads there."""
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 2/Root 1 0 R %s>>\n" % trailer.encode()
    first = HEAD + table + _end(0) + CATALOGUE
    return first + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 2>>\n" + _end(len(HEAD))


def _end(start: int) -> bytes:
    return b"startxref\n%d\n%%%%EOF\n" % start


def a_stream(body: bytes, dictionary: bytes = b"") -> bytes:
    """Returns an object that is a stream, to stand `within` a PDF."""
    return b"2 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (dictionary, len(body), body)


def objects(inner: bytes, *, filters: str = "Flate", dictionary: bytes = b"") -> bytes:
    """Returns a stream that holds one more object, encoded by these filters, the last one first."""
    head = b"9 0 "
    body = head + inner
    for name in reversed(filters.split()):
        body = _ENCODERS[name](body)
    named = b"".join(b"/%sDecode" % name.encode() for name in filters.split())
    return a_stream(body, b"/Type/ObjStm/N 1/First %d/Filter[%s]%s" % (len(head), named, dictionary))


_ENCODERS = {
    "Flate": zlib.compress,
    "ASCIIHex": lambda data: data.hex().encode() + b">",
    "ASCII85": lambda data: base64.a85encode(data, wrapcol=72) + b"~>",
}
