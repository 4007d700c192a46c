"""The table of the passport's attributes: faithful to Annex XIII, and nothing restricted in the public view."""

import re
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.manufacturing.sku_spec import PassportValue
from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES, MEASURED_AS
from chalicelib.manufacturing.traceability.passports.rules import (
    Access,
    Attribute,
    Need,
    PassportScope,
    PassportToken,
    Source,
    ValueKind,
    missing,
    parse_token,
    required,
)
from chalicelib.manufacturing.traceability.passports.schemas import passport_errors
from chalicelib.manufacturing.traceability.passports.views import shown_entries
from chalicelib.manufacturing.traceability.units import measurement_unit

ALL = list(ATTRIBUTES.values())
POINTS = {
    Access.PUBLIC: {f"1({letter})" for letter in "abcdefghijklmnopqrs"} | {f"VI.A.{number}" for number in range(1, 11)},
    Access.RESTRICTED: {f"2({letter})" for letter in "abcd"} | {f"4({letter})" for letter in "abcd"},
    Access.AUTHORITIES: {"3"},
}
"""The points of Annex XIII by who may see what they ask for, with those of part A of Annex VI."""


def points_of(attributes: Sequence[Attribute]) -> set[str]:
    return {point for attribute in attributes for point in re.split(r",? ", attribute.points)}


@pytest.mark.parametrize("access", Access)
def test_every_point_of_the_annex_has_its_attributes_with_its_readers(access: Access) -> None:
    assert points_of([attribute for attribute in ALL if attribute.access is access]) == POINTS[access]


def test_every_point_but_records_of_use_needs_an_attribute() -> None:
    needed = {point for points in POINTS.values() for point in points} - {"4(d)"}
    assert points_of([attribute for attribute in ALL if attribute.need is not Need.OPTIONAL]) == needed
    assert {one.name for one in ALL if one.source is Source.USE and one.need is not Need.OPTIONAL} == set()


@pytest.mark.parametrize("attribute", ALL, ids=lambda one: one.name)
def test_an_attribute_has_the_details_of_its_kind(attribute: Attribute) -> None:
    assert re.fullmatch(r"[a-z][A-Za-z]+", attribute.name)
    assert (attribute.unit is not None) == (attribute.kind in (ValueKind.QUANTITY, ValueKind.RANGE))
    assert bool(attribute.choices) == (attribute.kind is ValueKind.CHOICE)
    assert (attribute.name in MEASURED_AS) == (attribute.source is Source.TEST)


def test_what_is_measured_has_a_unit_that_testers_report() -> None:
    assert all(measurement_unit(ATTRIBUTES[name].unit or "") for name in MEASURED_AS)


values = st.dictionaries(st.sampled_from(sorted(ATTRIBUTES)), st.text(min_size=1).map(PassportValue))


@given(values)
def test_the_public_view_holds_nothing_restricted(known: dict[str, PassportValue]) -> None:
    shown = shown_entries(known, PassportScope.PUBLIC)
    assert {entry.access for entry in shown} <= {Access.PUBLIC}
    assert [entry.name for entry in shown] == [name for name in ATTRIBUTES if name in known and is_public(name)]


@given(values)
def test_the_restricted_view_holds_everything_that_is_known(known: dict[str, PassportValue]) -> None:
    shown = {entry.name: entry.value for entry in shown_entries(known, PassportScope.RESTRICTED)}
    assert shown == known


def is_public(name: str) -> bool:
    return ATTRIBUTES[name].access is Access.PUBLIC


@given(st.sets(st.sampled_from(sorted(ATTRIBUTES))), st.sampled_from(["EV", "LMT", "industrial", None]))
def test_what_is_required_is_known_or_missing(known: set[str], category: str | None) -> None:
    needed = required(ALL, category)
    absent = missing(ALL, category, known)
    assert {one.name for one in absent} == {one.name for one in needed} - known
    assert ("exhaustionThreshold" in {one.name for one in needed}) == (category == "EV")


def example(attribute: Attribute) -> PassportValue:
    texts = {ValueKind.LINK: "https://baton.example/a.pdf", ValueKind.MONTH: "2026-03", ValueKind.TEXT: "x"}
    if attribute.kind is ValueKind.RANGE:
        return PassportValue(min=Decimal(-20), max=Decimal(60), unit=attribute.unit)
    if attribute.kind is ValueKind.QUANTITY:
        return PassportValue(value=Decimal("1.5"), unit=attribute.unit)
    return PassportValue(text=texts.get(attribute.kind) or attribute.choices[0])


@pytest.mark.parametrize("attribute", ALL, ids=lambda one: one.name)
def test_a_sku_supplies_what_the_manufacturer_supplies_and_nothing_else(attribute: Attribute) -> None:
    errors = passport_errors({"passport": {attribute.name: example(attribute)}})
    if attribute.source is Source.MANUFACTURER:
        assert errors == {}
    else:
        assert errors == {f"passport.{attribute.name}": f"is not supplied here; its source is {attribute.source}"}


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("colour", PassportValue(text="blue"), "colour"),
        ("weight", PassportValue(text="384 kg"), "weight"),
        ("weight", PassportValue(value=Decimal(384)), "weight"),
        ("weight", PassportValue(value=Decimal(384), unit="g"), "weight.unit"),
        ("weight", PassportValue(value=Decimal("0.1234567"), unit="kg"), "weight.value"),
        ("weight", PassportValue(text="x", value=Decimal(384), unit="kg"), "weight"),
        ("weight", PassportValue(), "weight"),
        ("manufacturer", PassportValue(value=Decimal(1), unit="V"), "manufacturer"),
        ("batteryCategory", PassportValue(text="SLI"), "batteryCategory.text"),
        ("dueDiligenceReport", PassportValue(text="http://baton.example"), "dueDiligenceReport.text"),
        ("dueDiligenceReport", PassportValue(text="javascript:alert(1)"), "dueDiligenceReport.text"),
        ("idleTemperatures", PassportValue(min=Decimal(9), max=Decimal(1), unit="°C"), "idleTemperatures.max"),
        ("idleTemperatures", PassportValue(min=Decimal(1), unit="°C"), "idleTemperatures"),
    ],
)
def test_unknown_names_and_values_of_another_form_or_unit_are_refused(
    name: str, value: PassportValue, field: str
) -> None:
    assert set(passport_errors({"passport": {name: value}})) == {f"passport.{field}"}


def test_all_errors_of_a_passport_are_named_at_once() -> None:
    wrong = {"weight": PassportValue(value=Decimal("0.1234567"), unit="g"), "colour": PassportValue(text="x")}
    assert set(passport_errors({"passport": wrong})) == {
        "passport.weight.unit",
        "passport.weight.value",
        "passport.colour",
    }


@given(st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True), st.uuids())
def test_a_token_names_its_organisation_and_pack(org_id: str, pack: object) -> None:
    token = PassportToken(org_id, f"PCK-{pack}")
    assert parse_token(token.text) == token


@pytest.mark.parametrize(
    "text", ["", "demo", "demo.", "demo.MOD-1", "demo.PCK-", "a.b.PCK-1", "demo.PCK-1\n", "é.PCK-1"]
)
def test_other_texts_are_no_tokens(text: str) -> None:
    assert parse_token(text) is None
