"""Arbitrary input is decoded into a struct or refused, and decoding agrees with the collection of errors."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import BatonError, MalformedJson, ValidationFailed
from chalicelib.edge.error_collector import MAX_ERRORS
from chalicelib.edge.validation import decode_body, decode_query, parse_json, validation_errors
from tests.environment import examples
from tests.unit.validation_samples import Bike, Filter, Line, Page, Parcel, Period, Plan, Tree, Van

KINDS: list[Any] = [Parcel, Line, Plan, Period, Filter, Tree, Page[Bike], Van, list[Van | Bike], dict[str, Line]]

NAMES = sorted(
    {
        name
        for kind in (Parcel, Line, Plan, Period, Filter, Tree, Page, Van, Bike)
        for name in kind.__struct_encode_fields__
    }
    | {"kind", "extra"}
)
TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "a-1",
            "S",
            "van",
            "bike",
            "2026-01-31T09:30:00Z",
            "0001-01-01T00:00:00+14:00",
            "1.5",
            "NaN",
            "1e999999",
            "-Infinity",
            "1" * 40,
            "true",
            "null",
            "a\0",
            "x" * 501,
            "\uff12",
            "1_0",
            " 1 ",
        ],
    ),
    st.text(max_size=8),
)
NUMBERS = st.one_of(
    st.integers(-3, 200),
    st.integers(),
    st.sampled_from([2**63, -(2**63), 10**38, 10**400]),
    st.floats(allow_nan=False, allow_infinity=False),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXTS), inner, max_size=8),
    ),
    max_leaves=30,
)


def shaped(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with the names of `kind`, so that some of them are valid."""
    good: dict[str, st.SearchStrategy[Any]] = {
        "pickupAddress": st.just("Elm 1"),
        "receiverPhone": st.just("1"),
        "skuCode": st.just("a-1"),
        "quantity": st.sampled_from([1, 1.5, "2.50"]),
        "name": st.just("x"),
        "start": st.just("2026-01-31T09:30:00Z"),
        "end": st.sampled_from(["2026-01-31T10:30:00Z", "2026-01-30T09:30:00Z"]),
        "lines": st.just([{"skuCode": "a", "quantity": 1}]),
        "periods": st.just([]),
    }
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(good.get(name, SCALARS), good.get(name, SCALARS), VALUES)
            for name in kind.__struct_encode_fields__
        },
    )


ANYTHING = st.one_of(VALUES, *(shaped(kind) for kind in (Parcel, Line, Plan, Period, Filter, Tree)))
QUERIES = st.dictionaries(st.sampled_from(NAMES), st.lists(TEXTS, max_size=3), max_size=8)


def refusal(read: Callable[[], object]) -> BatonError | None:
    """Return the error of the API that reading raises, if any; any other error fails the test."""
    try:
        read()
    except BatonError as error:
        return error
    return None


def errors_of(raw: bytes, kind: Any) -> Mapping[str, str]:
    """Return the validation errors of valid JSON."""
    error = refusal(lambda: decode_body(raw, kind))
    if error is None:
        return {}
    assert isinstance(error, ValidationFailed)
    assert 0 < len(error.fields) <= MAX_ERRORS
    assert all(text and text == text.strip() and "`" not in text for text in error.fields.values())
    return error.fields


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=examples(60), deadline=None)
@given(raw=st.one_of(st.binary(max_size=40), st.binary(max_size=40).map(lambda end: b'{"rest": "' + end)))
def test_arbitrary_bytes_never_crash(kind: Any, raw: bytes) -> None:
    assert isinstance(refusal(lambda: parse_json(raw)), MalformedJson | None)
    assert isinstance(refusal(lambda: decode_body(raw, kind)), MalformedJson | ValidationFailed | None)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=examples(150), deadline=None)
@given(value=ANYTHING)
@example(value={"quantity": 5e-324})
def test_decoding_and_error_collection_agree_on_any_json(kind: Any, value: Any) -> None:
    errors = errors_of(msgspec.json.encode(value), kind)
    assert bool(errors) == bool(validation_errors(value, kind))


@settings(max_examples=examples(300), deadline=None)
@given(value=shaped(Parcel))
def test_one_more_bad_field_adds_one_error(value: dict[str, Any]) -> None:
    """An invalid field hides no error of another field."""
    before = validation_errors(value, Parcel)
    after = validation_errors(value | {"due": "never"}, Parcel)
    assert after.keys() == before.keys() | {"due"}


@pytest.mark.parametrize("kind", [Filter, Period, Line, Van], ids=str)
@settings(max_examples=examples(150), deadline=None)
@given(params=QUERIES)
def test_an_arbitrary_query_is_decoded_or_has_errors(kind: Any, params: dict[str, list[str]]) -> None:
    error = refusal(lambda: decode_query(params, kind))
    assert error is None or error.fields


@settings(max_examples=examples(200), deadline=None)
@given(value=VALUES)
def test_an_accepted_value_can_be_encoded_and_decoded_again(value: Any) -> None:
    """An accepted free-form value can be encoded again."""
    raw = msgspec.json.encode({"rest": value})
    if not errors_of(raw, Tree):
        assert decode_body(msgspec.json.encode(decode_body(raw, Tree)), Tree) == decode_body(raw, Tree)
