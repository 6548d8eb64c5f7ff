"""Message objects that are right in every way but the one a test is about."""

from typing import Any

Json = dict[str, Any]
PICTURE = "https://example.com/a.jpg"


def message_action(label: str = "ไฟดับ", **changes: Any) -> Json:
    return {"type": "message", "label": label, "text": "ไฟดับ", **changes}


def postback(label: str = "แจ้ง", **changes: Any) -> Json:
    return {"type": "postback", "label": label, "data": "a=1", **changes}


def picker(mode: str = "date", **changes: Any) -> Json:
    return {"type": "datetimepicker", "label": "เลือกวัน", "data": "when", "mode": mode, **changes}


def quick_replies(*actions: Json) -> Json:
    return {"items": [{"type": "action", "action": action} for action in actions]}


def text(words: str = "สวัสดี", **changes: Any) -> Json:
    return {"type": "text", "text": words, **changes}


def template(**inner: Any) -> Json:
    return {"type": "template", "altText": "รายการ", "template": inner}


def buttons(**changes: Any) -> Json:
    return template(**{"type": "buttons", "text": "เลือก", "actions": [postback()], **changes})


def confirm(**changes: Any) -> Json:
    return template(
        **{"type": "confirm", "text": "ใช่ไหม", "actions": [postback(), message_action()], **changes}
    )


def column(**changes: Any) -> Json:
    return {"text": "บริการ", "actions": [postback()], **changes}


def carousel(*columns: Json) -> Json:
    return template(type="carousel", columns=list(columns))


def image_carousel(count: int = 1, **action: Any) -> Json:
    each = {"imageUrl": PICTURE, "action": {"type": "message", "text": "ก", **action}}
    return template(type="image_carousel", columns=[each] * count)


def flex(contents: Json, **changes: Any) -> Json:
    return {"type": "flex", "altText": "เรื่องของท่าน", "contents": contents, **changes}


def bubble(*contents: Json, **changes: Any) -> Json:
    return {"type": "bubble", "body": box(*contents), **changes}


def box(*contents: Json, **changes: Any) -> Json:
    return {"type": "box", "layout": "vertical", "contents": list(contents), **changes}


def in_bubble(component: Json) -> Json:
    return flex(bubble(component))


def imagemap(**changes: Any) -> Json:
    area = {"x": 0, "y": 0, "width": 520, "height": 520}
    return {
        "type": "imagemap",
        "baseUrl": "https://example.com/map",
        "altText": "แผนที่",
        "baseSize": {"width": 1040, "height": 1040},
        "actions": [{"type": "message", "text": "ก", "area": area}],
        **changes,
    }


def rich_menu(*actions: Json, **changes: Any) -> Json:
    bounds = {"x": 0, "y": 0, "width": 100, "height": 100}
    return {
        "size": {"width": 2500, "height": 1686},
        "selected": True,
        "name": "เมนูหลัก",
        "chatBarText": "เมนูบริการ",
        "areas": [{"bounds": bounds, "action": action} for action in actions],
        **changes,
    }
