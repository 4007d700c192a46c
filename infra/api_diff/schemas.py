"""Compares two versions of a JSON schema as OpenAPI documents use them.

A request has to accept what it accepted before, and a response has to keep what it promised. Both are one question with
the two versions exchanged: does the wide schema allow everything that the narrow one allows? For a request the old
version is the narrow one, for a response the new version. Two rules go beyond that. A property or a value of an
enumeration that is removed breaks clients in both directions. New properties and values of a response do not: clients
have to ignore them. Limits of length and size are compared for requests only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_PYTHON_END = r"(?!\n)"
"""Ended patterns up to 0.1.0: no line break after `$`, which JSON Schema does not match there anyway."""
_SIZE = "double"
"""The format that only tells generators the size of a number: no value is refused."""
_ALTERNATIVES = ("anyOf", "oneOf")
_PREFIX = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Difference:
    """A breaking difference; `component` is the named schema that contains it, or empty."""

    component: str
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the comparison stands: the component, the path inside it, and the pairs of components above it."""

    component: str
    path: str
    above: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def at(self, step: str) -> _Place:
        return _Place(self.component, self.path + step, self.above)

    def difference(self, text: str) -> Difference:
        return Difference(self.component, f"{self.path} {text}")


@dataclass(frozen=True, slots=True)
class SchemaComparison:
    """Compares schemas of two documents, as those of requests or of responses."""

    before: Mapping[str, Schema]
    after: Mapping[str, Schema]
    is_request: bool

    def differences(self, old: Schema, new: Schema, path: str) -> Iterator[Difference]:
        """Yield the breaking differences between two versions; `path` names the place in the operation."""
        yield from self._compare(old, new, _Place("", path))

    def _compare(self, old: Schema, new: Schema, place: _Place) -> Iterator[Difference]:
        names = _component(old), _component(new)
        if names in place.above:
            return
        if names[0]:
            place = _Place(names[0], names[0], place.above | {names})
        old, new = self.before.get(names[0], old), self.after.get(names[1], new)
        if any(key in schema for schema in (old, new) for key in _ALTERNATIVES):
            yield from self._alternatives(old, new, place)
            return
        yield from self._values(old, new, place)
        yield from self._properties(old, new, place)
        if self.is_request:
            yield from _limits(old, new, place)
        for keyword, step in (("items", "[]"), ("additionalProperties", ".*")):
            if isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping):
                yield from self._compare(old[keyword], new[keyword], place.at(step))

    def _alternatives(self, old: Schema, new: Schema, place: _Place) -> Iterator[Difference]:
        """Each alternative of the narrow schema has to fit one of the wide schema."""
        olds, news = _alternatives(old), _alternatives(new)
        for narrow in olds if self.is_request else news:
            pairs = [(narrow, one) if self.is_request else (one, narrow) for one in (news if self.is_request else olds)]
            found = [list(self._compare(*pair, place)) for pair in pairs]
            if all(found):
                same = [which for pair, which in zip(pairs, found, strict=True) if _label(pair[0]) == _label(pair[1])]
                verb = "no longer accepts" if self.is_request else "may be"
                yield from same[0] if same else [place.difference(f"{verb} {_label(narrow)}")]

    def _values(self, old: Schema, new: Schema, place: _Place) -> Iterator[Difference]:
        narrow, wide = (old, new) if self.is_request else (new, old)
        if not _types(narrow) <= _types(wide):
            yield place.difference(f"changes its type from {_label(old)} to {_label(new)}")
        if wide.get("format", _SIZE) != _SIZE and narrow.get("format") != wide["format"]:
            yield place.difference(f"changes its format from {old.get('format')} to {new.get('format')}")
        if "enum" in old and "enum" in new:
            removed = [value for value in old["enum"] if value not in new["enum"]]
            yield from (place.difference(f"loses the value {value!r}") for value in removed)
        elif "enum" in wide:
            yield place.difference("is limited to some values" if self.is_request else "is not limited to its values")

    def _properties(self, old: Schema, new: Schema, place: _Place) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                yield place.at(f".{name}").difference("is removed")
            else:
                yield from self._compare(schema, after[name], place.at(f".{name}"))
        narrow, wide = (old, new) if self.is_request else (new, old)
        for name in wide.get("required", ()):
            if name not in narrow.get("required", ()) and name in after:
                text = "becomes required" if self.is_request else "may be missing"
                yield place.at(f".{name}").difference(text)


def _limits(old: Schema, new: Schema, place: _Place) -> Iterator[Difference]:
    for keyword in _UPPER:
        if keyword in new and new[keyword] < old.get(keyword, float("inf")):
            yield place.difference(f"has a lower {keyword}")
    for keyword in _LOWER:
        if keyword in new and new[keyword] > old.get(keyword, float("-inf")):
            yield place.difference(f"has a higher {keyword}")
    if "pattern" in new and new["pattern"] != old.get("pattern", "").removesuffix(_PYTHON_END):
        yield place.difference("has another pattern")
    if new.get("additionalProperties") is False and old.get("additionalProperties", True) is not False:
        yield place.difference("refuses unknown properties")


def _component(schema: Schema) -> str:
    alone = schema["allOf"][0] if len(schema.get("allOf", ())) == 1 else schema
    return str(alone.get("$ref", "")).removeprefix(_PREFIX)


def _alternatives(schema: Schema) -> list[Schema]:
    found = [one for key in _ALTERNATIVES for one in schema.get(key, ())]
    return [nested for one in found for nested in _alternatives(one)] or [schema]


def _types(schema: Schema) -> frozenset[str]:
    declared = schema.get("type", ["array", "boolean", "null", "number", "object", "string"])
    types = {declared} if isinstance(declared, str) else set(declared)
    return frozenset(types | ({"integer"} if "number" in types else set()))


def _label(schema: Schema) -> str:
    return _component(schema) or " or ".join(sorted(_types(schema) if "type" in schema else {"any type"}))
