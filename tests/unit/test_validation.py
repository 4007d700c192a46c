"""The validation errors of bodies and queries: every bad field at once, by the name that clients use."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType, field, json

from chalicelib.core.errors import MalformedJson
from chalicelib.edge.error_collector import MAX_ERRORS
from chalicelib.edge.validation import decode_body, decode_query, parse_json, validation_errors
from tests.unit.validation_samples import (
    Bike,
    Filter,
    Line,
    Page,
    Parcel,
    Period,
    Plan,
    Size,
    Tree,
    Van,
    refused,
    refused_query,
)

# --- bodies ----------------------------------------------------------------------------------------------------


def test_a_valid_body_is_decoded_into_its_struct() -> None:
    raw = b"""{"pickupAddress": "Elm 1", "receiverPhone": "+49 1", "ignored": true, "due": "2026-01-31T09:30:00Z",
               "lines": [{"skuCode": "a-1", "quantity": 1.10, "size": "S"}], "labels": {"x": 1}}"""
    assert decode_body(raw, Parcel) == Parcel(
        pickup_address="Elm 1",
        receiver_phone="+49 1",
        lines=[Line("a-1", Decimal("1.10"), Size.SMALL)],
        labels={"x": 1},
        due=datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
    )


def test_every_bad_field_is_reported_by_the_name_that_clients_use() -> None:
    raw = b"""{"pickupAddress": " ", "pickupLat": "north", "labels": {"a": 0, "b": 5, "c": "x"},
               "due": "2026-01-31T09:30:00",
               "lines": [{"skuCode": "a b", "quantity": "many", "extra": 1}, {"skuCode": "ok", "quantity": 2},
                         {"size": "M"}, 7]}"""
    assert refused(raw, Parcel) == {
        "pickupAddress": "must not be empty",
        "receiverPhone": "is required",
        "lines": "must have at most 3 entries",
        "lines.0.skuCode": "must consist of letters, digits, '.', '_' and '-' only",
        "lines.0.quantity": "must be a number",
        "lines.0.extra": "is not expected here",
        "lines.2.skuCode": "is required",
        "lines.2.quantity": "is required",
        "lines.2.size": "must be one of S, L",
        "lines.3": "must be an object",
        "labels.a": "must be at least 1",
        "labels.c": "must be a whole number",
        "pickupLat": "must be a number",
        "due": "must include a time zone, as in 2026-01-31T09:30:00Z",
    }


@pytest.mark.parametrize("raw", [b"[]", b"7", b'"x"', b"true"])
def test_a_body_that_is_not_an_object_is_reported_as_body(raw: bytes) -> None:
    assert refused(raw, Parcel) == {"body": "must be an object"}


def test_a_null_body_is_reported_as_body() -> None:
    assert refused(b"null", Parcel) == {"body": "must not be null"}


def test_entries_of_a_list_are_reported_by_index() -> None:
    assert refused(b'[{"skuCode": "a"}]', list[Line]) == {"0.quantity": "is required"}


def test_a_duplicate_key_cannot_hide_a_bad_value() -> None:
    raw = b'{"skuCode": 1, "skuCode": "a", "quantity": 1}'
    assert refused(raw, Line) == {"skuCode": "must be text"}


def test_at_most_a_hundred_errors_are_reported() -> None:
    fields = refused(b"[" + b"{}," * 100_000 + b"{}]", list[Line])
    assert len(fields) == MAX_ERRORS
    assert "49.quantity" in fields


def test_a_long_unknown_field_name_is_cut() -> None:
    raw = b'{"skuCode": "a", "quantity": 1, "' + b"x" * 100_000 + b'": 1}'
    assert refused(raw, Line) == {"x" * 64 + "...": "is not expected here"}


def test_a_bad_key_of_a_dictionary_is_reported() -> None:
    fields = validation_errors({"abc": 1, "b": "x"}, dict[Annotated[str, Meta(max_length=2)], int])
    assert fields == {"body": "has a key that must be at most 2 characters", "b": "must be a whole number"}


def test_the_tag_selects_the_struct_type() -> None:
    kind: object = list[Van | Bike]
    assert validation_errors([{"kind": "van", "load": 1}, {"kind": "bike", "gears": 3}], kind) == {}
    assert validation_errors([{"kind": "bike", "load": 1}, {"kind": "ship"}, {}], kind) == {
        "0.gears": "is required",
        "0.load": "is not expected here",
        "1.kind": "is not one of the accepted values",
        "2.kind": "is required",
    }


def test_the_items_of_a_generic_page_are_checked() -> None:
    assert validation_errors({"items": [{"gears": "x"}]}, Page[Bike]) == {"items.0.gears": "must be a whole number"}


# --- rules across fields ---------------------------------------------------------------------------------------


def test_contradicting_fields_are_reported_if_each_is_valid() -> None:
    raw = b'{"pickupAddress": "a", "receiverPhone": "1", "pickupLat": 1}'
    assert refused(raw, Parcel) == {"pickupLng": "is required beside the other coordinate"}


def test_contradicting_fields_are_reported_with_invalid_ones() -> None:
    assert refused(b'{"receiverPhone": 1, "pickupLat": 1}', Parcel) == {
        "pickupAddress": "is required",
        "receiverPhone": "must be text",
        "pickupLng": "is required beside the other coordinate",
    }


def test_an_invalid_field_is_reported_once_with_its_own_error() -> None:
    fields = refused(b'{"pickupAddress": "a", "receiverPhone": "1", "pickupLat": 91, "pickupLng": 1}', Parcel)
    assert fields == {"pickupLat": "must be at most 90"}


def test_cross_checks_inside_lists_get_decoded_values() -> None:
    day = [f"2026-01-31T0{hour}:00:00Z" for hour in range(3)]
    good, turned = {"start": day[0], "end": day[1]}, {"start": day[2], "end": day[1]}
    alone = refused(json.encode({"name": "x", "periods": [good, turned]}), Plan)
    assert alone == {"periods.1.end": "must not be before start"}
    together = refused(json.encode({"periods": [turned, {"start": 5}]}), Plan)
    assert together == {
        "name": "is required",
        "periods.0.end": "must not be before start",
        "periods.1.start": "must be a date-time such as 2026-01-31T09:30:00Z",
        "periods.1.end": "is required",
    }


def test_a_cross_check_gets_defaults_and_no_absent_fields() -> None:
    seen: list[Mapping[str, object]] = []

    class Watched(Struct, rename="camel"):
        first_name: str
        age: int = 7
        tags: list[str] = field(default_factory=list)
        note: str | None = None
        left: int | UnsetType = UNSET

        @staticmethod
        def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
            seen.append(present)
            return {}

    decode_body(b'{"firstName": "x", "note": null}', Watched)
    refused(b'{"firstName": "x", "left": "y"}', Watched)
    expected: dict[str, object] = {"firstName": "x", "age": 7, "tags": []}
    assert seen == [expected, expected]


# --- what is not JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The body is empty. Send a JSON value."),
        (b'{"a": ', "The body ends before its JSON is complete."),
        (b'{"a": 1,}', "The body is not valid JSON: trailing comma in object (byte 8)."),
        (b"[1 2]", "The body is not valid JSON: expected ',' or ']' (byte 3)."),
        (b"NaN", "The body is not valid JSON: invalid character (byte 0)."),
        (b'{"a": Infinity}', "The body is not valid JSON: invalid character (byte 6)."),
        (b"01", "The body is not valid JSON: invalid number (byte 1)."),
        (b'"\x00"', "The body is not valid JSON: invalid character (byte 1)."),
        (b'{"a": "x\xff"}', "The body is not valid UTF-8 (byte 8)."),
        (b'{"\xed\xa0\x80": 1}', "The body is not valid UTF-8 (byte 2)."),
        (
            rb'{"a": "\ud800 lone surrogate"}',
            "The body is not valid JSON: unexpected end of ",
        ),
        (b"[" * 200_000, "The body is nested too deeply."),
        (b'{"a":' * 200_000, "The body is nested too deeply."),
    ],
)
def test_malformed_json_is_reported_with_its_position(raw: bytes, message: str) -> None:
    for read in (parse_json, lambda it: decode_body(it, Parcel), lambda it: decode_body(it, Tree)):
        with pytest.raises(MalformedJson) as caught:
            read(raw)
        assert caught.value.message.startswith(message)
        assert caught.value.status == 400


def test_malformed_json_after_a_bad_field_is_400() -> None:
    with pytest.raises(MalformedJson):
        decode_body(b'{"skuCode": 1, "quantity": nope}', Line)


def test_an_untyped_body_keeps_the_last_of_equal_keys() -> None:
    assert parse_json(b'{"a": 1, "b": [1.5, null, "x"], "a": 2}') == {"a": 2, "b": [1.5, None, "x"]}


# --- queries ---------------------------------------------------------------------------------------------------


def test_query_parameters_are_converted_to_the_types_of_their_fields() -> None:
    query = {
        "page": ["3"],
        "openOnly": ["true"],
        "least": ["1.50"],
        "size": ["L"],
        "since": ["2026-01-31T10:30:00+01:00"],
        "status": ["a"],
        "levels": ["1", "2"],
        "note": ["7"],
        "ratio": [],
        "unknown": ["1", "2"],
    }
    found = decode_query(query, Filter)
    moment = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert found == Filter(3, 20, True, Decimal("1.50"), Size.LARGE, moment, ["a"], [1, 2], "7")
    assert str(found.least) == "1.50"


def test_every_bad_query_parameter_is_reported_at_once() -> None:
    query = {
        "page": ["0"],
        "pageSize": ["10", "20"],
        "openOnly": ["maybe"],
        "least": ["NaN"],
        "size": [""],
        "since": ["yesterday"],
        "levels": ["1", "x", "3"],
        "note": ["a\0"],
        "ratio": ["nan"],
    }
    assert refused_query(query) == {
        "page": "must be at least 1",
        "pageSize": "must be given only once",
        "openOnly": "must be true or false",
        "least": "must be a number",
        "size": "must be one of S, L",
        "since": "must be a date-time such as 2026-01-31T09:30:00Z",
        "levels": "must have at most 2 entries",
        "levels.1": "must be a whole number",
        "note": "must not contain the character U+0000",
        "ratio": "is out of range",
    }


@pytest.mark.parametrize("text", ["null", "NULL", "Null"])
def test_the_text_null_is_no_value_of_a_query_parameter(text: str) -> None:
    query = {name: [text] for name in ("page", "openOnly", "least", "size", "since", "note", "ratio")}
    assert refused_query(query) == {
        "page": "must be a whole number",
        "openOnly": "must be true or false",
        "least": "must be a number",
        "size": "must be one of S, L",
        "since": "must be a date-time such as 2026-01-31T09:30:00Z",
        "ratio": "must be a number",
    }
    assert decode_query({"note": [text]}, Filter).note == text


@pytest.mark.parametrize("text", ["0.5", "5", "1e3", "-1", "1772355600", "NaN", "inf", "20260131", ""])
def test_a_number_is_no_time(text: str) -> None:
    assert refused_query({"since": [text]}) == {"since": "must be a date-time such as 2026-01-31T09:30:00Z"}


def test_a_repeated_parameter_is_refused_even_if_each_value_is_valid() -> None:
    assert refused_query({"page": ["1", "1"]}) == {"page": "must be given only once"}


def test_cross_checks_apply_to_queries() -> None:
    query = {"start": ["2026-01-31T09:30:00Z"], "end": ["2026-01-30T09:30:00Z"]}
    assert refused_query(query, Period) == {"end": "must not be before start"}
    assert refused_query({}, Period) == {"start": "is required", "end": "is required"}
