"""The JSON Schemas of types, as client generators need them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from msgspec import UNSET, Meta, Struct, UnsetType, field

from chalicelib.edge.openapi.descriptions import common
from chalicelib.edge.openapi.examples import Examples, override
from chalicelib.edge.openapi.schemas import Schemas

T = TypeVar("T")


class Size(StrEnum):
    SMALL = "S"
    LARGE = "L"


class Rank(IntEnum):
    FIRST = 1


class Item(Struct, rename="camel"):
    """A unit of goods."""

    item_weight: Annotated[Decimal, Meta(extra_json_schema={"minimum": 0})]
    size: Size | None


class Page(Struct, Generic[T], omit_defaults=True):
    items: list[T]
    next_cursor: str | None = None
    warnings: list[str] = []


class Envelope(Struct, Generic[T]):
    data: T
    success: bool = True
    hint: str | None = None
    extra: int | UnsetType = UNSET


class Change(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=2, max_length=5, pattern="^[a-z]+$", description="What it is called.")]
    count: Annotated[int, Meta(ge=1, lt=10)] = 3
    size: Size | None = None
    part: Item | None = None
    tags: Annotated[set[str], Meta(max_length=3)] = field(default_factory=set)
    kind: Literal["a", "b"] | None = None
    shown_as: Annotated[Literal["x", "y"], Meta(title="Shown", description="How.")] = "x"
    per_day: dict[str, Annotated[int, Meta(gt=0)]] = field(default_factory=dict)
    since: datetime | None = None
    rank: Rank = Rank.FIRST


class Leaves(Struct):
    on: date
    within: timedelta
    which: UUID
    anything: Any
    either: int | str
    step: Annotated[int, Meta(ge=100, multiple_of=10)]
    between: Annotated[float, Meta(gt=0, lt=0.5)]
    coded: Annotated[str, Meta(min_length=20, pattern="^A+$")]
    choice: Literal[1, "one"]


class Car(Struct, tag="car"):
    doors: int


class Boat(Struct, tag="boat"):
    sails: int


class Fleet(Struct):
    flagship: Car | Boat
    reserve: Car | Boat | None = None


class Street(Struct):
    city: str
    street: str


class Harbour(Struct):
    city: str
    pier: int


class OnStreet(Struct, tag="street"):
    at: Street


class InHarbour(Struct, tag="harbour"):
    at: Harbour


class Parked(Struct):
    place: OnStreet | InHarbour


class Tree(Struct):
    name: str
    branches: list["Tree"] = []
    parent: "Tree | None" = None


def given(kind: object) -> dict[str, Any]:
    return Schemas([], [kind]).components


def taken(kind: object) -> dict[str, Any]:
    return Schemas([kind], []).components


# --- answers ---------------------------------------------------------------------------------------------------


def test_omitted_defaults_are_optional_and_not_nullable() -> None:
    assert given(Page[Item])["ItemPage"] == {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
            "next_cursor": {"type": "string", "description": common("next_cursor")},
            "warnings": {"type": "array", "items": {"type": "string"}, "default": []},
        },
        "required": ["items"],
    }


def test_written_defaults_are_required() -> None:
    described = given(Envelope[Item])["ItemEnvelope"]
    assert described["required"] == ["data", "success", "hint"]
    assert described["properties"]["hint"] == {"type": ["string", "null"]}
    assert described["properties"]["success"] == {"type": "boolean", "description": common("success")}


def test_a_decimal_is_a_number_and_fields_have_their_encoded_names() -> None:
    described = given(Item)["Item"]
    assert described["properties"]["itemWeight"] == {"type": "number", "format": "double", "minimum": 0}
    assert described["description"] == "A unit of goods."


# --- requests --------------------------------------------------------------------------------------------------


def test_a_request_schema_has_the_accepted_values() -> None:
    described = taken(Change)["Change"]
    assert described["additionalProperties"] is False
    assert described["required"] == ["name"]
    assert described["properties"] == {
        "name": {
            "type": "string",
            "minLength": 2,
            "maxLength": 5,
            "pattern": "^[a-z]+$",
            "description": "What it is called.",
        },
        "count": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10, "default": 3},
        "size": {"anyOf": [{"$ref": "#/components/schemas/UnitSize"}, {"type": "null"}]},
        "part": {"anyOf": [{"$ref": "#/components/schemas/Item"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": True, "default": []},
        "kind": {"anyOf": [{"$ref": "#/components/schemas/ChangeKind"}, {"type": "null"}]},
        "shown_as": {"$ref": "#/components/schemas/Shown", "default": "x", "description": "How."},
        "per_day": {
            "type": "object",
            "additionalProperties": {"type": "integer", "exclusiveMinimum": 0},
            "default": {},
        },
        "since": {"type": ["string", "null"], "format": "date-time"},
        "rank": {"$ref": "#/components/schemas/UnitRank", "default": 1},
    }


def test_a_struct_used_in_requests_is_described_as_accepted() -> None:
    described = Schemas([Page[Item]], [Page[Item]]).components["ItemPage"]
    described_as = {"type": ["string", "null"], "description": common("next_cursor")}
    assert described["properties"]["next_cursor"] == described_as


def test_the_fields_of_a_query_are_parameters_and_never_null() -> None:
    schemas = Schemas([], [], [Change])
    found = {name: (schema, required) for name, schema, required in schemas.parameters(Change)}
    assert found["size"] == ({"$ref": "#/components/schemas/UnitSize"}, False)
    assert found["count"] == ({"type": "integer", "minimum": 1, "exclusiveMaximum": 10, "default": 3}, False)
    assert found["name"][1]
    assert "Change" not in schemas.components


# --- names and unions ------------------------------------------------------------------------------------------


def test_enumerations_have_names_with_their_domain_and_their_own_order() -> None:
    described = taken(Change)
    assert described["UnitSize"] == {"type": "string", "enum": ["S", "L"]}
    assert described["UnitRank"] == {"type": "integer", "enum": [1]}
    assert described["ChangeKind"] == {"type": "string", "enum": ["a", "b"], "description": "One of the values."}
    assert described["Shown"] == {"type": "string", "enum": ["x", "y"], "description": "How."}


def test_structs_with_the_same_name_are_prefixed_with_their_domain() -> None:
    one = type("Thing", (Struct,), {"__annotations__": {"a": int}, "__module__": "chalicelib.packing.schemas"})
    other = type("Thing", (Struct,), {"__annotations__": {"b": int}, "__module__": "chalicelib.picking.schemas"})
    assert given(one).keys() == {"Thing"}
    assert Schemas([one], [other]).components.keys() == {"PackingThing", "PickingThing"}


def test_generic_structs_have_readable_names() -> None:
    assert given(Envelope[list[Item]]).keys() >= {"ItemListEnvelope"}
    assert given(Envelope[Annotated[Item, Meta(description="x")]]).keys() >= {"ItemEnvelope"}


def test_a_union_of_tagged_structs_in_a_request_has_a_discriminator() -> None:
    described = taken(Fleet)
    flagship = {"$ref": "#/components/schemas/FleetFlagship"}
    assert described["Fleet"]["properties"]["flagship"] == flagship
    assert described["Fleet"]["properties"]["reserve"] == {"anyOf": [flagship, {"type": "null"}]}
    union = described["FleetFlagship"]
    either = [{"$ref": "#/components/schemas/Boat"}, {"$ref": "#/components/schemas/Car"}]
    assert sorted(union["oneOf"], key=str) == either
    assert union["discriminator"]["propertyName"] == "type"
    assert union["discriminator"]["mapping"]["car"] == "#/components/schemas/Car"
    assert described["Car"]["properties"]["type"]["enum"] == ["car"]
    assert described["Car"]["required"] == ["type", "doors"]


def test_a_union_of_tagged_structs_in_a_response_is_one_object() -> None:
    described = given(Fleet)
    union = described["FleetFlagship"]
    assert union["required"] == ["type"]
    assert union["properties"]["type"]["$ref"] == "#/components/schemas/FleetFlagshipType"
    assert described["FleetFlagshipType"]["enum"] == ["car", "boat"]
    assert union["properties"]["doors"] == {"type": "integer", "description": "Absent unless `type` is `car`."}


def test_different_objects_in_a_union_become_one_object_too() -> None:
    described = given(Parked)
    assert described["ParkedPlace"]["properties"]["at"]["$ref"] == "#/components/schemas/ParkedPlaceAt"
    assert described["ParkedPlaceAt"]["properties"].keys() == {"street", "pier", "city"}
    assert described["ParkedPlaceAt"]["required"] == ["city"]


def test_a_type_without_a_schema_is_an_error() -> None:
    with pytest.raises(TypeError, match="no schema for ByteArrayType"):
        Schemas([], []).of(bytearray)
    with pytest.raises(TypeError, match="a query is a struct"):
        Schemas([], [], [int])


# --- examples --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Page[Item], Envelope[Item], Change, Leaves, Fleet, Tree], ids=str)
def test_an_example_is_valid_for_its_schema(kind: object) -> None:
    schemas = Schemas([kind], [])
    schema = schemas.of(kind)
    example = Examples(schemas.components).of(schema)
    whole = {**schema, "components": {"schemas": schemas.components}}
    checker = Draft202012Validator.FORMAT_CHECKER
    assert [error.message for error in Draft202012Validator(whole, format_checker=checker).iter_errors(example)] == []


def test_examples_of_recursive_types_are_finite() -> None:
    schemas = Schemas([], [Tree])
    assert Examples(schemas.components).of(schemas.of(Tree)) == {
        "name": "Noor de Vries",
        "branches": [],
        "parent": None,
    }


def test_an_override_replaces_only_the_given_fields() -> None:
    made_up = {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}
    assert override(made_up, {"b": {"c": 5}, "e": ..., "f": None}) == {"a": 1, "b": {"c": 5, "d": 3}, "f": None}
    assert override({"map": {"example": 1}}, {"map": {"own": 2}}) == {"map": {"own": 2}}
    assert override([1], [2, 3]) == [2, 3]
    assert override(made_up, None) == made_up
