"""The field macro: what a browser and a screen reader are told of a field's label, hint and problem."""

import pytest
from flask import Flask, render_template_string

# What a browser shows does not depend on the database behind it.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def render(app: Flask, call: str) -> str:
    with app.test_request_context():
        text = render_template_string(
            '{% from "pages/_fields.html" import area_field, input_field, select_field %}{{ ' + call + " }}"
        )
    return " ".join(text.split())


def test_a_plain_field_has_its_label_and_nothing_to_describe(app: Flask) -> None:
    assert render(app, "input_field('phone', 'โทรศัพท์')") == (
        '<div class="field"> <label for="phone">โทรศัพท์</label> <input id="phone" name="phone"> </div>'
    )


def test_hint_and_problem_are_told_to_a_screen_reader(app: Flask) -> None:
    shown = render(app, "area_field('note', 'ข้อความ', 'ค่ะ', hint='สั้น ๆ', problem='ว่าง', id='n')")
    assert (
        '<textarea id="n" name="note" rows="4" aria-invalid="true" aria-describedby="n-problem n-hint">ค่ะ<'
        in shown
    )
    assert '<p class="hint" id="n-hint">สั้น ๆ</p> <p class="problem" id="n-problem">ว่าง</p>' in shown


def test_attributes_are_written_by_name_and_left_out_where_they_do_not_hold(app: Flask) -> None:
    shown = render(
        app, "input_field('a', 'ก', type='date', data_unit='x', required=true, disabled=false, min=none)"
    )
    assert '<input id="a" name="a" type="date" data-unit="x" required>' in shown


def test_what_is_typed_cannot_leave_its_place(app: Flask) -> None:
    shown = render(app, """input_field('a', '<b>', '"><script>', hint='<i>', placeholder='"onfocus="')""")
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert '"onfocus' not in shown


def test_a_choice_begins_with_what_stands_for_none_and_shows_what_was_chosen(app: Flask) -> None:
    shown = render(app, "select_field('role', 'บทบาท', [('a', 'ก'), ('b', 'ข')], 'b', first='เลือก')")
    assert (
        '<option value="">เลือก</option> <option value="a" >ก</option> <option value="b" selected>ข</option>'
        in shown
    )
