"""Lists the words that people use for days, months and hours, with the misspellings that are common in chat."""

import re

_SHORT_AND_LONG = (
    (r"ม\. ?ค\.?|มค\.?(?![ก-๙])", "มกรา", "jan(?:uary)?"),
    (r"ก\. ?พ\.?|กพ\.?(?![ก-๙])", "กุมภา", "feb(?:ruary)?"),
    (r"มี\. ?ค\.?|มีค\.?(?![ก-๙])", "มีนา", "mar(?:ch)?"),
    (r"เม\. ?ย\.?|เมย\.?(?![ก-๙])", "เม[ษสศ]า", "apr(?:il)?"),
    (r"พ\. ?ค\.?|พค\.?(?![ก-๙])", "พฤ[ษสศ]ภา", "may"),
    (r"มิ\. ?ย\.?|มิย\.?(?![ก-๙])", "มิถุนา", "june?"),
    (r"ก\. ?ค\.?|กค\.?(?![ก-๙])", "กรก[ฎฏ]า", "july?"),
    (r"ส\. ?ค\.?|สค\.?(?![ก-๙])", "สิงหา", "aug(?:ust)?"),
    (r"ก\. ?ย\.?|กย\.?(?![ก-๙])", "กันยา", "sept?(?:ember)?"),
    (r"ต\. ?ค\.?|ตค\.?(?![ก-๙])", "ตุลา", "oct(?:ober)?"),
    (r"พ\. ?ย\.?|พย\.?(?![ก-๙])", "พฤ[ศษส]จิกา", "nov(?:ember)?"),
    (r"ธ\. ?ค\.?|ธค\.?(?![ก-๙])", "[ธท]ันวา", "dec(?:ember)?"),
)
MONTH = "|".join(
    rf"(?P<m{number}>{short}|{long}(?:คม|ยน|พันธุ์|พันธ์)?|{english}(?![a-z]))"
    for number, (short, long, english) in enumerate(_SHORT_AND_LONG, start=1)
)
ENGLISH_MONTH = "|".join(
    rf"(?P<e{number}>{english})" for number, (_, _, english) in enumerate(_SHORT_AND_LONG, start=1)
)
# Sunday is read only with วัน before it: อาทิตย์ alone also means "week".
WEEKDAY = "|".join(
    rf"(?P<w{number}>{names})"
    for number, names in enumerate(
        (
            "(?:วัน)?จันทร์|วันจัน(?:ท์)?|monday",
            "(?:วัน)?อังคาร|tuesday",
            "(?:วัน)?พุธ|วันพุด|wednesday",
            "(?:วัน)?พฤหัส(?:บดี)?|วันพฤ|thursday",
            "(?:วัน)?ศุกร์|วัน[ศส]ุก(?:ร์)?|friday",
            "(?:วัน)?เสาร์|วันเสา|saturday",
            "วันอาทิต(?:ย์)?|sunday",
        )
    )
)
NEAR = (
    (re.compile("เมื่อวานซืน"), -2),
    (re.compile("เมื่อวาน(?:นี้)?|yesterday", re.IGNORECASE), -1),
    (re.compile("(?:วัน)?มะรืน(?:นี้|นี)?|มื้อฮือ|day after tomorrow", re.IGNORECASE), 2),
    (
        re.compile("(?:วัน)?(?:พรุ่ง|พรุ้ง|พรุง|พุ่ง|พุ้ง)(?:นี้|นี)|วันพรุ่ง|มื้ออื่น|วันพู้?ก|tomorrow", re.IGNORECASE),
        1,
    ),
    (
        re.compile("วัน(?:นี้|นี(?![ก-๙]))|มื้อนี้|(?:เช้า|บ่าย|เย็น|ค่ำ|คืน)นี้|today", re.IGNORECASE),
        0,
    ),
)
NAMED_DAYS = (
    (re.compile("(?:วัน)?(?:ขึ้น)?ปีใหม่"), 1, 1),
    (re.compile("(?:วัน)?สิ้นปี"), 12, 31),
    (re.compile("วันพ่อ"), 12, 5),
    (re.compile("วันแม่"), 8, 12),
    (re.compile("วันรัฐธรรมนูญ"), 12, 10),
    (re.compile("(?:วัน)?คริสต์มาส"), 12, 25),
)
# More than one day, without a figure that would say so.
A_PERIOD = re.compile(r"สงกรานต์|เสาร์ ?[-,/]? ?อาทิตย์|เป็นต้นไป|ทุกวัน|weekend|every", re.IGNORECASE)
_HOUR = r"(?<![\d./:-])(?:[01]?\d|2[0-4])"
# 10.30 and 9.00-12.00 น., 10 โมง, บ่าย 2, เวลา 8. Two figures after the point are minutes, unless a year follows.
CLOCK_TIME = re.compile(
    rf"(?:เวลา|ตอน|บ่าย|ตี|สัก|ราว) ?{_HOUR}(?:[.:][0-5]\d)?(?![\d./:])(?: ?(?:โมง|น\.|น(?![ก-๙])))?"
    rf"|{_HOUR}[.:][0-5]\d(?!\d|[./:-]\d{{4}}|[./]\d)(?: ?(?:-|ถึง) ?\d{{1,2}}[.:][0-5]\d(?!\d))?"
    r"(?: ?(?:นาฬิกา|น\.|น(?![ก-๙])))?"
    rf"|{_HOUR}(?: ?(?:-|ถึง) ?\d{{1,2}})? ?(?:โมง|ทุ่ม|นาฬิกา|น\.|น(?![ก-๙])|[ap]\.?m\b)",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\d-])0\d{1,2}-?\d{3}-?\d{3,4}(?![\d-])")

_ONES = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")


def _spelt(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _ONES[ones]
    return ("", "สิบ", "ยี่สิบ", "สามสิบ")[tens] + ("เอ็ด" if ones == 1 else _ONES[ones])


# The longest first, so that สิบห้า is not read as สิบ.
NUMBERS = dict(sorted(((_spelt(n), n) for n in range(1, 32)), key=lambda pair: -len(pair[0])))


def month(match: re.Match[str]) -> int:
    """Returns the number of the month that MONTH found, or 0."""
    return next((number for number in range(1, 13) if match[f"m{number}"]), 0)


def english_month(match: re.Match[str]) -> int:
    return next(number for number in range(1, 13) if match[f"e{number}"])


def weekday(match: re.Match[str]) -> int:
    """Returns the number of the weekday that was found; Monday is 0."""
    return next(number for number in range(7) if match[f"w{number}"])
