"""Cursors: opaque, good for the list that gave them, and harmless whatever somebody makes of them."""

import base64
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


@given(st.data())
def test_an_edited_cursor_is_refused_or_still_names_whole_keys(data: st.DataObject) -> None:
    good = cursors.encode(LAST, LIST)
    place = data.draw(st.integers(min_value=0, max_value=len(good) - 1))
    changed = good[:place] + data.draw(st.characters(codec="ascii")) + good[place + 1 :]
    found = decoded(changed)
    assert found is None or {name: set(value) for name, value in found.items()} == {n: {t} for n, t in SHAPE.items()}


@given(numbers.filter(lambda text: not (text.isascii() and text.isdigit() and len(text) <= 20)))
def test_a_number_that_the_store_would_choke_on_is_refused(number: str) -> None:
    assert refused(packed([LIST, {**LAST, "at": {"N": number}}]))


@pytest.mark.parametrize(
    "last",
    [
        {},
        {"pk": LAST["pk"], "sk": LAST["sk"]},
        {**LAST, "more": {"S": "x"}},
        {**LAST, "sk": {"N": "1"}},
        {**LAST, "sk": {"S": ""}},
        {**LAST, "sk": {"S": "x" * 1025}},
        {**LAST, "sk": {"S": "é" * 513}},
        {**LAST, "sk": {}},
        {**LAST, "sk": {"S": "x", "": "y"}},
        {**LAST, "sk": {"": "x", "S": "y"}},
        {**LAST, "at": {"S": "1"}},
    ],
)
def test_a_start_key_of_another_form_is_refused(last: object) -> None:
    assert refused(packed([LIST, last]))


def test_a_refused_cursor_is_a_bad_field_like_any_other() -> None:
    with pytest.raises(ValidationFailed) as caught:
        cursors.decode("x", LIST, SHAPE)
    assert caught.value.fields == {"cursor": "is not a valid cursor for this list"}


def test_the_cursor_of_another_list_is_refused() -> None:
    assert refused(cursors.encode(LAST, "by_customer:demo#PERSON#2"))
    assert refused(cursors.encode(LAST, "by_courier:demo#PERSON#1"))
