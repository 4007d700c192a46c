"""Examples for the API's description, made up from the schemas and the names of the fields.

Every operation is to have an example that a reader can send as it stands, and nobody keeps a hundred of them right by
hand. So a field is given what its name suggests (a `receiver_phone` a number to call, an `order_id` always the same
id), unless that is not what its schema allows. A route can say more of its own examples
(`Endpoint.examples`), where fields have to hang together.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any

from chalicelib.edge.openapi_schemas import REF, Schema

TEXTS: Mapping[str, str] = {
    "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub29yIn0.c2lnbmF0dXJl",
    "address": "Herengracht 1, Amsterdam",
    "code": "courier",
    "company_id": "demo",
    "cursor": "MDE5Y2U4NGUtNjI0OA",
    "dropoff_address": "Prinsengracht 263, Amsterdam",
    "email": "noor@example.com",
    "identifier": "courier1",
    "lot": "LOT-2026-03",
    "message": "No courier is available right now.",
    "name": "Noor de Vries",
    "notes": "Second door on the left.",
    "org_id": "demo",
    "password": "seven quiet rivers",
    "phone": "+31201234567",
    "picture": "https://example.com/noor.jpg",
    "reason": "The label cannot be read.",
    "receiver_phone": "+31207654321",
    "refresh_token": "2gB0c5b3y7n1Yq8VtKx4Zw6Jm9Rd1Hf0LsPaUeXoTiQ",
    "role": "courier",
    "sku": "SKU-1001",
    "status": "ok",
    "updated_at": "2026-03-14T09:31:07Z",
    "url": "https://example.com/noor.jpg",
    "username": "courier1",
    "version": "1.4.2",
}
NUMBERS: Mapping[str, float] = {
    "dropoff_lat": 52.3752,
    "dropoff_lng": 4.884,
    "expires_in": 3600,
    "lat": 52.37,
    "latitude": 52.37,
    "limit": 20,
    "lng": 4.89,
    "longitude": 4.89,
    "page": 1,
    "page_size": 20,
    "quantity": 12,
    "total_count": 42,
    "weight": 1.25,
}
"""What fields of these names hold, or of names that end in these words: a `pickup_address` is an `address`."""

_BY_FORMAT = {
    "date-time": "2026-03-14T09:26:53Z",
    "date": "2026-03-14",
    "time": "09:26:53Z",
    "duration": "PT15M",
    "uuid": "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0",
}
_ID_WORDS = {"assigned_courier": "courier_id"}
_LEFT_OUT = frozenset({"message"})
"""Optional fields that only appear when something is out of the ordinary."""


class Examples:
    """Examples that validate against schemas with these components."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components

    def of(self, schema: Schema, name: str = "", inside: tuple[str, ...] = ()) -> Any:
        """An example; `name` is that of the field, `inside` the components that it is part of."""
        if "$ref" in schema:
            component = schema["$ref"].removeprefix(REF)
            return self.of(self._components[component], name, (*inside, component))
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            ending = [one for one in schema["anyOf"] if not self._returns(one, inside)]
            return self.of(ending[0], name, inside)
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, inside)
        if kind == "array":
            return self._array(schema, name, inside)
        return _leaf({**schema, "type": kind}, _words(name), inside)

    def _object(self, schema: Schema, inside: tuple[str, ...]) -> Any:
        required = schema.get("required", ())
        example = {
            name: self.of(part, name, inside)
            for name, part in schema.get("properties", {}).items()
            if name in required or not (name in _LEFT_OUT or self._returns(part, inside))
        }
        entries = schema.get("additionalProperties")
        return {"example": self.of(entries, "example", inside)} if isinstance(entries, dict) else example

    def _array(self, schema: Schema, name: str, inside: tuple[str, ...]) -> Any:
        if self._returns(schema["items"], inside):
            return []
        return [self.of(schema["items"], name.removesuffix("s"), inside)] * max(1, schema.get("minItems", 1))

    @staticmethod
    def _returns(schema: Schema, inside: tuple[str, ...]) -> bool:
        """Whether a part leads back to a component that it is in, and so would never end."""
        parts = schema.get("anyOf", [schema])
        return parts[0].get("$ref", "").removeprefix(REF) in inside


def override(made_up: Any, given: Any) -> Any:
    """The example with what a route gives of it: fields in the place of made-up ones, `...` for none at all."""
    if given is None:
        return made_up
    if not (isinstance(made_up, dict) and isinstance(given, dict)):
        return given
    return {
        name: override(made_up.get(name), value) for name, value in {**made_up, **given}.items() if value is not ...
    }


def _words(name: str) -> str:
    """The name in lower case with underscores."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _leaf(schema: Schema, name: str, inside: tuple[str, ...]) -> Any:
    named = [_sample(TEXTS, name), _sample(NUMBERS, name), _id(name, inside), _BY_FORMAT.get(schema.get("format", ""))]
    numbers = [True, 3, 1.5, 0.25, schema.get("minimum"), schema.get("maximum")]
    texts = [name.replace("_", " ").capitalize(), name, "A" * schema.get("minLength", 1)]
    return next((value for value in (*named, *numbers, *texts) if fits(value, schema)), None)


def _sample(samples: Mapping[str, object], name: str) -> object:
    """What the longest known ending of the name stands for."""
    words = name.split("_")
    endings = ("_".join(words[start:]) for start in range(len(words)))
    return next((samples[ending] for ending in endings if ending in samples), None)


def _id(name: str, inside: tuple[str, ...]) -> str | None:
    """The id that stands for this kind of thing in all examples."""
    name = _ID_WORDS.get(name, name)
    if name == "id" and inside:
        name = _words(inside[-1].removesuffix("View")) + "_id"
    kind = name.split("_")[-2:]
    if kind[-1] != "id":
        return None
    digits = f"{zlib.crc32('_'.join(kind).encode()):08x}"
    return f"019ceb1b-2248-7{digits[:3]}-9{digits[3:6]}-{digits}{digits[4:]}"


def fits(value: Any, schema: Schema) -> bool:
    """Whether a simple value is what a schema allows."""
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
    like = _BY_FORMAT.get(schema.get("format", ""), value)
    return _shape(value) == _shape(like) and re.search(schema.get("pattern", ""), value) is not None


def _shape(value: str) -> str:
    return re.sub("[0-9a-f]", "0", value)


def _fits_number(value: float, schema: Schema) -> bool:
    at_least = schema.get("minimum", value) <= value and schema.get("exclusiveMinimum", value - 1) < value
    at_most = value <= schema.get("maximum", value) and value < schema.get("exclusiveMaximum", value + 1)
    return at_least and at_most and not value % schema.get("multipleOf", value or 1)
