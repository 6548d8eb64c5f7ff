"""Everyday sentences of any age, region and register lead where they should, none to a wrong service."""

import pytest

from bot.conversations.recognition import Asks, AtTheCounter, OneOf, Opens, recognise
from tests.pure.strategies import SERVICES


def leads_to(text, *, has_cases=False, waits_for=()):
    """Says in short: street_light, street_light by name, ask tax, road or trees, counter, unknown, nothing."""
    match recognise(SERVICES.values(), text, has_cases=has_cases, waits_for=waits_for):
        case Asks(name):
            return f"ask {name}"
        case Opens(service, named=named):
            return f"{service.name} by name" if named else service.name
        case OneOf(services):
            return " or ".join(service.name for service in services)
        case AtTheCounter():
            return "counter"
        case unknown:
            return "unknown" if unknown.said_something else "nothing"


FROM_THE_FIELD = [
    ("ต้นไม้ล้มทับสายไฟ", "trees"),
    ("ต้นไม้ล้ม", "trees by name"),
    ("กิ่งไม้จะหักใส่รถค่ะ", "trees"),
    ("สายไฟขาด", "street_light by name"),
    ("สายไฟขาดห้อยลงมาค่ะ", "street_light"),
    ("สายสื่อสารห้อย", "complaint"),
    ("สัญญาณไฟเสีย", "complaint"),
    ("หมาจรกัดคน", "complaint"),
    ("หญ้ารก", "complaint by name"),
    ("ไฟเเสงสว่างดับ", "street_light"),
    ("ท่ออแตก", "water_supply"),
    ("ท่อออแตกหน้าบ้าน", "water_supply"),
    ("น้ำทั่วม", "drainage by name"),
    ("ถนนน้ำท่วม", "drainage"),
    ("ไฟไม่ค่อยดีครับ", "street_light by name"),
    ("กลิ่นไม่ดีค่ะ", "complaint"),
    ("this is broken", "unknown"),
    ("this lamp is broken", "street_light"),
    ("ดีครับ ไฟมืดทั้งซอย", "street_light"),
    ("ขอบคุณค่ะ แต่ไฟยังมืดอยู่เลย", "unknown"),
    ("ขอบคุณ แต่ยังไม่มีใครมาเลย", "unknown"),
    ("ไฟดับค่ะ", "street_light by name"),
    ("แจ้งไฟดับค่ะ", "street_light by name"),
    ("ขอรถน้ำหน่อยค่ะ", "water_truck by name"),
    ("อยากร้องเรียนค่ะ", "complaint by name"),
    ("ร้องเรียนเจ้าหน้าที่เรียกเงินค่ะ", "ask corruption"),
    ("ช่างเรียกรับเงินใต้โต๊ะ", "ask corruption"),
]
NEIGHBOURS = [
    ("รถขยะไม่มาเก็บสามวันแล้ว", "complaint"),
    ("ข้างบ้านเลี้ยงไก่เหม็นมาก", "complaint"),
    ("ร้านเหล้าเปิดเพลงดังทั้งคืน", "complaint"),
    ("ยุงเยอะมากค่ะ ช่วยมาพ่นหน่อย", "complaint"),
    ("ซอยบ้านหนูมืดมาก กลัวค่ะ", "unknown"),
    ("ท่อเมนแตกน้ำพุ่งเลยครับ", "water_supply"),
    ("มีหลุมใหญ่หน้าโรงเรียน", "road"),
    ("ท่อระบายน้ำอุดตันหน้าตลาด", "drainage"),
    ("น้ำกินน้ำใช้หมดแล้ว ขอรถน้ำมาส่งด้วย", "water_truck"),
    ("ขอยืมเต็นท์งานศพ 2 หลัง", "general_request"),
    ("ขอใช้เต๊นท์กับเก้าอี้ งานบวช", "unknown"),
    ("ขออนุญาตก่อสร้างบ้านต้องใช้เอกสารอะไร", "counter"),
    ("ลงทะเบียนเบี้ยผู้สูงอายุได้วันไหนคะ", "counter"),
    ("แจ้งเกิดลูกที่นี่ได้ไหม", "counter"),
    ("ใบอนุญาตขายอาหารหมดอายุ", "counter"),
]
EVERYDAY = [
    ("ไฟหน้าบ้านยายบ่ติดมาสองคืนแล้วเด้อ", "street_light"),
    ("ไฟกิ่งปากซอยสามกระพริบทั้งคืน", "street_light"),
    ("ถนนหน้าหมู่บ้านมืดตึ๊ดตื๋อเลยจ้ะ", "unknown"),
    ("เสาไฟเอียงจะล้มใส่บ้านครับ", "street_light"),
    ("โคมไฟหน้าวัดแตกค่ะ", "street_light"),
    ("ช่วยมาเปลี่ยนหลอดไฟตรงสะพานหน่อย", "street_light"),
    ("น้ำบ่ไหลตั้งแต่เซ้า", "water_supply"),
    ("น้ำไม่ไหลอีกแล้ว เดือดร้อนทั้งหมู่บ้าน", "water_supply"),
    ("น้ำประปาขุ่นเป็นสีชาเลยค่ะ", "water_supply"),
    ("น้ำก๊อกไหลเอื่อยๆ ซักผ้าไม่ได้", "unknown"),
    ("ท่อน้ำรั่วหน้าร้านป้าแดง", "water_supply"),
    ("มิเตอร์น้ำหมุนเองทั้งที่ปิดก๊อก", "water_supply"),
    ("ถนนเป็นหลุมเป็นบ่อ รถตกหลุมทุกวัน", "road"),
    ("ทางเท้าหน้าโรงเรียนแตกหมดแล้ว เด็กสะดุด", "unknown"),
    ("คอสะพานทรุด รถผ่านไม่ได้", "road"),
    ("รถบรรทุกวิ่งเร็วบนถนนหน้าโรงเรียน", "unknown"),
    ("ช่วยมาลาดยางหน้าบ้านหน่อยครับ", "road"),
    ("There is a big pothole near the market", "road"),
    ("The street light in soi 5 is out", "street_light"),
    ("No water at my house since morning", "water_supply"),
    ("garbage not collected for a week", "complaint"),
    ("A dog bit my son", "unknown"),
    ("น้ำท่วมหน้าบ้านระบายไม่ทัน", "drainage"),
    ("ฝาท่อหายไปไหนไม่รู้ คนจะตกลงไป", "drainage"),
    ("ขยะอุดท่อน้ำทิ้งหลังตลาด", "drainage or complaint"),
    ("น้ำขังหน้าบ้านยุงเยอะ", "drainage or complaint"),
    ("ต้นจามจุรีกิ่งใหญ่จะหักลงหลังคา", "unknown"),
    ("ขอให้มาตัดต้นไม้บังสายไฟ", "trees"),
    ("ลมแรง ไม้ล้มขวางทางเข้าหมู่บ้าน", "trees"),
    ("ใครขโมยต้นไม้หน้าสำนักงาน", "unknown"),
    ("หมาข้างบ้านเห่าทั้งคืนนอนไม่ได้", "unknown"),
    ("หมาจรจัดฝูงใหญ่ไล่กัดเด็ก", "complaint"),
    ("แมวจรมาขี้หน้าบ้านทุกวัน", "complaint"),
    ("เพื่อนบ้านเผาขยะควันเข้าบ้าน", "complaint"),
    ("โรงสีปล่อยฝุ่นเต็มไปหมด", "complaint"),
    ("รถจอดขวางหน้าบ้านออกไม่ได้", "complaint"),
    ("ป้ายโฆษณาจะหล่นใส่หัวคน", "complaint"),
    ("หญ้าสูงท่วมหัวข้างทางมองไม่เห็นรถ", "complaint"),
    ("สายเน็ตพันกันรกเต็มเสา", "complaint"),
    ("ไฟแดงสี่แยกตลาดไม่ติด", "complaint"),
    ("ขอน้ำใช้หน่อยครับ แล้งมาก", "water_truck"),
    ("ไม่มีน้ำกินเลยลูก ยายอยู่คนเดียว", "water_truck"),
    ("ขอข้าวกล่องให้คนแก่หน่อย", "unknown"),
    ("อยากยืมเก้าอี้ไปงานบุญ", "general_request"),
    ("จ่ายค่าขยะที่ไหนคะ", "counter"),
    ("อยากย้ายชื่อเข้าทะเบียนบ้าน", "counter"),
    ("ทำบัตรประชาชนใหม่ต้องใช้อะไรบ้าง", "counter"),
    ("จดทะเบียนพาณิชย์ร้านกาแฟ", "counter"),
    ("ภาษีปีนี้ทำไมแพงจังคะ", "ask tax"),
    ("แม่ไม่ได้ใบแจ้งภาษีที่ดินเลยปีนี้", "ask tax"),
    ("ขอผ่อนภาษีได้กี่งวด", "ask instalments"),
    ("วันเสาร์เปิดไหมครับ", "ask contact"),
    ("ขอคุยกับเจ้าหน้าที่หน่อย", "ask contact"),
    ("พรุ่งนี้หยุดราชการไหมคะ เปิดกี่โมง", "ask contact"),
    ("ข่าววัคซีนหมาบ้ามีอีกไหม", "unknown"),
    ("มีข่าวน้ำประปาหยุดไหลไหมวันนี้", "water_supply"),
    ("ข้อความที่ได้ใช่ของจริงหรือเปล่าคะ", "ask genuine"),
    ("ลบข้อมูลส่วนตัวของผมออกให้หมด", "ask privacy"),
    ("นายกโกงงบประมาณ แจ้งที่ไหน", "ask corruption"),
    ("ทำงานช้ามาก ไม่พอใจเลย", "unknown"),
    ("ไฟในบ้านดับทั้งหลังค่ะ", "ask power"),
    ("หม้อแปลงหน้าปากซอยเสียงดัง", "ask power"),
    ("อยากติดตั้งประปาที่บ้านใหม่", "counter"),
    ("ไฟหน้าปากซอยดับมาอาทิตย์นึงแล้วยังไม่มีใครมาดู", "street_light"),
    ("ไฟสัญญาณข้ามถนนเสีย", "unknown"),
    ("รถชนเสาไฟหัก", "street_light"),
    ("เสาไฟฟ้าเอียงมาก", "street_light"),
    ("ต้นไม้ใหญ่ล้มทับรถ", "trees"),
    ("there is a hole in the road", "road"),
    ("my street is dark", "street_light"),
    ("can I borrow a tent", "general_request"),
    ("Where can I pay land tax?", "ask tax"),
    ("ขอเสียงตามสายประกาศคนหาย", "unknown"),
    ("เสียงประกาศดังเกินไป", "unknown"),
    ("เพื่อนบ้านต่อเติมบ้านล้ำที่", "unknown"),
    ("เงินช่วยเหลือน้ำท่วมได้เมื่อไหร่", "counter"),
    ("แจ้งเรื่องร้องเรียนยังไง", "complaint by name"),
    ("จะแจ้งเรื่องถนนต้องทำยังไง", "road by name"),
    ("ขอน้ำหน่อยค่ะ", "water_truck by name"),
    ("อยากแจ้งเรื่องน้ำ", "unknown"),
    ("น้ำ", "nothing"),
    ("5555", "nothing"),
    ("ง่วงจัง", "nothing"),
    ("ขอบใจหลายๆ เด้อ", "ask thanks"),
]
# A word for the counter that stands in a report: a courtesy, an address, a fee that is not what it is about.
BESIDE_A_REPORT = [
    ("ขออนุญาตแจ้งว่าไฟถนนหน้าบ้านดับค่ะ", "street_light"),
    ("ขออนุญาตสอบถามเรื่องน้ำประปาไม่ไหลครับ", "water_supply"),
    ("ขออนุญาตสอบถามเรื่องภาษีที่ดินของแม่ครับ", "ask tax"),
    ("ขออนุญาตสอบถามหน่อยค่ะ", "unknown"),
    ("เลขที่บ้าน 99 ไฟถนนดับ", "street_light"),
    ("จ่ายค่าขยะแล้วแต่ไม่มาเก็บขยะ", "complaint"),
    ("จ่ายค่าน้ำประปาแล้วน้ำไม่ไหล", "water_supply"),
    ("จ่ายค่าน้ำประปาที่ไหน", "counter"),
    ("ขอติดมิเตอร์น้ำบ้านใหม่", "counter"),
    ("ขออนุญาตขุดถนนวางท่อ", "counter"),
    ("อยากขออนุญาตเปิดร้านขายของ", "counter"),
    ("ขอเลขที่บ้านใหม่ครับ", "counter"),
]
# The lamps of villages, which are called บ้าน, and a transformer beside which something else is broken.
NOT_OF_THE_POWER_COMPANY = [
    ("เสาไฟบ้านหนองแวงดับ 3 ต้น", "unknown"),
    ("โคมไฟบ้านโนนเสีย 2 ดวงค่ะ", "street_light"),
    ("โคมไฟตกลงมาหน้าวัด", "street_light"),
    ("ไฟถนนเปิดกลางวัน เปลืองค่าไฟ", "street_light"),
    ("ไฟถนนใกล้ๆ หม้อแปลงดับ", "street_light"),
    ("ท่อตันตรงหม้อแปลงหน้าวัด", "drainage"),
    ("ไฟบ้านดับค่ะ ข้างบ้านไม่ดับ", "ask power"),
    ("หม้อแปลงระเบิด ไฟดับทั้งซอย", "ask power"),
    ("ค่าไฟเดือนนี้แพงมาก", "ask power"),
]


@pytest.mark.parametrize(
    ("text", "where"),
    [*FROM_THE_FIELD, *NEIGHBOURS, *EVERYDAY, *BESIDE_A_REPORT, *NOT_OF_THE_POWER_COMPANY],
)
def test_a_sentence_leads_where_it_should(text, where):
    assert leads_to(text) == where


def test_there_are_enough_sentences():
    assert len(EVERYDAY) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "ไฟที่แจ้งไว้หน้าวัดถึงไหนแล้ว",
        "แจ้งไฟดับไปแล้วยังไม่มีใครมาซ่อมเลย",
        "น้ำไม่ไหลที่แจ้งไปเมื่อวาน เมื่อไหร่จะมา",
        "ขอบคุณค่ะ แต่ยังไม่มีใครมาเลย",
    ],
)
def test_who_has_a_case_and_asks_after_it_begins_no_other(text):
    assert leads_to(text, has_cases=True, waits_for={"street_light", "water_supply"}) == "ask track"


@pytest.mark.parametrize("waits_for", [(), {"road"}])
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("น้ำประปายังไม่มาเลยค่ะ ทั้งซอย", "water_supply"),
        ("รถขยะยังไม่มา", "complaint"),
        ("รถขยะไม่มาสักที", "complaint"),
        ("ไฟถนนดับ รอมานานแล้ว", "street_light"),
    ],
)
def test_who_waits_for_something_else_than_their_cases_reports_it(text, where, waits_for):
    assert leads_to(text, has_cases=True, waits_for=waits_for) == where


def test_who_waits_for_nothing_is_shown_no_finished_case():
    assert leads_to("ยังไม่มาเลยค่ะ ทั้งซอย", has_cases=True) == "unknown"
    assert leads_to("ยังไม่มาเลยค่ะ ทั้งซอย", has_cases=True, waits_for={"road"}) == "ask track"


def test_who_has_none_and_reports_is_heard():
    assert leads_to("แจ้งไฟดับไปแล้วยังไม่มีใครมาซ่อมเลย") == "street_light"
