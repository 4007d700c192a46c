"""Breaking changes of the API are found, compatible ones are not, and the changelog announces them."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from infra.api_diff.__main__ import announcements, main, report, unannounced
from infra.api_diff.document import SOCKETS, Break, breaking_changes, reduced

Json = dict[str, Any]
Change = Callable[[Json], Any]

ORDER = "POST /v1/orders"


def text(**more: Any) -> Json:
    return {"type": "string", **more}


def struct(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": required, "description": "Prose."}


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(schema: Json, **examples: Json) -> Json:
    content = {"schema": schema, "examples": examples} if examples else {"schema": schema}
    return {"headers": {"ETag": {}}, "content": {"application/json": content}}


DOCUMENT: Json = {
    "paths": {
        "/v1/orders": {
            "get": {"responses": {"200": answer({"type": "array", "items": reference("Order")})}, "security": []},
            "post": {
                "summary": "Prose.",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    {"$ref": "#/components/parameters/Key"},
                ],
                "requestBody": {"content": {"application/json": {"schema": reference("NewOrder")}}},
                "responses": {"201": answer(reference("Order")), "409": answer({}, TAKEN={}, GONE={})},
                "security": [{"bearer": []}],
            },
        },
    },
    "components": {
        "parameters": {"Key": {"name": "Key", "in": "header", "schema": text()}},
        "schemas": {
            "NewOrder": struct(
                ["to"],
                to=text(maxLength=40),
                kind=text(enum=["fast", "slow"]),
                note={"anyOf": [text(), {"type": "null"}]},
                parts={"type": "array", "items": {"type": "number"}},
            ),
            "Order": struct(
                ["id", "state"],
                id=text(),
                state=text(enum=["new", "done"]),
                description=text(),
                at=text(format="date-time"),
                parent={"anyOf": [reference("Order"), {"type": "null"}]},
            ),
        },
    },
}
DOCUMENT[SOCKETS] = {
    "schemas": DOCUMENT["components"]["schemas"],
    "events": {
        "send": {"SOCKET courier order.placed": reference("Order")},
        "receive": {"SOCKET courier order.wanted": reference("NewOrder")},
    },
}


def operation(document: Json) -> Json:
    found: Json = document["paths"]["/v1/orders"]["post"]
    return found


def properties(name: str) -> Callable[[Json], Json]:
    return lambda document: document["components"]["schemas"][name]["properties"]


def changed(change: Change) -> list[Break]:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return list(breaking_changes(reduced(DOCUMENT), reduced(document)))


new, order = properties("NewOrder"), properties("Order")
limit: Callable[[Json], Json] = lambda document: operation(document)["parameters"][0]  # noqa: E731 - as short as its siblings
events: Callable[[Json], Json] = lambda document: document[SOCKETS]["events"]  # noqa: E731 - likewise

BREAKING: Mapping[str, tuple[Change, str]] = {
    "operation": (lambda it: it["paths"]["/v1/orders"].pop("post"), "the operation is removed"),
    "path": (lambda it: it["paths"].pop("/v1/orders"), "the operation is removed"),
    "status": (lambda it: operation(it)["responses"].pop("409"), "status 409 is removed"),
    "error code": (
        lambda it: operation(it)["responses"]["409"]["content"]["application/json"]["examples"].pop("GONE"),
        "error code GONE of 409 is removed",
    ),
    "header": (lambda it: operation(it)["responses"]["201"]["headers"].clear(), "header ETag of 201 is removed"),
    "media type": (
        lambda it: operation(it)["requestBody"]["content"].clear(),
        "application/json of body is removed",
    ),
    "body removed": (lambda it: operation(it).pop("requestBody"), "application/json of body is removed"),
    "body required": (lambda it: operation(it)["requestBody"].update(required=True), "a body becomes required"),
    "parameter removed": (lambda it: operation(it)["parameters"].pop(), "header parameter Key is removed"),
    "parameter required": (lambda it: limit(it).update(required=True), "query parameter limit becomes required"),
    "new required parameter": (
        lambda it: operation(it)["parameters"].append({"name": "x", "in": "query", "required": True, "schema": {}}),
        "query parameter x becomes required",
    ),
    "parameter limit": (
        lambda it: limit(it)["schema"].update(maximum=50),
        "request: query parameter limit has a lower maximum",
    ),
    "request type": (
        lambda it: limit(it)["schema"].update(type="string"),
        "request: query parameter limit changes its type",
    ),
    "request property required": (
        lambda it: it["components"]["schemas"]["NewOrder"]["required"].append("kind"),
        "request: NewOrder.kind becomes required",
    ),
    "request property removed": (lambda it: new(it).pop("note"), "request: NewOrder.note is removed"),
    "request value": (lambda it: new(it)["kind"]["enum"].pop(), "request: NewOrder.kind loses the value 'slow'"),
    "request values": (lambda it: new(it)["to"].update(enum=["a"]), "request: NewOrder.to is limited to some values"),
    "request length": (lambda it: new(it)["to"].update(maxLength=39), "request: NewOrder.to has a lower maxLength"),
    "request minimum": (lambda it: new(it)["to"].update(minLength=1), "request: NewOrder.to has a higher minLength"),
    "request pattern": (lambda it: new(it)["to"].update(pattern="a"), "request: NewOrder.to has another pattern"),
    "request format": (
        lambda it: new(it)["to"].update(format="uuid"),
        "request: NewOrder.to changes its format from None to uuid",
    ),
    "request null": (lambda it: new(it).update(note=text()), "request: NewOrder.note no longer accepts null"),
    "request items": (
        lambda it: new(it)["parts"]["items"].update(type="integer"),
        "request: NewOrder.parts[] changes its type from integer or number to integer",
    ),
    "request unknown": (
        lambda it: it["components"]["schemas"]["NewOrder"].update(additionalProperties=False),
        "request: NewOrder refuses unknown properties",
    ),
    "response property": (lambda it: order(it).pop("description"), "response: Order.description is removed"),
    "response optional": (
        lambda it: it["components"]["schemas"]["Order"]["required"].remove("state"),
        "response: Order.state may be missing",
    ),
    "response value": (lambda it: order(it)["state"]["enum"].pop(), "response: Order.state loses the value 'done'"),
    "response values": (
        lambda it: order(it)["state"].pop("enum"),
        "response: Order.state is not limited to its values",
    ),
    "response format": (lambda it: order(it)["at"].pop("format"), "response: Order.at changes its format"),
    "response null": (
        lambda it: order(it).update(id={"anyOf": [text(), {"type": "null"}]}),
        "response: Order.id may be null",
    ),
    "token": (lambda it: it["paths"]["/v1/orders"]["get"].update(security=[{"bearer": []}]), "it needs a token"),
    "event": (lambda it: events(it)["send"].clear(), "the event is removed"),
    "sockets": (lambda it: it.pop(SOCKETS), "the event is removed"),
    "event from clients": (lambda it: events(it)["receive"].clear(), "the event is removed"),
}

COMPATIBLE: Mapping[str, Change] = {
    "nothing": lambda it: it,
    "prose": lambda it: operation(it).update(summary="Other words.", operationId="renamed", tags=["renamed"]),
    "operation": lambda it: it["paths"].update({"/v1/new": {"get": {"responses": {}}}}),
    "status": lambda it: operation(it)["responses"].update({"404": answer({})}),
    "optional parameter": lambda it: operation(it)["parameters"].append({"name": "x", "in": "query", "schema": {}}),
    "optional request property": lambda it: new(it).update(more=text()),
    "wider request": lambda it: new(it)["to"].update(maxLength=41, type=["string", "integer"]),
    "request value": lambda it: new(it)["kind"]["enum"].append("slower"),
    "request null": lambda it: new(it).update(to={"anyOf": [text(maxLength=40), {"type": "null"}]}),
    "response property": lambda it: order(it).update(more=text()),
    "required response property": lambda it: it["components"]["schemas"]["Order"]["required"].append("at"),
    "response value": lambda it: order(it)["state"]["enum"].append("lost"),
    "response never null": lambda it: order(it).update(parent=reference("Order")),
    "event": lambda it: events(it)["send"].update({"SOCKET courier order.lost": reference("Order")}),
    "public": lambda it: operation(it).update(security=[]),
    "renamed schema": lambda it: (
        it["components"]["schemas"].update(Renamed=it["components"]["schemas"]["NewOrder"]),
        operation(it)["requestBody"]["content"]["application/json"].update(schema=reference("Renamed")),
    ),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_a_breaking_change_is_found(kind: str) -> None:
    change, expected = BREAKING[kind]
    assert any(one.text.startswith(expected) for one in changed(change)), changed(change)


@pytest.mark.parametrize("kind", COMPATIBLE)
def test_a_compatible_change_is_not_reported(kind: str) -> None:
    assert changed(COMPATIBLE[kind]) == []


def test_a_change_of_a_schema_is_reported_for_each_operation_and_event_that_uses_it() -> None:
    found = changed(lambda it: order(it).pop("description"))
    assert {one.operation for one in found} == {"GET /v1/orders", ORDER, "SOCKET courier order.placed"}
    assert {one.component for one in found} == {"Order"}
    lines = list(report(found))
    assert (
        lines[1] == f"  response: Order.description is removed (GET /v1/orders, {ORDER}, SOCKET courier order.placed)"
    )


def test_a_change_is_announced_by_its_operation_or_its_schema() -> None:
    found = changed(lambda it: new(it).pop("note"))
    changelog = "# Changelog\n\n## [Unreleased]\n\n### Breaking\n\n- {}\n\n### Added\n\n- `NewOrder`\n\n## [0.1.0]\n"
    assert unannounced(found, announcements(changelog.format("`NewOrder`: a note is kept elsewhere."))) == []
    left = unannounced(found, announcements(changelog.format(f"`{ORDER}`: takes no note.")))
    assert {one.operation for one in left} == {"SOCKET courier order.wanted"}


@pytest.mark.parametrize(
    "changelog",
    [
        "## [Unreleased]\n\n### Changed\n\n- `POST /v1/orders`\n",
        "## [Unreleased]\n\n## [0.2.0]\n\n### Breaking\n\n- `POST /v1/orders`\n",
        "## [Unreleased]\n\n### Breaking\n\n- POST /v1/orders\n",
    ],
    ids=["another section", "an earlier release", "no code marks"],
)
def test_changelog_text_outside_code_marks_announces_nothing(changelog: str) -> None:
    assert announcements(changelog) == frozenset()


def test_breaking_changes_of_this_checkout_are_announced(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0, capsys.readouterr().out


def test_no_breaking_change_is_a_short_report() -> None:
    assert list(report([])) == ["The API breaks nothing that CHANGELOG.md does not announce."]
