"""Tests which passwords are easily guessed: names, common words, keyboard walks, repeats; kinds of characters are
free.
"""

import gzip

import pytest

from line_simulator.demo.keys import WORDS
from store.staff.common_passwords import FILE, ranks
from store.staff.password_strength import bits_of
from store.staff.passwords import BadPassword, check_new_password

NAMES = ("somchai", "เทศบาลตำบลตัวอย่าง", "ทต.ตัวอย่าง", "ตัวอย่าง", "ขอนแก่น", "บุญส่ง", "ทองประเสริฐ")

EASY = """
football12345678
sunshine1234567
1q2w3e4r5t6y7u8i9o0p
zaq12wsxcde34rfv
monkeymonkeymonkey
ประเทศไทยประเทศไทย
Somchai1234567890
aaaaaaaaaaaaaaaaaaaa
123456789012345678
9876543210987654
Password-Password-1
P@ssw0rdP@ssw0rd
tessaban.console.2569
tessaban-2569-admin
เทศบาลตำบลตัวอย่าง 2569
ตัวอย่างตัวอย่าง123
ขอนแก่นขอนแก่น2569
บุญส่ง.ทองประเสริฐ.2512
somchai-somchai-99
SOMCHAI somchai Somchai
qwertyuiopasdfghjkl
qazwsxedcrfvtgb
1234567890qwertyuiop
ฟหกดฟหกดฟหกดฟหกด
ฟหกด่าสวงผปแอิืทม
ๅ/-ภถุึคตจขชๆไำพะัี
abcdefghijklmnop
กขคงจฉชซฌญฎฏฐฑฒ
passwordpassword
iloveyouiloveyou
letmein123456789
administrator2569
admin-admin-admin-2569
superman123456789
dragon1234567890
princess princess 1
manchester united
charlie123charlie123
michael1michael1
starwarsstarwars1
dragon monkey 1234
สวัสดีครับ123456
สวัสดีสวัสดีสวัสดี
รหัสผ่านของเทศบาล
รหัสผ่าน123456789
Thailand2026!!!!
!!!!!!!!!!!!!!!!
111111222222333333
0812345678 0812345678
2569256925692569
ยฟหหไนพกยฟหหไนพก
ＰＡＳＳＷＯＲＤ１２３４５６７８
""".strip().splitlines()

GOOD = """
ฝนตกที่บ้านสวนทุเรียน
ปลาทูเข่งละสามสิบบาท
แมวดำกระโดดข้ามรั้วเขียว
ข้าวมันไก่หน้าตลาดเช้า
ยายปลูกมะม่วงสามต้น
รถไฟสายใต้ออกหกโมง
ฝนหยุดแล้วไปจับปูกัน
แกงส้มดอกแคใส่กุ้ง
ควายสองตัวนอนแช่โคลน
กระติ๊บข้าวเหนียวหาย
จักรยานสีฟ้าของพี่ชาย
นกกระจิบทำรังหลังบ้าน
correct horse battery staple
correct-horse-battery-42
every word of a long sentence
🍜 noodles on Sunday
purple elephant dancing slowly
my dog eats noodles at noon
tractor lemon window seven
football under the mango tree
wandering kettle orbit
thunder biscuit gravel
hunter gatherer sunset boat
sunflower quarry bishop
4839201756382910475638291
7294816503827469105836274
729481650382746
dkfjeiqpwmvnbzx
xK9#mQ2$vL7@pR4!
aGk3-Lw9z-Qm2x-Rt7y
""".strip().splitlines()


@pytest.mark.parametrize("password", EASY)
def test_what_guessing_programs_try_is_refused(password: str) -> None:
    with pytest.raises(BadPassword, match="too_common"):
        check_new_password(password, *NAMES)


@pytest.mark.parametrize("password", GOOD)
def test_words_that_do_not_belong_together_and_chance_are_accepted(password: str) -> None:
    check_new_password(password, *NAMES)


def test_a_name_is_easy_for_its_owner_only() -> None:
    check_new_password("ทองประเสริฐรวยทรัพย์แสน")
    with pytest.raises(BadPassword, match="too_common"):
        check_new_password("ทองประเสริฐรวยทรัพย์แสน", "ทองประเสริฐ", "รวยทรัพย์", "แสน")


def test_the_most_common_password_costs_least() -> None:
    assert (
        bits_of("123456")
        <= bits_of("password")
        < bits_of("football")
        < bits_of("kittycat")
        < bits_of("kqzvbxjw")
    )


def test_every_password_that_the_demo_makes_is_accepted() -> None:
    commonest = sorted(WORDS, key=bits_of)[:4]
    check_new_password("-".join([*commonest, "12"]), *NAMES)


def test_the_list_is_whole_and_small() -> None:
    assert len(ranks()) > 19_000
    assert FILE.stat().st_size < 300_000
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        assert next(lines).strip() == "123456"
