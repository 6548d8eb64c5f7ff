"""Plays what happened in town today: residents report and staff answer, so that a visitor finds work under way."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from line_simulator.demo import pictures
from line_simulator.demo.children import Children, DemoError
from line_simulator.demo.officers import Officer
from line_simulator.demo.place import DemoSite
from line_simulator.demo.residents import ResidentClient

STORY_SECONDS = 600.0
# Somsri is not among them: she stays for the visitor.
NAMES = ("ประสิทธิ์", "วรรณา", "บุญมี", "กมล", "อารีย์")
# They reported something before today: store/operations/demo_town.py.
WITH_HISTORY = ("ทองคำ", "มานพ", "จันทร์")


@dataclass(frozen=True)
class DemoTown:
    place: DemoSite
    passwords: Mapping[str, str]
    residents: Mapping[str, ResidentClient]

    def officer(self, username: str) -> Officer:
        officer = Officer(self.place.console, username)
        if not officer.signs_in(self.passwords[username]):
            raise DemoError(f"{username} cannot sign in.")
        return officer


def add_residents(place: DemoSite, children: Children) -> dict[str, ResidentClient]:
    """Adds the residents of the stories to the simulator as friends of the account, and returns them by name.

    The simulator forgets them when it ends, the database does not: without them no notice of their cases would arrive.
    """
    residents = {name: ResidentClient(place.simulator, name, children) for name in (*NAMES, *WITH_HISTORY)}
    for resident in residents.values():
        resident.register()
        resident.follows()
    return residents


def play(town: DemoTown, children: Children) -> list[str]:
    """Plays all stories at the same time and returns a line for each that failed."""
    pool = ThreadPoolExecutor(len(STORIES))
    played = [(story.__name__, pool.submit(story, town)) for story in STORIES]
    # Does not wait for a story that hangs in a request: the processes it calls are ended next.
    pool.shutdown(wait=False)
    children.wait_for(
        lambda: all(future.done() for _, future in played), "the stories", seconds=STORY_SECONDS
    )
    problems = [(name, future.exception()) for name, future in played]
    for _, problem in problems:
        if problem is not None and not isinstance(problem, (DemoError, requests.RequestException)):
            raise problem
    return [f"{name}: {problem}" for name, problem in problems if problem is not None]


def a_lamp_is_repaired(town: DemoTown) -> None:
    prasit = town.residents["ประสิทธิ์"]
    prasit.says("ไฟดับ 2 ดวง มา 3 คืนแล้ว ซอยมืดมากครับ")
    prasit.taps("ไม่มี")
    prasit.pins(16.43581, 102.82744, "หน้าวัดโพธิ์ชัย", "ถนนโพธิ์ชัย หมู่ 2 ต.ตัวอย่าง")
    prasit.sends_photos(pictures.dark_street())
    prasit.says("นายประสิทธิ์ ศรีวงศ์")
    prasit.says("081-555-0142")
    prasit.taps("ส่งเรื่อง")
    number = prasit.case_number()
    malee = town.officer("malee")
    malee.acts(number, "accept")
    malee.acts(number, "start")
    malee.acts(number, "finish", "เปลี่ยนหลอดใหม่ 2 ดวง ทดสอบแล้วสว่างปกติค่ะ", pictures.lit_street())
    prasit.says("ติดตามเรื่อง")
    prasit.taps("ใช้ได้แล้ว")
    prasit.taps("⭐⭐⭐⭐⭐")
    prasit.says("มาเร็วมาก ขอบคุณครับ")


def a_tap_runs_dry(town: DemoTown) -> None:
    wanna = town.residents["วรรณา"]
    wanna.says("น้ำไม่ไหลตั้งแต่เมื่อเช้า ทั้งซอยเลยค่ะ")
    wanna.taps("น้ำไม่ไหล")
    wanna.taps("ข้าม")
    wanna.pins(16.42917, 102.82103, "ซอยร่วมใจ 4", "หมู่ 4 ต.ตัวอย่าง")
    wanna.taps("ข้าม")
    wanna.says("นางวรรณา พรมมา")
    wanna.says("089-555-0177")
    wanna.taps("ส่งเรื่อง")


def a_road_needs_a_question(town: DemoTown) -> None:
    boonmee = town.residents["บุญมี"]
    boonmee.says("ถนนเป็นหลุมลึก รถจักรยานยนต์เกือบล้มครับ")
    boonmee.taps("ไม่มี")
    boonmee.says("ทางเข้าตลาดสด ฝั่งธนาคาร")
    boonmee.sends_photos(pictures.pothole())
    boonmee.says("นายบุญมี แสนสุข")
    boonmee.says("086-555-0119")
    boonmee.taps("ส่งเรื่อง")
    number = boonmee.case_number()
    malee = town.officer("malee")
    malee.acts(number, "accept")
    malee.acts(number, "ask", "หลุมอยู่เลนซ้ายหรือเลนขวาคะ กว้างประมาณกี่เมตร")


def a_cable_hangs(town: DemoTown) -> None:
    kamon = town.residents["กมล"]
    kamon.says("เสาไฟหน้าโรงเรียน สายไฟห้อยลงมาเกือบถึงพื้นค่ะ")
    kamon.taps("มีอันตราย")
    kamon.pins(16.43120, 102.82590, "หน้าโรงเรียนบ้านตัวอย่าง", "หมู่ 1 ต.ตัวอย่าง")
    kamon.sends_photos(pictures.hanging_cable())
    kamon.says("น.ส.กมล ทองดี")
    kamon.says("083-555-0163")
    kamon.taps("ส่งเรื่อง")


def smoke_drifts(town: DemoTown) -> None:
    aree = town.residents["อารีย์"]
    aree.says("ร้องเรียน มีคนเผาขยะทุกเย็น ควันเข้าบ้านค่ะ")
    aree.taps("เสียง กลิ่น ควัน")
    aree.says("ที่ว่างข้างร้านก๋วยเตี๋ยว หมู่ 3")
    aree.sends_photos(pictures.smoke())
    aree.taps("ขออย่าบอกชื่อ")
    aree.says("นางอารีย์ บุญมาก")
    aree.says("084-555-0128")
    aree.taps("ข้าม")
    aree.taps("ส่งเรื่อง")
    town.officer("somchai").acts(aree.case_number(), "accept")


STORIES: tuple[Callable[[DemoTown], None], ...] = (
    a_lamp_is_repaired,
    a_tap_runs_dry,
    a_road_needs_a_question,
    a_cable_hangs,
    smoke_drifts,
)
