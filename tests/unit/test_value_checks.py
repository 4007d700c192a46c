"""Values that msgspec accepts and the store or other code cannot process are refused."""

import pytest
from msgspec import Struct, json

from chalicelib.core.errors import MalformedJson
from chalicelib.edge.types import Cursor, EntityId, Latitude, Longitude, Text500
from chalicelib.edge.validation import parse_json, validation_errors
from tests.unit.validation_samples import Line, Parcel, Period, Plan, Tree, Van, refused, refused_query


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("1e999999", "is out of range"),
        ('"1e999999"', "must be a number"),
        ('"1.5"', "must be a number"),
        ('"384"', "must be a number"),
        ("1e9999999999999999999", "must be a number"),
        ('"NaN"', "must be a number"),
        ('"sNaN"', "must be a number"),
        ('"-Infinity"', "must be a number"),
        ("1" * 39, "must have at most 38 digits"),
        ("1" * 4000, "is out of range"),
        ("0." + "1" * 39, "must have at most 38 digits"),
        ("1e-39", "is out of range"),
        ("true", "must be a number"),
        ("[]", "must be a number"),
    ],
)
def test_a_quantity_that_the_store_cannot_hold_is_refused(number: str, message: str) -> None:
    raw = b'{"skuCode": "a", "quantity": ' + number.encode() + b"}"
    assert refused(raw, Line) == {"quantity": message}


def test_an_integer_of_thousands_of_digits_is_reported_by_field() -> None:
    digits = b"1" * 5000
    assert refused(b'{"load": %s}' % digits, Van) == {"load": "is out of range"}
    assert refused(b'{"quantity": %s}' % digits, Line) == {"skuCode": "is required", "quantity": "is out of range"}
    with pytest.raises(MalformedJson, match="out of range"):
        parse_json(digits)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**400])
def test_an_integer_beyond_64_bits_is_refused(number: int) -> None:
    assert refused(b'{"load": %d}' % number, Van) == {"load": "is out of range"}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e-200", "1" * 400])
def test_an_extreme_coordinate_is_refused(number: str) -> None:
    raw = b'{"pickupAddress": "a", "receiverPhone": "1", "pickupLng": 1, "pickupLat": ' + number.encode() + b"}"
    assert refused(raw, Parcel).keys() == {"pickupLat"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00"])
def test_a_time_without_a_utc_equivalent_is_refused(moment: str) -> None:
    assert refused(json.encode({"start": moment, "end": "2026-01-31T09:30:00Z"}), Period) == {
        "start": "is out of range"
    }


@pytest.mark.parametrize("place", ["name", "rest"])
def test_the_character_nul_is_refused_in_every_stored_value(place: str) -> None:
    class Note(Struct):
        name: str | None = None
        rest: object = None

    for value in (b'"a\\u0000b"', b'{"deep": ["\\u0000"]}', b'{"\\u0000": 1}')[: 1 if place == "name" else 3]:
        fields = refused(b'{"%s": %s}' % (place.encode(), value), Note)
        assert fields == {place: "must not contain the character U+0000"}


def test_half_a_surrogate_pair_is_refused() -> None:
    assert validation_errors({"name": "\ud800"}, Plan)["name"] == "must not contain half of a surrogate pair"
    assert refused_query({"note": ["\udc00"]}) == {"note": "must not contain half of a surrogate pair"}


@pytest.mark.parametrize("depth", [40, 200])
def test_a_value_nested_deeper_than_the_store_allows_is_refused(depth: int) -> None:
    raw = b'{"rest": ' + b"[" * depth + b"]" * depth + b"}"
    assert refused(raw, Tree) == {"rest": "is nested too deeply"}
    chain = b'{"children": [' * depth + b"]}" * depth
    assert list(refused(chain, Tree).values()) == ["is nested too deeply"]


def test_ids_have_no_separators_and_no_line_breaks() -> None:
    for bad in ("a#b", "a/b", "a b", "a\n", "\na", "é", "", "x" * 65):
        assert validation_errors(bad, EntityId), bad
    for good in ("a", "A-1_b.c", "x" * 64):
        assert not validation_errors(good, EntityId)


def test_errors_of_shared_types_state_their_bounds() -> None:
    assert validation_errors("", Cursor) == {"body": "must not be empty"}
    assert validation_errors(-90.5, Latitude) == {"body": "must be at least -90"}
    assert validation_errors(180.5, Longitude) == {"body": "must be at most 180"}
    assert validation_errors("\u2003\n", Text500) == {"body": "must not be empty"}
    assert validation_errors("x" * 501, Text500) == {"body": "must be at most 500 characters"}
