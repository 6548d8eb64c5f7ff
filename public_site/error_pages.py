"""Serves the error pages: what happened, and what to do."""

from html import escape
from typing import Final

from flask import Flask, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

# By status code: what happened, and what to do.
WORDS: Final = {
    404: ("ไม่พบหน้านี้ค่ะ", "ที่อยู่อาจพิมพ์ผิด หรือหน้านี้ไม่มีแล้ว"),
    405: ("หน้านี้เปิดดูไม่ได้ค่ะ", "เป็นที่อยู่สำหรับระบบของ LINE เท่านั้น"),
    413: ("ข้อมูลที่ส่งมาใหญ่เกินไปค่ะ", "ส่งผ่านแชต LINE ของเราได้เลย"),
}
OTHERS: Final = ("ขอโทษค่ะ ตอนนี้ยังทำรายการนี้ไม่ได้", "รอสักครู่แล้วลองใหม่นะคะ")
_PAGE: Final = (
    '<!doctype html><html lang="th"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="{2}">'
    '<title>{0}</title></head><body><main><section class="card check"><h1>{0}</h1><p>{1}</p>'
    '<p><a href="/announcements">ดูประกาศของเรา</a></p></section></main></body></html>'
)


def install_error_pages(app: Flask) -> None:
    app.register_error_handler(HTTPException, show_http_error)


def error_page(code: int) -> str:
    """Returns the page for an error. It needs neither database nor the municipality's file."""
    style = url_for("announcements.static", filename="announcements.css")
    return _PAGE.format(*map(escape, (*WORDS.get(code, OTHERS), style)))


def show_http_error(error: HTTPException) -> AnyResponse:
    """Answers with the error page and the error's own headers, such as Allow. A redirect stays as it is."""
    answer = error.get_response()
    if answer.status_code >= 400:
        answer.set_data(error_page(answer.status_code))
        answer.content_type = "text/html; charset=utf-8"
    return answer
