"""Tests tracking codes: they cannot be guessed, can be read over the phone, and reveal a typing error."""

import re

from hypothesis import given
from hypothesis import strategies as st

from store.database.sequences import check_sign, new_tracking_code
from tests.pure.strategies import SOME

SIGNS = "23456789ABCDEFGHJKLMNPRSTUVWXYZ"
DRAWN = [5, 6, 7, 8, 10, 11, 12, 13]  # where the random signs stand in TX70-K7QP-94M2
_CODES = st.builds(
    lambda signs: f"TX70-{''.join(signs[:4])}-{''.join(signs[4:])}",
    st.lists(st.sampled_from(SIGNS), min_size=8, max_size=8),
)


def test_a_code_names_town_and_year_and_has_no_sign_that_is_read_as_another():
    code = new_tracking_code("TX", 2570)
    assert re.fullmatch(rf"TX70-[{SIGNS}]{{4}}-[{SIGNS}]{{4}}-[{SIGNS}]", code)
    assert not set("IOQ10") & set(code[5:])


def test_codes_do_not_repeat():
    assert len({new_tracking_code("TX", 2570) for _ in range(500)}) == 500


def test_a_code_ends_with_its_check_sign():
    code = new_tracking_code("TX", 2570)
    assert check_sign(code[:-2]) == code[-1]


@given(_CODES, st.sampled_from(DRAWN), st.sampled_from(SIGNS))
@SOME
def test_a_sign_misread_is_noticed(code, place, other):
    wrong = code[:place] + other + code[place + 1 :]
    assert (check_sign(wrong) == check_sign(code)) == (wrong == code)


@given(_CODES, st.sampled_from([5, 6, 7, 10, 11, 12]))
@SOME
def test_two_neighbours_exchanged_are_noticed(code, place):
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (check_sign(wrong) == check_sign(code)) == (wrong == code)
