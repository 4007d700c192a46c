"""Compares two versions of the API: operations over HTTP and events of the sockets, both as one document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.api_diff.schemas import SchemaComparison

Document = Mapping[str, Any]
SOCKETS = "x-sockets"
"""The part of a combined document that describes the sockets."""
_NAMES = frozenset({"properties", "schemas", "parameters", "headers"})
_PROSE = frozenset({"description", "summary", "example", "tags", "operationId", "info", "servers"})


@dataclass(frozen=True, slots=True)
class Break:
    """A change that breaks clients of an operation; `component` is the schema that contains it, or empty."""

    operation: str
    component: str
    text: str


def reduced(document: Any, *, keys_are_names: bool = False) -> Any:
    """Return a document without prose and without the contents of examples; the names of examples are error codes."""
    if isinstance(document, list):
        return [reduced(one) for one in document]
    if not isinstance(document, dict):
        return document
    found = {}
    for key, value in document.items():
        if key == "examples" and not keys_are_names:
            found[key] = dict.fromkeys(value)
        elif keys_are_names or key not in _PROSE:
            found[key] = reduced(value, keys_are_names=not keys_are_names and key in _NAMES)
    return found


def combined(openapi: Document, asyncapi: Document) -> Document:
    """Return the OpenAPI document with what is compared of the AsyncAPI document: schemas, and events by direction."""
    schemas = asyncapi["components"]["schemas"]
    events: dict[str, dict[str, Any]] = {"send": {}, "receive": {}}
    for operation in asyncapi["operations"].values():
        channel = operation["channel"]["$ref"].rpartition("/")[2]
        for message in operation["messages"]:
            described = asyncapi["components"]["messages"][message["$ref"].rpartition("/")[2]]
            envelope = schemas[described["payload"]["$ref"].rpartition("/")[2]]
            events[operation["action"]][f"SOCKET {channel} {described['name']}"] = envelope["properties"]["data"]
    return {**openapi, SOCKETS: {"schemas": schemas, "events": events}}


def breaking_changes(before: Document, after: Document) -> Iterator[Break]:
    """Yield the changes between two documents that break clients."""
    yield from _comparison(before, after, "components").http()
    yield from _comparison(before, after, SOCKETS).sockets()


def _comparison(before: Document, after: Document, part: str) -> _Comparison:
    """Return the comparison with the schemas of one part of the documents."""
    schemas = before.get(part, {}).get("schemas", {}), after.get(part, {}).get("schemas", {})
    requests, responses = (SchemaComparison(*schemas, is_request=one) for one in (True, False))
    return _Comparison(before, after, requests, responses)


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Document
    after: Document
    requests: SchemaComparison
    responses: SchemaComparison

    def http(self) -> Iterator[Break]:
        old, new = _operations(self.before), _operations(self.after)
        for name, operation in old.items():
            if name not in new:
                yield Break(name, "", "the operation is removed")
                continue
            yield from self._parameters(name, operation, new[name])
            yield from self._body(name, operation.get("requestBody"), new[name].get("requestBody"))
            yield from self._answers(name, operation["responses"], new[name]["responses"])
            if new[name].get("security") and not operation.get("security"):
                yield Break(name, "", "it needs a token")

    def sockets(self) -> Iterator[Break]:
        old, new = _events(self.before), _events(self.after)
        for (side, name), event in old.items():
            if (side, name) not in new:
                yield Break(name, "", "the event is removed")
            else:
                comparison = self.requests if side == "receive" else self.responses
                yield from _schema(name, comparison, event, new[side, name], "data")

    def _parameters(self, name: str, old: Document, new: Document) -> Iterator[Break]:
        before, after = _parameters(self.before, old), _parameters(self.after, new)
        for place, parameter in before.items():
            if place not in after:
                yield Break(name, "", f"{place} is removed")
            else:
                yield from _schema(name, self.requests, parameter["schema"], after[place]["schema"], place)
        for place, parameter in after.items():
            if parameter.get("required") and not before.get(place, {}).get("required"):
                yield Break(name, "", f"{place} becomes required")

    def _body(self, name: str, old: Document | None, new: Document | None) -> Iterator[Break]:
        if new and new.get("required") and not (old and old.get("required")):
            yield Break(name, "", "a body becomes required")
        if old:
            yield from _contents(name, self.requests, old, new or {}, "body")

    def _answers(self, name: str, old: Document, new: Document) -> Iterator[Break]:
        for status, answer in old.items():
            if status not in new:
                yield Break(name, "", f"status {status} is removed")
                continue
            for header in _missing(answer, new[status], "headers"):
                yield Break(name, "", f"header {header} of {status} is removed")
            yield from _contents(name, self.responses, answer, new[status], status)


def _contents(name: str, comparison: SchemaComparison, old: Document, new: Document, path: str) -> Iterator[Break]:
    before, after = old.get("content", {}), new.get("content", {})
    for media_type, content in before.items():
        if media_type not in after:
            yield Break(name, "", f"{media_type} of {path} is removed")
            continue
        for code in _missing(content, after[media_type], "examples"):
            yield Break(name, "", f"error code {code} of {path} is removed")
        pair = content.get("schema", {}), after[media_type].get("schema", {})
        yield from _schema(name, comparison, *pair, path)


def _missing(old: Document, new: Document, key: str) -> list[str]:
    return sorted(set(old.get(key, ())) - set(new.get(key, ())))


def _schema(name: str, comparison: SchemaComparison, old: Document, new: Document, path: str) -> Iterator[Break]:
    direction = "request" if comparison.is_request else "response"
    for found in comparison.differences(old, new, path):
        yield Break(name, found.component, f"{direction}: {found.text}")


def _operations(document: Document) -> dict[str, Document]:
    methods = [(path, *one) for path, item in document["paths"].items() for one in item.items()]
    return {f"{method.upper()} {path}": operation for path, method, operation in methods}


def _events(document: Document) -> dict[tuple[str, str], Document]:
    sides: Document = document.get(SOCKETS, {"events": {}})["events"]
    return {(side, name): data for side, events in sides.items() for name, data in events.items()}


def _parameters(document: Document, operation: Document) -> dict[str, Document]:
    """Return an operation's parameters by a text that names them, as `query parameter limit`."""
    shared = document["components"].get("parameters", {})
    found = [shared.get(one.get("$ref", "").rpartition("/")[2], one) for one in operation.get("parameters", ())]
    return {f"{one['in']} parameter {one['name']}": one for one in found}
