"""Lists of the audit trail by entity, actor and time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.audit.tables import AuditRow, new_row
from chalicelib.core.actor import Actor
from chalicelib.core.clock import iso
from chalicelib.core.work import AuditSubject, UnitOfWork
from infra.local.engine import EmbeddedEngine
from tests.builders.logs import listening
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def note(world: World, at: datetime, entity: str = "thing", actor: str = "ann", org_id: str = DEMO) -> AuditRow:
    """A row of the past."""
    work = UnitOfWork(at, world.ids)
    row = new_row(work, Actor(org_id, actor, "r"), AuditSubject("thing", entity, "THING_MOVED"), "OK", '{"a":[1,2]}')
    row.save()
    return row


def look(person: Person, **query: Any) -> Answer:
    asked = {{"since": "from", "until": "to"}.get(name, name): value for name, value in query.items()}
    values = {name: iso(value) if isinstance(value, datetime) else value for name, value in asked.items()}
    return person.get(f"/v1/audit?{urlencode(values)}")


def pages(person: Person, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """Page after page to the end."""
    cursor: dict[str, str] = {}
    while True:
        answer = look(person, **query, **cursor)
        assert answer.status == 200, answer
        yield answer.json["data"]
        if answer.json["meta"]["nextCursor"] is None:
            return
        cursor = {"cursor": answer.json["meta"]["nextCursor"]}


def times(rows: list[dict[str, Any]]) -> list[str]:
    return [row["timestamp"] for row in rows]


@pytest.fixture
def admin(world: World) -> Person:
    """Somebody who may read the trail. The rows of founding the organisations lie at `NOW`."""
    person = world.person(ADMIN)
    world.clock.advance(minutes=1)
    return person


def test_audit_row_fields(world: World, admin: Person) -> None:
    picker = world.person("picker")
    answer = admin.patch(f"/v1/users/{picker.user_id}", {"team": "Night"}, user_agent="browser " * 100)
    assert answer.status == 200
    found = look(admin, entityId=picker.user_id, actorId=admin.user_id).json
    assert (found["success"], found["meta"]) == (True, {"nextCursor": None})
    assert found["data"] == [
        {
            "actor_id": admin.user_id,
            "entity_id": picker.user_id,
            "entity_type": "user",
            "action_type": "USER_UPDATED",
            "timestamp": "2026-03-01T09:01:00Z",
            "payload_diff": {"team": [None, "Night"]},
            "outcome": "OK",
            "request_id": answer.headers["X-Request-Id"],
            "org_id": "demo",
            "client": {"address": "127.0.0.1", "userAgent": "browser " * 25},
            "repeated": 0,
        }
    ]


def test_refusal_row_is_written_again_after_lost_response(world: World, admin: Person, engine: EmbeddedEngine) -> None:
    picker = world.person("picker")
    engine.fail_next("PutItem", "InternalServerError", after=True)
    with listening() as logged:
        assert picker.patch(f"/v1/users/{admin.user_id}", {"status": "DISABLED"}).status == 403
    assert not [line for line in logged.all if line["level"] == "ERROR"]
    assert [row["outcome"] for row in look(admin, actorId=picker.user_id).json["data"]] == ["ACCESS_DENIED"]


def test_refused_request_has_code_and_no_diff(world: World, admin: Person) -> None:
    picker = world.person("picker")
    assert picker.patch(f"/v1/users/{admin.user_id}", {"status": "DISABLED"}).status == 403
    [row] = look(admin, actorId=picker.user_id).json["data"]
    assert (row["entity_id"], row["outcome"], row["payload_diff"]) == (admin.user_id, "ACCESS_DENIED", None)


def test_filters_by_entity_actor_and_both(world: World, admin: Person) -> None:
    moments = [NOW + timedelta(seconds=number) for number in range(8)]
    for number, at in enumerate(moments):
        note(world, at, entity="ab"[number % 2], actor="xy"[number // 4])
    expected = [iso(at).replace(".000Z", "Z") for at in moments]
    assert times(look(admin, entityId="a").json["data"]) == expected[6::-2]
    assert times(look(admin, actorId="x").json["data"]) == expected[3::-1]
    assert times(look(admin, entityId="b", actorId="y").json["data"]) == [expected[7], expected[5]]
    assert look(admin, entityId="b", actorId="z").json["data"] == []


@pytest.mark.parametrize(
    "filters", [{}, {"entityId": "thing"}, {"actorId": "ann"}, {"entityId": "thing", "actorId": "ann"}]
)
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_contain_all_rows_newest_first(world: World, admin: Person, filters: dict[str, str], limit: int) -> None:
    since = NOW - timedelta(days=9)
    # Several in one millisecond, over midnight, and days without any between them.
    for at in (0, 0, 0, 1, 60, 50_000, 86_400, 86_400, 400_000, 400_001):
        note(world, since + timedelta(seconds=at))
    rows = [
        row for page in pages(admin, since=since, until=NOW - timedelta(days=1), limit=limit, **filters) for row in page
    ]
    assert len(rows) == 10
    assert times(rows) == sorted(times(rows), reverse=True)


def test_new_rows_do_not_disturb_paging(world: World, admin: Person) -> None:
    for number in range(5):
        note(world, NOW - timedelta(minutes=number + 1), entity=f"e{number}")
    first = look(admin, limit=2, until=NOW - timedelta(seconds=1)).json
    note(world, NOW, entity="new")
    second = look(admin, limit=10, until=NOW - timedelta(seconds=1), cursor=first["meta"]["nextCursor"]).json
    assert [row["entity_id"] for row in first["data"] + second["data"]] == ["e0", "e1", "e2", "e3", "e4"]


def test_from_and_to_are_inclusive(world: World, admin: Person) -> None:
    for number in range(4):
        note(world, NOW - timedelta(hours=number + 1), entity=f"e{number}")
    query = {"since": NOW - timedelta(hours=3), "until": NOW - timedelta(hours=2)}
    for filters in ({}, {"actorId": "ann"}):
        assert [row["entity_id"] for row in look(admin, **query, **filters).json["data"]] == ["e1", "e2"]


def test_empty_months_take_one_page_each(world: World, admin: Person) -> None:
    note(world, NOW - timedelta(days=100), entity="old")
    found = list(pages(admin, since=NOW - timedelta(days=120), until=NOW - timedelta(days=1)))
    assert [[row["entity_id"] for row in page] for page in found] == [[], [], [], ["old"]]


def test_default_window_is_thirty_days(world: World, admin: Person) -> None:
    note(world, NOW - timedelta(days=29), entity="recent")
    note(world, NOW - timedelta(days=40), entity="older")
    seen = [row["entity_id"] for page in pages(admin) for row in page]
    assert ("recent" in seen, "older" in seen) == (True, False)
    before = [row["entity_id"] for page in pages(admin, until=NOW - timedelta(days=35)) for row in page]
    assert before == ["older"]
    assert [row["entity_id"] for row in look(admin, actorId="ann").json["data"]] == ["recent", "older"]


def test_any_time_is_accepted(world: World, admin: Person) -> None:
    for since, until in (
        ("1900-01-01T00:00:00Z", "1900-01-02T00:00:00Z"),
        ("9997-01-01T00:00:00Z", "9998-01-01T00:00:00Z"),
    ):
        answer = admin.get(f"/v1/audit?from={since}&to={until}")
        assert (answer.status, answer.json.get("data")) == (200, [])


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "from=yesterday", "from=2026-03-01T00:00:00", "cursor=x"])
def test_invalid_query_is_refused(admin: Person, query: str) -> None:
    answer = admin.get(f"/v1/audit?{query}")
    assert (answer.status, list(answer.fields)) == (422, [query.partition("=")[0]])


def test_to_before_from_is_refused(admin: Person) -> None:
    assert look(admin, since=NOW, until=NOW - timedelta(seconds=1)).fields == {"to": "must not be before from"}


def test_cursor_of_another_list_is_refused(world: World, admin: Person) -> None:
    for number in range(3):
        note(world, NOW - timedelta(hours=number))
    cursor = look(admin, limit=1).json["meta"]["nextCursor"]
    assert look(admin, actorId="ann", cursor=cursor).status == 422
    stranger = world.person(ADMIN, OTHER)
    assert look(stranger, cursor=cursor).status == 422


def test_audit_trail_is_per_organisation(world: World, admin: Person) -> None:
    stranger = world.person(ADMIN, OTHER)
    note(world, NOW, entity="secret", actor="spy")
    for query in ({}, {"entityId": "secret"}, {"actorId": "spy"}, {"entityId": admin.user_id}):
        assert {row["org_id"] for row in look(stranger, **query).json["data"]} <= {OTHER}


def test_audit_requires_permission(world: World) -> None:
    for role in ("gm", "SUPERVISOR", "dispatcher", "VIEW_ONLY"):
        answer = world.person(role).get("/v1/audit")
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_no_endpoint_changes_or_deletes_rows(world: World, admin: Person) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert world.call(method, "/v1/audit", {}, token=admin.token).status == 405
    addresses = {(one.method, one.path) for one in world.parts.dependencies.endpoints if "audit" in one.path}
    assert addresses == {("GET", "/v1/audit")}
