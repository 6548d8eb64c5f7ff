"""Serves the pages on which staff write warning templates, approve those of others, and retire them."""

from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console.broadcasts import wording
from staff_console.broadcasts.emergency_template_page import page_of, template_in
from staff_console.broadcasts.forms import LONGEST_TITLE, check_content, form_words, readable
from staff_console.broadcasts.parts import (
    NoSuchPart,
    Part,
    Problems,
    change,
    line,
    new_part,
    read_parts,
    take_pictures,
    without_blanks,
)
from staff_console.broadcasts.preview_messages import phone_of_content
from staff_console.context import context, me
from staff_console.forms import new_form_token, press
from store.audit.log import Subject, write_down
from store.broadcasts import emergency as lane
from store.broadcasts.transitions import ActRefused
from store.line.limits import units

emergency_templates = Blueprint("emergency_templates", __name__)
Page = str | Response | tuple[str, int]


@dataclass
class TypedTemplate:
    title: str = ""
    message: list[Part] = field(default_factory=list)


@emergency_templates.get("/broadcasts/emergency/new")
def ask() -> str:
    with context().database.reading() as session:
        return _page(session, TypedTemplate(message=[{**new_part("card"), "look": "warning"}]))


@emergency_templates.post("/broadcasts/emergency/new")
def write() -> Page:
    typed = TypedTemplate(line("title"), read_parts("message"))
    problems = take_pictures("message", typed.message)
    if (do := request.form.get("do", "look")) == "save":
        return _save(typed, problems)
    try:
        prefix, *steps = do.split(".")
        if prefix == "message":
            change(typed.message, steps)
    except NoSuchPart:
        abort(400)
    with context().database.reading() as session:
        return _page(session, typed, problems), 400 if problems else 200


def _save(typed: TypedTemplate, problems: Problems) -> Page:
    with context().database.reading() as session:
        if not typed.title or units(typed.title) > LONGEST_TITLE:
            problems["title"] = "too_long" if typed.title else "empty"
        problems = check_content(session, "message", typed) | problems
        if problems:
            return _page(session, typed, problems), 400
    try:
        with context().database.transaction() as session:
            press(session, url_for("emergency.show_all"))
            made = lane.write_template(session, typed.title, without_blanks(typed.message), me())
            write_down(session, "write_template", staff_id=me().id, about=Subject("template", made.id))
    except ActRefused as error:
        with context().database.reading() as session:
            return _page(session, typed, {"message": error.reason}), 400
    flash("บันทึกแม่แบบแล้ว ต้องให้หัวหน้างานท่านอื่นอนุมัติก่อนจึงใช้ได้", "good")
    return redirect(url_for("emergency.ask", template_id=made.id), 303)


@emergency_templates.post("/broadcasts/emergency/<int:template_id>/approve")
def approve(template_id: int) -> Page:
    back = url_for("emergency.ask", template_id=template_id)
    try:
        with context().database.transaction() as session:
            template = template_in(session, template_id, hold=True)
            press(session, back)
            lane.approve_template(template, me())
            write_down(session, "approve_template", staff_id=me().id, about=Subject("template", template_id))
    except ActRefused as error:
        with context().database.reading() as session:
            page = page_of(session, template_in(session, template_id), problems={"form": error.reason})
        return page, 403 if error.reason in wording.FORBIDDEN else 409
    flash("อนุมัติแม่แบบแล้ว ใช้ส่งเตือนภัยได้ทันที", "good")
    return redirect(back, 303)


@emergency_templates.post("/broadcasts/emergency/<int:template_id>/retire")
def retire(template_id: int) -> Page:
    with context().database.transaction() as session:
        template = template_in(session, template_id, hold=True)
        try:
            lane.retire_template(template, me())
        except ActRefused:
            abort(403)
        write_down(session, "retire_template", staff_id=me().id, about=Subject("template", template_id))
    flash("เลิกใช้แม่แบบแล้ว", "good")
    return redirect(url_for("emergency.show_all"), 303)


def _page(session: Session, typed: TypedTemplate, problems: Problems | None = None) -> str:
    return render_template(
        "broadcasts/emergency_editor.html",
        typed=typed,
        phone_shown=phone_of_content(session, readable(typed.message)),
        problems=problems or {},
        said=wording.said,
        token=request.form.get("form_token") or new_form_token(),
        **form_words(session),
    )
