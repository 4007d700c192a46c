"""Examples for the API description, generated from the schemas and the names of the fields.

Every operation needs an example that a reader can send unchanged, and maintaining a hundred of them by hand is not
feasible. A field therefore gets a value by its name (a `receiver_phone` a telephone number, an `order_id` always the
same id), unless its schema does not allow it. A route can override fields of its own examples (`Endpoint.examples`),
where they depend on each other.
"""

import re
import zlib
from collections.abc import Mapping
from typing import Any

from chalicelib.edge.openapi.descriptions import words
from chalicelib.edge.openapi.references import REF
from chalicelib.edge.openapi.samples import BY_FORMAT, FALSE, NUMBERS, SAME_IDS, TEXTS
from chalicelib.edge.openapi.schemas import Schema

SAMPLE_KEY = "example"
"""The key of the one entry in the generated example of a map."""
_LEFT_OUT = frozenset({"message"})
"""Optional fields that appear only in exceptional responses."""


class Examples:
    """Examples that validate against schemas with these components."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components

    def of(self, schema: Schema, name: str = "", inside: tuple[str, ...] = ()) -> Any:
        """Return an example; `name` is that of the field, `inside` the components that it is part of."""
        if "$ref" in schema:
            component = schema["$ref"].removeprefix(REF)
            return self.of(self._components[component], name, (*inside, component))
        if "enum" in schema:
            return schema["enum"][0]
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            finite = [option for option in options if not self._recurs(option, inside)]
            return self.of(finite[0], name, inside)
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, inside)
        if kind == "array":
            return self._array(schema, name, inside)
        return _leaf({**schema, "type": kind}, words(name), inside)

    def _object(self, schema: Schema, inside: tuple[str, ...]) -> Any:
        required = schema.get("required", ())
        example = {
            name: self.of(part, name, inside)
            for name, part in schema.get("properties", {}).items()
            if name in required or not (name in _LEFT_OUT or self._recurs(part, inside))
        }
        entries = schema.get("additionalProperties")
        return {SAMPLE_KEY: self.of(entries, SAMPLE_KEY, inside)} if isinstance(entries, dict) else example

    def _array(self, schema: Schema, name: str, inside: tuple[str, ...]) -> Any:
        if self._recurs(schema["items"], inside):
            return []
        return [self.of(schema["items"], name.removesuffix("s"), inside)] * max(1, schema.get("minItems", 1))

    @staticmethod
    def _recurs(schema: Schema, inside: tuple[str, ...]) -> bool:
        """Return whether a part refers back to a component that it is in, so that an example would never end."""
        parts = schema.get("anyOf") or schema.get("oneOf") or [schema]
        return parts[0].get("$ref", "").removeprefix(REF) in inside


def override(generated: Any, given: Any) -> Any:
    """Return the example with the fields that a route declares; `...` removes a field. None declares nothing."""
    return generated if given is None else _override(generated, given)


def _override(generated: Any, given: Any) -> Any:
    if not (isinstance(generated, dict) and isinstance(given, dict)):
        return given
    kept = {name: value for name, value in generated.items() if name != SAMPLE_KEY or not given}
    chosen = {name: _override(kept.get(name), value) for name, value in given.items() if value is not ...}
    return {name: chosen.get(name, value) for name, value in kept.items() if given.get(name) is not ...} | chosen


def _leaf(schema: Schema, name: str, inside: tuple[str, ...]) -> Any:
    own = words(inside[-1]) + "_" + name if inside else name
    named = [
        TEXTS.get(own),
        _sample(TEXTS, name),
        _sample(NUMBERS, name),
        _id(name, inside),
        BY_FORMAT.get(schema.get("format", "")),
    ]
    numbers = [name not in FALSE, 3, 1.5, 0.25, schema.get("minimum"), schema.get("maximum")]
    texts = [name.replace("_", " ").capitalize(), name, "A" * schema.get("minLength", 1)]
    return next((value for value in (*named, *numbers, *texts) if fits(value, schema)), None)


def _sample(samples: Mapping[str, object], name: str) -> object:
    """Return the sample of the longest known ending of the name."""
    parts = name.split("_")
    endings = ("_".join(parts[start:]) for start in range(len(parts)))
    return next((samples[ending] for ending in endings if ending in samples), None)


def _id(name: str, inside: tuple[str, ...]) -> str | None:
    """Return the id that all examples use for this kind of entity."""
    if name == "id" and inside:
        name = words(inside[-1].removesuffix("View")) + "_id"
    name = SAME_IDS.get(name, name)
    kind = name.split("_")[-2:]
    if kind[-1] != "id":
        return None
    digits = f"{zlib.crc32('_'.join(kind).encode()):08x}"
    return f"019ceb1b-2248-7{digits[:3]}-9{digits[3:6]}-{digits}{digits[4:]}"


def fits(value: Any, schema: Schema) -> bool:
    """Return whether a schema allows a simple value."""
    match schema["type"]:
        case "string":
            return isinstance(value, str) and _fits_text(value, schema)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool) and _fits_number(value, schema)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and _fits_number(value, schema)
    return value is None


def _fits_text(value: str, schema: Schema) -> bool:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    like = BY_FORMAT.get(schema.get("format", ""), value)
    return _shape(value) == _shape(like) and re.search(schema.get("pattern", ""), value) is not None


def _shape(value: str) -> str:
    return re.sub("[0-9a-f]", "0", value)


def _fits_number(value: float, schema: Schema) -> bool:
    at_least = schema.get("minimum", value) <= value and schema.get("exclusiveMinimum", value - 1) < value
    at_most = value <= schema.get("maximum", value) and value < schema.get("exclusiveMaximum", value + 1)
    return at_least and at_most and not value % schema.get("multipleOf", value or 1)
