"""The canonical form of login names, and the form of refresh tokens."""

import hashlib
import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.ids import SystemIds
from chalicelib.identity.accounts.rules import canonical_name
from chalicelib.identity.accounts.tables import login_name_key
from chalicelib.identity.sessions.rules import (
    REUSE_WINDOW,
    RefreshDecision,
    RefreshParts,
    decide_refresh,
    parse_refresh,
)
from tests.builders.time import ManualClock

ROTATE, REPEAT, REVOKE = RefreshDecision.ROTATE, RefreshDecision.REPEAT, RefreshDecision.REVOKE
IDS = SystemIds(ManualClock())
SECRET = "s" * 43
alphabet = st.sampled_from(string.ascii_letters + string.digits + "._- \n=+/é")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Courier1", "courier1"),
        ("  anna@Example.ORG ", "anna@example.org"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("+31 6 1234-5678", "+31612345678"),
        ("+1 (555) 010.9999", "+15550109999"),
        ("+31", "+31"),
        ("0612345678", "0612345678"),
        ("a-b.c (d)", "a-b.c (d)"),
        ("+31 6 call me", "+31 6 call me"),
        ("", ""),
    ],
)
def test_canonical_name_of_spellings(written: str, name: str) -> None:
    assert canonical_name(written) == name


@given(st.text(max_size=20))
def test_canonical_name_is_idempotent(written: str) -> None:
    assert canonical_name(canonical_name(written)) == canonical_name(written)


@given(st.text(max_size=20))
def test_case_and_outer_spaces_do_not_matter(written: str) -> None:
    assert canonical_name(f" {written}\t") == canonical_name(written)
    assert canonical_name(written.casefold()) == canonical_name(written)


def test_accent_encodings_are_equal() -> None:
    assert canonical_name("Zoë") == canonical_name("Zoe\u0308")


@pytest.mark.parametrize("character", ["a", "%", "#", "ﷺ", "\U0001d160", "ΐ", "😀"])
def test_longest_name_fits_into_key(character: str) -> None:
    assert len(login_name_key(canonical_name(character * 254)).pk.encode()) <= 2048


def test_phone_number_needs_digits() -> None:
    assert canonical_name("+------") != canonical_name("+......")


@given(st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_refresh_token_round_trip(org_id: str) -> None:
    parts = RefreshParts(org_id, IDS.new(), IDS.new(), IDS.token())
    assert parse_refresh(parts.text) == parts


@given(st.text(alphabet=alphabet, max_size=80))
def test_other_text_is_no_refresh_token(text: str) -> None:
    parts = parse_refresh(text)
    assert parts is None or parts.text == text


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        "...",
        f"demo.s1.{SECRET}",
        f"demo.u1..{SECRET}",
        f"demo.u_1.s1.{SECRET}",
        f"demo.{SECRET}",
        f"demo..s1.{SECRET}",
        f".u1.s1.{SECRET}",
        f"demo.u1.s1.{'s' * 19}",
        f"demo.u1.s1.{'s' * 101}",
        f"demo.u1.s1.{SECRET}.more",
        f"demo.u1.s1.{SECRET}\n",
        f" demo.u1.s1.{SECRET}",
        f"de#mo.u1.s1.{SECRET}",
        f"demo.u1.s_1.{SECRET}",
        f"demo.u1.s1.{SECRET[:-1]}é",
        f"{'x' * 65}.u1.s1.{SECRET}",
    ],
)
def test_malformed_refresh_token_is_none(token: str) -> None:
    assert parse_refresh(token) is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10**9))
def test_decision_depends_on_distance_from_newest_token(presented: int, newest: int, age_ms: int) -> None:
    age = timedelta(milliseconds=age_ms)
    decision = decide_refresh(presented, newest, age)
    within_window = age < REUSE_WINDOW
    expected = {0: ROTATE, 1: REPEAT, 2: REPEAT if within_window else REVOKE}
    assert decision is expected.get(max(newest - presented, 0), REVOKE)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=40))
def test_any_sequence_of_refreshes_has_one_chain(steps: list[tuple[int, int]]) -> None:
    """Refresh with tokens that lie some steps behind the newest, some seconds after each other."""
    newest, age_s = 0, 0
    for behind, seconds in steps:
        age_s += seconds
        decision = decide_refresh(newest - behind, newest, timedelta(seconds=age_s))
        assert (decision is ROTATE) == (behind == 0)
        assert (decision is REVOKE) == (behind > 2 or (behind == 2 and age_s >= 30))
        if decision is ROTATE:
            newest, age_s = newest + 1, 0


def test_refresh_secret_is_stored_as_hash() -> None:
    parts = RefreshParts("demo", "u1", "s1", SECRET)
    assert parts.hash == hashlib.sha256(SECRET.encode()).hexdigest()
    assert SECRET not in parts.hash


def test_refresh_token_repr_hides_secret() -> None:
    assert SECRET not in repr(RefreshParts("demo", "u1", "s1", SECRET))
