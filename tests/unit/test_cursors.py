"""Cursors: opaque, good for the list that gave them, and harmless whatever somebody makes of them."""

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core import cursors
from chalicelib.core.errors import ValidationFailed

LIST = "by_customer:demo#PERSON#1"
SHAPE = {"pk": "S", "sk": "S", "at": "N"}
LAST = {"pk": {"S": "demo#ORDER#7"}, "sk": {"S": "ORDER"}, "at": {"N": "1772366400000"}}


def packed(content: object) -> str:
    """Anything, in the form of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def forged(*values: object) -> str:
    """A cursor of this list with other values, made by somebody who knows how."""
    text = json.dumps([LIST, *values], separators=(",", ":"), ensure_ascii=False)
    return packed([hashlib.sha256(text.encode()).hexdigest()[:24], list(values)])


def decoded(cursor: str) -> dict[str, dict[str, str]] | None:
    """The start key, or None if the cursor is refused; anything else that is raised fails the test."""
    try:
        return cursors.decode(cursor, LIST, SHAPE)
    except ValidationFailed:
        return None


def refused(cursor: str) -> bool:
    """Whether it is."""
    return decoded(cursor) is None


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))
numbers = st.one_of(
    st.sampled_from(["²", "٣", "1e5", "-", "", "NaN", "1.5", "9" * 30, " 1", "1\n"]), st.text(max_size=4)
)


@given(st.text(max_size=30), st.text(max_size=30), st.integers(min_value=0, max_value=10**15))
def test_a_list_goes_on_where_its_cursor_says(pk: str, sk: str, at: int) -> None:
    last = {"pk": {"S": f"k{pk}"}, "sk": {"S": f"k{sk}"}, "at": {"N": str(at)}}
    assert decoded(cursors.encode(last, LIST)) == last


def test_a_cursor_fits_into_a_url_as_it_is() -> None:
    assert cursors.encode({**LAST, "sk": {"S": "?ÿ>~"}}, LIST).replace("-", "").replace("_", "").isalnum()


@given(st.text())
@example("")
@example("=")
@example("A")
@example("%%%")
@example("ä" * 8)
@example(base64.urlsafe_b64encode(b"[" * 20_000).decode())
@example(base64.urlsafe_b64encode(b'["\xff", {}]').decode())
def test_no_text_that_somebody_makes_up_is_a_cursor(cursor: str) -> None:
    assert refused(cursor)


@given(values)
def test_no_content_that_somebody_makes_up_is_a_cursor(content: Any) -> None:
    assert refused(packed(content))
    assert refused(packed([LIST, content]))
    assert refused(forged(content))


@given(st.data())
def test_an_edited_cursor_is_refused(data: st.DataObject) -> None:
    good = cursors.encode(LAST, LIST)
    place = data.draw(st.integers(min_value=0, max_value=len(good) - 1))
    changed = good[:place] + data.draw(st.characters(codec="ascii")) + good[place + 1 :]
    assert decoded(changed) in (None, LAST)


@given(numbers.filter(lambda text: not (text.isascii() and text.isdigit() and len(text) <= 20)))
def test_a_number_that_the_store_would_choke_on_is_refused(number: str) -> None:
    assert refused(forged(number, "demo#ORDER#7", "ORDER"))


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("1", "demo#ORDER#7"),
        ("1", "demo#ORDER#7", "ORDER", "x"),
        ("1", "demo#ORDER#7", 1),
        ("1", "demo#ORDER#7", None),
        ("1", "demo#ORDER#7", {"S": "ORDER"}),
        ("1", "demo#ORDER#7", ""),
        ("1", "demo#ORDER#7", "x" * 1025),
        ("1", "demo#ORDER#7", "é" * 513),
        ("x", "demo#ORDER#7", "ORDER"),
    ],
)
def test_a_start_key_of_another_form_is_refused(values: tuple[object, ...]) -> None:
    assert decoded(forged("1", "demo#ORDER#7", "ORDER")) is not None
    assert refused(forged(*values))


def test_a_cursor_names_no_list_and_no_attribute() -> None:
    cursor = cursors.encode(LAST, LIST)
    content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    assert not [name for name in ("by_customer", '"pk"', '"sk"', '"at"') if name in content]


def test_a_refused_cursor_is_a_bad_field_like_any_other() -> None:
    with pytest.raises(ValidationFailed) as caught:
        cursors.decode("x", LIST, SHAPE)
    assert caught.value.fields == {"cursor": "is not a valid cursor for this list"}


def test_the_cursor_of_another_list_is_refused() -> None:
    assert refused(cursors.encode(LAST, "by_customer:demo#PERSON#2"))
    assert refused(cursors.encode(LAST, "by_courier:demo#PERSON#1"))
