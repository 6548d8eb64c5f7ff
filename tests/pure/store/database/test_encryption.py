"""Tests that values can be decrypted only for their own column, with a key we have, and unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.database.encryption import CannotDecrypt, Cipher, DatabaseCipher, DatabaseSecret, WrongDataKey
from tests.pure.strategies import SOME

ROW, OTHER_ROW = b"r" * 16, b"q" * 16
OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
SECRET = "สมศรี ใจดี".encode()


def encrypted(about: str = "resident.person") -> bytes:
    return Cipher((OLD,)).encrypt(SECRET, about)


@given(st.binary(max_size=300), st.text(max_size=20))
@SOME
def test_what_was_sealed_opens_again(plain, about):
    cipher = Cipher((OLD,))
    assert cipher.decrypt(cipher.encrypt(plain, about), about) == plain


def test_a_sealed_value_shows_nothing_of_what_it_holds():
    assert SECRET not in encrypted()


def test_the_same_value_never_looks_the_same_twice():
    assert encrypted() != encrypted()


def test_a_value_moved_to_another_column_does_not_open():
    with pytest.raises(CannotDecrypt, match="changed or moved"):
        Cipher((OLD,)).decrypt(encrypted(), "case.answers")


@pytest.mark.parametrize("place", range(len(encrypted())))
def test_a_value_with_one_byte_changed_does_not_open(place):
    changed = bytearray(encrypted())
    changed[place] ^= 1
    with pytest.raises(CannotDecrypt):
        Cipher((OLD,)).decrypt(bytes(changed), "resident.person")


@pytest.mark.parametrize("length", range(len(encrypted())))
def test_a_value_cut_short_does_not_open(length):
    with pytest.raises(CannotDecrypt):
        Cipher((OLD,)).decrypt(encrypted()[:length], "resident.person")


def test_a_value_moved_to_another_row_does_not_open():
    cipher = Cipher((OLD,))
    value = cipher.encrypt(SECRET, "resident.person", ROW)
    assert cipher.decrypt(value, "resident.person", ROW) == SECRET
    for row, about in ((OTHER_ROW, "resident.person"), (b"", "resident.person"), (ROW, "case.answers")):
        with pytest.raises(CannotDecrypt):
            cipher.decrypt(value, about, row)


@pytest.mark.parametrize("row", [b"", ROW])
def test_a_value_does_not_open_as_one_of_another_version(row):
    cipher = Cipher((OLD,))
    value = cipher.encrypt(SECRET, "resident.person", row)
    other = (b"\x02" if value[:1] == b"\x01" else b"\x01") + value[1:]
    for key in (b"", ROW):
        with pytest.raises(CannotDecrypt):
            cipher.decrypt(other, "resident.person", key)


def test_another_key_does_not_open():
    with pytest.raises(CannotDecrypt, match=r"No key in DATA_KEY opens resident.person"):
        Cipher((OTHER,)).decrypt(encrypted(), "resident.person")


def test_after_a_rotation_old_values_open_and_new_ones_need_the_new_key():
    rotated = Cipher((NEW, OLD))
    assert rotated.decrypt(encrypted(), "resident.person") == SECRET
    fresh = rotated.encrypt(SECRET, "resident.person")
    assert Cipher((NEW,)).decrypt(fresh, "resident.person") == SECRET
    with pytest.raises(CannotDecrypt):
        Cipher((OLD,)).decrypt(fresh, "resident.person")


def town_sealer(*keys, secret):
    return DatabaseCipher(keys, lambda: secret)


def test_fingerprints_survive_a_rotation_and_tell_nothing_without_the_key():
    line_id = "U" + "1" * 32
    secret, another = DatabaseSecret(b"s" * 32), DatabaseSecret(b"t" * 32)
    before = town_sealer(OLD, secret=secret.encrypted(Cipher((OLD,)))).fingerprint(line_id)
    assert line_id not in before
    rotated = town_sealer(NEW, OLD, secret=secret.encrypted(Cipher((OLD,))))
    rekeyed = town_sealer(NEW, secret=secret.encrypted(Cipher((NEW,))))
    elsewhere = town_sealer(NEW, secret=another.encrypted(Cipher((NEW,))))
    assert rotated.fingerprint(line_id) == rekeyed.fingerprint(line_id) == before
    assert elsewhere.fingerprint(line_id) != before


def test_nothing_is_sealed_for_a_database_whose_secret_does_not_open():
    for secret in (DatabaseSecret(b"s" * 32).encrypted(Cipher((OLD,))), None, b"", b"no secret"):
        stranger = town_sealer(OTHER, secret=secret)
        with pytest.raises(WrongDataKey):
            stranger.encrypt_value("สมศรี", "resident.person", ROW)
        with pytest.raises(WrongDataKey):
            stranger.fingerprint("U1")
