"""Every field, parameter and error of the API description says what it is; `test_asyncapi.py` has the events."""

from typing import Any

import pytest
from msgspec import Struct, inspect

from chalicelib.edge.openapi.descriptions import describe
from chalicelib.edge.types import Latitude
from tests.unit.test_openapi import DOCUMENT, resolved

COMPONENTS: dict[str, Any] = DOCUMENT["components"]["schemas"]
REF = "#/components/schemas/"


def references(part: object) -> set[str]:
    """Return the names of the components that a part refers to."""
    if isinstance(part, list):
        return {name for child in part for name in references(child)}
    if not isinstance(part, dict):
        return set()
    target = part.get("$ref", "")
    own = {target.removeprefix(REF)} if target.startswith(REF) else set()
    return own | {name for child in part.values() for name in references(child)}


def reachable(parts: object) -> set[str]:
    names, waiting = set[str](), references(parts)
    while waiting:
        name = waiting.pop()
        names.add(name)
        waiting |= references(COMPONENTS[name]) - names
    return names


def operations() -> list[dict[str, Any]]:
    return [operation for path in DOCUMENT["paths"].values() for operation in path.values()]


def is_described(schema: dict[str, Any]) -> bool:
    return bool(schema.get("description", "").strip())


def optional(name: str, schema: dict[str, Any]) -> bool:
    """Return whether a field of a component may be absent or null."""
    field = schema["properties"][name]
    nullable = "null" in field.get("type", ()) or {"type": "null"} in field.get("anyOf", ())
    return nullable or name not in schema.get("required", ())


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_property_is_described(name: str) -> None:
    properties = COMPONENTS[name].get("properties", {})
    assert [field for field, schema in properties.items() if not is_described(schema)] == []


TAKEN = reachable([operation.get("requestBody") for operation in operations()])
GIVEN = reachable([operation["responses"] for operation in operations()]) - TAKEN


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_optional_properties_of_responses_say_when_they_are_absent_or_null(name: str) -> None:
    properties = COMPONENTS[name].get("properties", {})
    silent = [
        field
        for field, schema in properties.items()
        if optional(field, COMPONENTS[name])
        and not any(word in schema.get("description", "").lower() for word in ("absent", "null"))
    ]
    assert silent == []


def test_every_parameter_is_described() -> None:
    undescribed = {
        f"{operation['operationId']} {resolved(parameter)['name']}"
        for operation in operations()
        for parameter in operation["parameters"]
        if not is_described(resolved(parameter))
    }
    assert undescribed == set()


def test_every_error_and_header_is_described() -> None:
    assert [code for code, example in DOCUMENT["components"]["examples"].items() if not example["summary"]] == []
    assert [header for header, part in DOCUMENT["components"]["headers"].items() if not is_described(part)] == []


class Base(Struct):
    first: int
    """A docstring
    of two lines."""
    second: Latitude
    limit: int
    undescribed: int


class Derived(Base):
    """Its own fields come after those of its base."""

    third: int = 0
    """In the derived class."""


def fields() -> dict[str, str]:
    info = inspect.type_info(Derived)
    assert isinstance(info, inspect.StructType)
    return {field.name: describe(Derived, field) for field in info.fields}


def test_a_field_is_described_by_the_docstring_under_it_its_type_or_its_name() -> None:
    described = fields()
    assert described.pop("limit") == "The largest number of entries to return."
    assert described == {
        "first": "A docstring of two lines.",
        "second": "Degrees north (WGS 84).",
        "undescribed": "",
        "third": "In the derived class.",
    }
