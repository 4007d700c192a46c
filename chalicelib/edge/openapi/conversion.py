"""Converts the document to OpenAPI 3.0.3, for older generators.

Version 3.0 has `nullable` instead of the type `null`, booleans for exclusive bounds, no text beside a reference and no
identifier of the licence. Generators that need it cannot send or decode unions either, so those are one object here.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.edge.openapi.references import REF, reachable, references
from chalicelib.edge.openapi.unions import is_union, merged

Json = dict[str, Any]

_LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
_NULL = {"type": "null"}
_VALUES = frozenset({"default", "enum", "example", "examples"})
"""Keywords whose values are data. `properties` may hold a field of such a name."""
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def to_openapi_30(document: Mapping[str, Any]) -> Json:
    """Return an OpenAPI 3.1 document as one of version 3.0.3."""
    components = _without_unions(document)
    known = {name: part for name, part in document.items() if not name.startswith("x-")}
    converted: Json = _Converter(components["schemas"]).convert({**known, "components": components})
    return {**converted, "openapi": "3.0.3", "info": {**document["info"], "license": _LICENSE}}


def _without_unions(document: Mapping[str, Any]) -> Json:
    schemas: Json = document["components"]["schemas"]
    for name, schema in [*schemas.items()]:
        if is_union(schema):
            schemas = {**schemas, **merged(name, schema, schemas)}
    used = reachable(references(document["paths"]), schemas)
    return {**document["components"], "schemas": {name: schemas[name] for name in sorted(used)}}


class _Converter:
    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def convert(self, part: Any) -> Any:
        """Return a part of the document in the words of version 3.0."""
        if isinstance(part, list):
            return [self.convert(child) for child in part]
        if not isinstance(part, dict):
            return part
        part = _named_value(_bounded(_referring(self._nullable(part))))
        return {name: self._value(name, value) for name, value in part.items()}

    def _value(self, name: str, value: Any) -> Any:
        if name == "properties":
            return {field: self.convert(schema) for field, schema in value.items()}
        return value if name in _VALUES else self.convert(value)

    def _nullable(self, part: Json) -> Json:
        """Return a schema that is nullable instead of having the type null; a nullable one needs a type."""
        if isinstance(part.get("type"), list):
            return {**part, "type": next(kind for kind in part["type"] if kind != "null"), "nullable": True}
        if _NULL not in part.get("anyOf", ()):
            return part
        reference = next(option for option in part["anyOf"] if option != _NULL)
        kind = self._schemas[reference["$ref"].removeprefix(REF)]["type"]
        rest = {word: value for word, value in part.items() if word != "anyOf"}
        return {**rest, "type": kind, "nullable": True, "allOf": [reference]}


def _referring(part: Json) -> Json:
    beside = {word: value for word, value in part.items() if word != "$ref"}
    if not beside or not str(part.get("$ref", "")).startswith(REF):
        return part
    return {**beside, "allOf": [{"$ref": part["$ref"]}]}


def _bounded(part: Json) -> Json:
    changed = {bound: part[word] for word, bound in _EXCLUSIVE.items() if isinstance(part.get(word), int | float)}
    return {**part, **changed, **{word: True for word, bound in _EXCLUSIVE.items() if bound in changed}}


def _named_value(part: Json) -> Json:
    if "const" not in part:
        return part
    return {**{word: value for word, value in part.items() if word != "const"}, "enum": [part["const"]]}
