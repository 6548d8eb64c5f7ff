"""A resident's file is handed out under a name that tells what it is and harms nobody, in headers of any server."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff_console.cases.file_names import disposition, name_for
from tests.pure.strategies import MANY

PDF, JPEG = "application/pdf", "image/jpeg"


@pytest.mark.parametrize(
    ("given_name", "mime", "name"),
    [
        ("คำร้อง.pdf", PDF, "คำร้อง.pdf"),
        ("สำเนาทะเบียนบ้าน.PDF", PDF, "สำเนาทะเบียนบ้าน.pdf"),
        ("invoice.html", PDF, "invoice.pdf"),
        ("a.hta", PDF, "a.pdf"),
        ("x.lnk", PDF, "x.pdf"),
        ("bill.pdf.exe", PDF, "bill.pdf"),
        ("bill.pdf   .exe", PDF, "bill.pdf"),
        ("invoice.html", JPEG, "invoice.jpg"),
        ("scan.jpeg", JPEG, "scan.jpg"),
        ("CON", PDF, "_CON.pdf"),
        ("nul.pdf", PDF, "_nul.pdf"),
        ("lpt1.tar.gz", PDF, "_lpt1.pdf"),
        (".htaccess", PDF, "htaccess.pdf"),
        ("../../etc/passwd", PDF, "etc passwd.pdf"),
        ("C:\\autoexec.bat", PDF, "C autoexec.pdf"),
        ("ใบ\u202efdp.exe", PDF, "ใบfdp.pdf"),
        ("บรรทัด\r\nSet-Cookie: x=1.pdf", PDF, "บรรทัด Set-Cookie x=1.pdf"),
        ('เขา"ว่า"ไว้.pdf', PDF, "เขา ว่า ไว้.pdf"),
        ("แผน 2568–2570.pdf", PDF, "แผน 2568–2570.pdf"),
        ("ฉบับที่ 1.2.pdf", PDF, "ฉบับที่ 1.2.pdf"),
        ("👍🏽.pdf", PDF, "👍🏽.pdf"),
        ("a" * 300 + ".pdf", PDF, "a" * 200 + ".pdf"),
        ("ก" * 300 + ".pdf", PDF, "ก" * 66 + ".pdf"),
        ("", PDF, "document-7.pdf"),
        (None, JPEG, "photo-7.jpg"),
        (" . ", PDF, "document-7.pdf"),
    ],
)
def test_a_name_is_kept_cleaned_and_ends_in_what_the_file_is(given_name, mime, name):
    assert name_for(mime, given_name, 7) == name


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan 12.pdf", 'attachment; filename="plan 12.pdf"'),
        ("ใบ.pdf", "attachment; filename=\"file-7.pdf\"; filename*=UTF-8''%E0%B9%83%E0%B8%9A.pdf"),
        ("50%.pdf", "attachment; filename=\"file-7.pdf\"; filename*=UTF-8''50%25.pdf"),
    ],
)
def test_other_names_than_plain_ones_go_beside_a_plain_one(name, header):
    assert disposition("attachment", name, 7) == header


@given(st.text(max_size=400))
@MANY
def test_whatever_it_was_called_the_header_is_one_line_of_ascii_and_says_it_all(given_name):
    name = name_for(PDF, given_name, 7)
    header = disposition("attachment", name, 7)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert name.endswith(".pdf")
    assert name_for(PDF, name, 7) == name
    assert len(name.encode()) <= 210
    assert unquote(header.rpartition("''")[2]) == name or f'"{name}"' in header
