"""Bodies and queries are validated in their normal form: text without controls at its ends, integers as integers."""

from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import pytest
from msgspec import Meta, Struct, field, json

from chalicelib.core.errors import ValidationFailed
from chalicelib.edge.normalisation import is_plain, scope_of
from chalicelib.edge.types import CODE, Code, EntityId, Name, Scan, Text500
from chalicelib.edge.validation import decode_body, decode_query, decode_texts, validation_errors
from tests.unit.validation_samples import Line, Van, refused, refused_query

Item = TypeVar("Item")
Code8 = Annotated[Code, Meta(max_length=8)]


class Part(Struct, rename="camel", forbid_unknown_fields=True):
    part_code: Code8
    count: int = 1


class Bolt(Struct, tag="bolt", tag_field="kind"):
    label: Annotated[Name, Meta(max_length=8)]


class Nut(Struct, tag="nut", tag_field="kind"):
    size: int


class Box(Struct, Generic[Item]):
    items: list[Item] = field(default_factory=list)


class Delivery(Struct, rename="camel"):
    full_name: Annotated[Name, Meta(max_length=20)] | None = None
    scan: Annotated[Scan, Meta(max_length=40)] | None = None
    notes: Text500 | None = None
    password: str | None = None
    parts: list[Part] = field(default_factory=list)
    codes: dict[Annotated[str, CODE], Code8] = field(default_factory=dict)
    fastener: Bolt | Nut | None = None
    parent: "Delivery | None" = None
    box: Box[Part] | None = None


class Search(Struct):
    q: Annotated[str, CODE] = ""
    codes: list[Code8] = field(default_factory=list)
    page: int = 1


@pytest.mark.parametrize("escaped", [True, False])
def test_names_codes_and_scans_arrive_without_controls_at_their_ends(escaped: bool) -> None:
    sent = {
        "fullName": "\ufeffAnna\u200b",
        "scan": "]C110A\x1d21B\r\n",
        "parts": [{"partCode": "\x7fA-1\x85"}],
        "codes": {"x": "\u200eC\u200f"},
        "fastener": {"kind": "bolt", "label": "M8\u2060"},
        "parent": {"fullName": "Eva\u00ad"},
        "box": {"items": [{"partCode": "B\u200b"}]},
    }
    decoded = decode_body(json.encode(sent) if not escaped else _escaped(sent), Delivery)
    assert decoded == Delivery(
        full_name="Anna",
        scan="]C110A\x1d21B",
        parts=[Part("A-1")],
        codes={"x": "C"},
        fastener=Bolt("M8"),
        parent=Delivery(full_name="Eva"),
        box=Box([Part("B")]),
    )


def _escaped(value: Any) -> bytes:
    import json as standard

    return standard.dumps(value).encode()


def test_lengths_hold_for_what_is_stored() -> None:
    assert decode_body(b'{"partCode": "12345678\\r\\n"}', Part) == Part("12345678")
    assert refused(b'{"partCode": "123456789\\r\\n"}', Part) == {"partCode": "must be at most 8 characters"}
    assert refused(b'{"partCode": "\\u200b"}', Part) == {"partCode": "must not be empty"}


def test_refused_characters_are_reported_with_the_other_errors() -> None:
    raw = (
        b'{"fullName": "An\\u200bna", "notes": "a\\u0007", "parts": [{"partCode": "A\\u001dB", "count": "x"}],'
        b' "codes": {"a\\u200bb": "C"}, "box": {"items": [{}]}}'
    )
    assert refused(raw, Delivery) == {
        "fullName": "must not contain invisible characters",
        "notes": "must not contain control characters other than line breaks and tabs",
        "parts.0.partCode": "must not contain invisible or control characters",
        "parts.0.count": "must be a whole number",
        "codes": "has a key that must not contain invisible characters",
        "box.items.0.partCode": "is required",
    }


def test_text_without_a_kind_and_free_text_are_kept() -> None:
    sent = {"password": "\u200bsecret\x07\n", "notes": "\u200fone\n\ttwo\u200e"}
    assert decode_body(json.encode(sent), Delivery) == Delivery(password=sent["password"], notes=sent["notes"])


def test_identifiers_are_refused_with_any_control_character() -> None:
    for bad in ("a\u200b", "\ufeffa", "a\x1db", "a\n"):
        assert validation_errors(bad, EntityId) == {"body": "must consist of letters, digits, '.', '_' and '-' only"}


def test_query_parameters_and_form_fields_are_normalised_too() -> None:
    query = {"q": ["\u200bx\r"], "codes": ["A\n", "\ufeffB"]}
    assert decode_query(query, Search) == Search("x", ["A", "B"])
    assert refused_query({"q": ["a\u200bb"]}, Search) == {"q": "must not contain invisible or control characters"}
    assert decode_texts({"partCode": "A\r\n", "count": "2"}, Part, {}) == Part("A", 2)


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["4.0", "4.000", "40e-1", "0.4e1"])
def test_an_integer_may_be_written_with_a_fraction_of_zero(number: str) -> None:
    assert decode_body(b'{"partCode": "a", "count": %s}' % number.encode(), Part) == Part("a", 4)


@pytest.mark.parametrize("number", ["4.5", "1e-3", "1e999999", "1e30", '"4"', "true"])
def test_other_numbers_are_no_integers(number: str) -> None:
    fields = refused(b'{"partCode": "a", "count": %s}' % number.encode(), Part)
    assert fields == {"count": "must be a whole number"}


def test_a_bound_holds_for_an_integer_with_a_fraction_of_zero() -> None:
    class Few(Struct):
        count: Annotated[int, Meta(le=3)]

    assert refused(b'{"count": 4.0}', Few) == {"count": "must be at most 3"}
    assert decode_body(b'{"count": 3.0}', Few) == Few(3)


@pytest.mark.parametrize("text", ["384", "1.5", "NaN", "x", " 1 ", "1_0"])
def test_a_text_is_no_number_in_json(text: str) -> None:
    for kind, name in ((Line, "quantity"), (Van, "load")):
        raw = json.encode({"skuCode": "a", name: text})
        assert set(refused(raw, kind)) == {name}


def test_decimals_keep_their_digits_when_a_body_is_normalised() -> None:
    class Weighed(Struct):
        code: Code8
        weight: Decimal
        height: float

    raw = b'{"code": "a\\n", "weight": 1.10000000000000000000001, "height": 0.1}'
    assert decode_body(raw, Weighed) == Weighed("a", Decimal("1.10000000000000000000001"), 0.1)


# --- the fast path -------------------------------------------------------------------------------------------------


def test_only_bodies_that_may_change_are_parsed_twice() -> None:
    assert [scope_of(kind) for kind in (Delivery, list[Part], Van, Line)] == [
        (False, True),
        (False, True),
        (False, False),
        (True, False),
    ]


def test_a_body_with_an_escape_or_a_control_character_is_not_plain() -> None:
    plain = ['{"fullName": "Anna"}', '{"fullName": "Zo\u00eb"}', '{\n\t"fullName": "Anna"\n}']
    assert [is_plain(text.encode()) for text in plain] == [True, True, True]
    unclean = ['{"fullName": "An\\u200bna"}', '{"fullName": "a\u200b"}', '{"fullName": "a\x7f"}']
    assert [is_plain(text.encode()) for text in unclean] == [False, False, False]


def test_a_key_that_comes_twice_cannot_hide_an_invalid_value_behind_a_changed_one() -> None:
    with pytest.raises(ValidationFailed):
        decode_body(b'{"partCode": 1, "partCode": "a"}', Part)
