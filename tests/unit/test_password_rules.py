"""Rules for passwords, and lockouts."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.settings import Settings, settings
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.passwords import (
    check_new,
    common_passwords,
    dummy_hash,
    hash_password,
    hasher,
    matches,
)
from chalicelib.identity.accounts.rules import MAX_PASSWORD, MIN_PASSWORD, PasswordOwner, password_error
from chalicelib.identity.sessions.rules import locked_until
from tests.builders.time import START

QUARTER = timedelta(minutes=15)
OWN = PasswordOwner("anna.smith", "Anna Maria Smith", "anna.smith@example.org", "+31612345678", "Fox & Hounds B.V.")


def wide(ascii_text: str) -> str:
    """Return the text in full-width characters, as some keyboards write it."""
    return "".join(chr(ord(character) + 0xFEE0) for character in ascii_text)


def flaw(password: str) -> str | None:
    return password_error(password, OWN, common_passwords())


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "x7!kQ02_zz",
        "пароль для Анны",
        "🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋!",
        "ann goes home",
        "foxes hunting",
    ],
)
def test_uncommon_password_of_ten_characters_is_accepted(password: str) -> None:
    assert flaw(password) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "at least 10"),
        ("x7!kQ02_z", "at least 10"),
        ("x7!kQ02_zz" * 13, "at most 128"),
        ("Password123", "too common"),
        ("qwertyUIOP", "too common"),
        ("  iloveyou123  ", "too common"),
        ("abababababab", "too common"),
        ("Anna.Smith", "your own"),
        ("annamariasmith", "your own"),
        ("ANNA MARIA SMITH", "your own"),
        ("anna.smith@example.org", "your own"),
        ("+31612345678", "your own"),
        ("anna.smith goes home", "must not contain"),
        ("the garden of MARIA", "must not contain"),
        (wide("garden-of-SMITH"), "must not contain"),
        ("twelve hounds run", "must not contain"),
        ("fuck_inside", "too common"),
        ("    qwerty    ", "too common"),
        (wide("QwertyUIOP"), "too common"),
    ],
)
def test_weak_password_is_refused_with_reason(password: str, said: str) -> None:
    assert said in (flaw(password) or "nothing")


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\x00", "\u034f", "\ufe0f", "\u3164"])
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("x7!kQ02_z", "at least 10"),
        ("Password123", "too common"),
        ("abababababab", "too common"),
        ("annamariasmith", "your own"),
        ("the garden of MARIA", "must not contain"),
        (wide("garden-of-SMITH"), "must not contain"),
    ],
)
def test_invisible_characters_do_not_hide_a_weak_password(password: str, said: str, hidden: str) -> None:
    assert said in (flaw(hidden + hidden.join(password)) or "nothing")


def test_invisible_characters_in_names_do_not_allow_the_name_as_password() -> None:
    owner = PasswordOwner("bo", "Qu\u200cux")
    assert "must not contain" in (password_error("quux-1234567", owner, common_passwords()) or "nothing")


def test_a_password_is_compared_with_its_invisible_characters() -> None:
    assert not matches(hash_password("cafe au lait!\u200b"), "cafe au lait!")


def test_password_error_names_field() -> None:
    with pytest.raises(ValidationFailed) as caught:
        check_new("short", OWN, "newPassword")
    assert set(caught.value.fields) == {"newPassword"}


def test_common_passwords_are_published_ones_and_our_own() -> None:
    folder = Path(passwords.__file__).parent
    own = (folder / "common_passwords.txt").read_text().splitlines()
    assert len(common_passwords()) == 30_000 + len(own)
    assert len(own) > 2000
    assert all(MIN_PASSWORD <= len(one) <= MAX_PASSWORD for one in own)
    assert all(one == one.casefold() for one in common_passwords())


def test_short_names_may_be_contained() -> None:
    owner = PasswordOwner("bo", "Bo Li", organisation="Abc")
    assert password_error("bo likes abc books", owner, common_passwords()) is None


@pytest.mark.parametrize("typed", ["caf\u00e9 au lait!", "cafe\u0301 au lait!", wide("cafe") + "\u0301 au lait!"])
def test_password_matches_in_any_encoding_of_its_characters(typed: str) -> None:
    assert matches(hash_password("cafe\u0301 au lait!"), typed)


def test_hash_of_a_password_that_was_not_normalised_still_matches() -> None:
    earlier = hasher(settings().password_memory_kib).hash("cafe\u0301 au lait!")
    assert matches(earlier, "cafe\u0301 au lait!")
    assert not matches(earlier, "caf\u00e9 au lait!")


@pytest.mark.parametrize("memory_kib", [settings().password_memory_kib, Settings().password_memory_kib])
def test_dummy_hash_has_same_parameters(memory_kib: int) -> None:
    """The hash names its own cost."""
    dummy, real = dummy_hash(memory_kib), hasher(memory_kib).hash("anything")
    parameters = [stored.rsplit("$", 2)[0] for stored in (dummy, real)]
    assert parameters[0] == parameters[1]
    assert [len(part) for part in dummy.split("$")] == [len(part) for part in real.split("$")]
    assert not matches(None, "anything")


# --- lockout ---------------------------------------------------------------------------------------------------


def test_lock_lasts_one_window_after_last_of_five() -> None:
    failures = [START + timedelta(minutes=minute) for minute in (0, 3, 6, 9, 12)]
    assert locked_until(failures, 5, QUARTER) == START + timedelta(minutes=27)
    assert locked_until(failures[:4], 5, QUARTER) is None
    assert locked_until([], 5, QUARTER) is None


def test_five_failures_over_full_window_do_not_lock() -> None:
    failures = [START, *[START + QUARTER] * 4]
    assert locked_until(failures, 5, QUARTER) is None
    assert locked_until([*failures, START + QUARTER], 5, QUARTER) == START + 2 * QUARTER


@given(st.lists(st.integers(0, 7200), max_size=30), st.integers(1, 6))
def test_locked_exactly_if_some_window_has_enough_failures(seconds: list[int], most: int) -> None:
    failures = [START + timedelta(seconds=second) for second in seconds]
    locking = [last for last in failures if sum(last - QUARTER < one <= last for one in failures) >= most]
    assert locked_until(failures, most, QUARTER) == (max(locking) + QUARTER if locking else None)
