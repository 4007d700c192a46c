"""Notifications: the list, the count of unread ones, and marking them as read."""

from collections import Counter

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.roles.tables import RolePermissions, role_key
from chalicelib.notices.tables import notification_key
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import diff
from tests.builders.mailboxes import recipient
from tests.builders.notices import ADDRESS, READ_ALL, check_count, listed, read, send, stage, titles, unread
from tests.builders.world import DEMO, OTHER, Person, World


@pytest.fixture
def tech(world: World) -> Person:
    """A technician who receives notifications."""
    return world.person("TECH")


def page_by_page(person: Person, limit: int, more: str = "") -> list[list[str]]:
    """The titles of each page until no cursor comes."""
    found, cursor = [], ""
    while True:
        page = listed(person, f"?limit={limit}{cursor}{more}")
        found.append([item["title"] for item in page["items"]])
        if page["nextCursor"] is None:
            return found
        cursor = f"&cursor={page['nextCursor']}"


def test_list_is_empty_without_notifications(tech: Person) -> None:
    assert listed(tech) == {"items": [], "unread": 0, "nextCursor": None}


def test_notification_has_type_texts_time_and_subject(world: World, tech: Person) -> None:
    [sent] = send(world, tech, "New work order WO-7")
    assert listed(tech)["items"] == [
        {
            "id": sent,
            "type": "WO_ASSIGNED",
            "title": "New work order WO-7",
            "body": "Ride 7 stands still",
            "at": "2026-03-01T09:00:01Z",
            "read": False,
            "subject": {"kind": "work_order", "id": "order-7"},
        }
    ]


def test_list_is_newest_first_in_pages(world: World, tech: Person) -> None:
    send(world, tech, *"abcdefg")
    assert page_by_page(tech, 3) == [["g", "f", "e"], ["d", "c", "b"], ["a"]]
    assert page_by_page(tech, 100) == [list("gfedcba")]


def test_page_shows_total_unread(world: World, tech: Person) -> None:
    sent = send(world, tech, *"abcde")
    read(tech, sent[2])
    assert {listed(tech, f"?limit={limit}")["unread"] for limit in (1, 2, 100)} == {4}


def test_list_filters_unread(world: World, tech: Person) -> None:
    sent = send(world, tech, *"abcde")
    for notice_id in (sent[0], sent[3]):
        assert read(tech, notice_id).status == 204
    assert page_by_page(tech, 2, "&unread=true") == [["e", "c"], ["b"]]
    assert titles(tech, "?unread=false") == list("edcba")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "unread=perhaps"])
def test_invalid_query_is_refused(tech: Person, query: str) -> None:
    answer = tech.get(f"{ADDRESS}?{query}")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert list(answer.fields) == [query.partition("=")[0]]


def test_cursor_of_another_user_is_refused(world: World, tech: Person) -> None:
    other = world.person("TECH")
    for person in (tech, other):
        send(world, person, *"abc")
    cursor = listed(other, "?limit=1")["nextCursor"]
    assert tech.get(f"{ADDRESS}?cursor={cursor}").fields == {"cursor": "is not a valid cursor for this list"}


def test_read_notification_counts_once(world: World, tech: Person) -> None:
    sent = send(world, tech, *"ab")
    for _ in range(3):
        answer = read(tech, sent[0])
        assert (answer.status, answer.text) == (204, "")
        assert unread(tech) == check_count(tech) == 1
    assert [item["read"] for item in listed(tech)["items"]] == [False, True]


def test_repeated_read_notification_gets_same_response(world: World, tech: Person) -> None:
    [sent] = send(world, tech, "a")
    first, again = (read(tech, sent, idempotency_key="k") for _ in range(2))
    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (204, 204, "true")
    assert unread(tech) == 0


@pytest.mark.parametrize("role", ["TECH", "MAINT_TL", "SYSTEM_ADMIN"])
def test_notification_of_another_user_is_not_found(world: World, tech: Person, role: str) -> None:
    [sent] = send(world, tech, "a")
    for org_id in (DEMO, OTHER):
        answer = read(world.person(role, org_id), sent)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert unread(tech) == 1


def test_unknown_notification_is_not_found(tech: Person) -> None:
    assert read(tech, "nothing").status == 404


def test_read_all_notifications(world: World, tech: Person) -> None:
    sent = send(world, tech, *"abc")
    read(tech, sent[1])
    assert tech.post(READ_ALL).status == 204
    assert (unread(tech), [item["read"] for item in listed(tech)["items"]]) == (0, [True] * 3)
    assert tech.post(READ_ALL).status == 204
    send(world, tech, "d")
    assert unread(tech) == check_count(tech) == 1


def test_read_all_notifications_beyond_one_transaction(world: World, tech: Person) -> None:
    for _ in range(5):
        world.run(lambda work: [stage(work, tech) for _ in range(40)])
    assert unread(tech) == 200
    assert tech.post(READ_ALL).status == 204
    assert unread(tech) == check_count(tech) == 0


def test_read_all_notifications_affects_one_user(world: World, tech: Person) -> None:
    others = [world.person("TECH"), world.person("TECH", OTHER)]
    for person in (tech, *others):
        send(world, person, "a")
    tech.post(READ_ALL)
    assert [unread(person) for person in (tech, *others)] == [0, 1, 1]


@pytest.mark.parametrize(("method", "path"), [("GET", ADDRESS), ("POST", f"{ADDRESS}/any/read"), ("POST", READ_ALL)])
def test_notifications_require_permission(world: World, tech: Person, method: str, path: str) -> None:
    where = role_key(DEMO, "TECH")
    world.run(lambda work: work.update_unread(where, actions=[RolePermissions.permissions.set({})]))
    answer = world.call(method, path, token=tech.token)
    assert (answer.status, answer.json["error"]["details"]) == (403, {"permission": "notices.notice.read"})


def test_read_notifications_expire_and_unread_ones_do_not(world: World, tech: Person) -> None:
    sent = send(world, tech, *"ab")
    read(tech, sent[0])
    world.clock.advance(seconds=settings().notice_retention_s)
    later = world.signed_in(DEMO, tech.user_id, "TECH")
    assert titles(later) == ["b"]
    assert read(later, sent[0]).status == 404
    world.clock.advance(days=365)
    later = world.signed_in(DEMO, tech.user_id, "TECH")
    assert (titles(later), unread(later)) == (["b"], 1)


def test_read_notification_has_expiry(world: World, tech: Person) -> None:
    sent = send(world, tech, *"ab")
    read(tech, sent[0])
    stored = [get(notification_key(recipient(tech), one)) for one in sent]
    life = settings().notice_retention_s
    expiries = [one.expires_at and (one.expires_at - world.clock.now()).total_seconds() for one in stored if one]
    assert expiries == [life, None]


def test_read_notification_is_audited(world: World, tech: Person) -> None:
    sent = send(world, tech, *"ab")
    read(tech, sent[0])
    tech.post(READ_ALL)
    rows = {row.action_type: row for row in world.audit() if row.actor_id == tech.user_id}
    assert (rows["NOTICE_READ"].entity_type, rows["NOTICE_READ"].entity_id) == ("notice", sent[0])
    assert diff(rows["NOTICE_READ"]) == {"read_at": [None, "2026-03-01T09:00:02Z"]}
    assert (rows["NOTICES_READ"].entity_type, rows["NOTICES_READ"].entity_id) == ("notices", tech.user_id)
    assert list(diff(rows["NOTICES_READ"])) == [f"notice/{sent[1]}.read_at"]


def test_long_texts_are_cut(world: World, tech: Person) -> None:
    world.run(lambda work: stage(work, tech, "t" * 200, "b " * 900))
    [item] = listed(tech)["items"]
    assert (len(item["title"]), len(item["body"])) == (120, 500)
    assert item["title"].endswith("…")
    assert item["body"].endswith("…")


def test_several_notifications_of_one_change_are_counted(world: World, tech: Person) -> None:
    other = world.person("TECH")
    world.run(lambda work: [stage(work, person, title) for title in "abc" for person in (tech, other)])
    assert [check_count(person) for person in (tech, other)] == [3, 3]
    assert titles(tech) == list("cba")


def test_failed_change_sends_no_notification(world: World, tech: Person) -> None:
    socket = tech.socket("staff")

    def fail(work: UnitOfWork) -> None:
        stage(work, tech)
        raise Conflict

    with pytest.raises(Conflict):
        world.run(fail)
    assert (unread(tech), world.heard(socket), world.message_queue.queued) == (0, [], [])


def test_list_takes_two_round_trips_and_marking_as_read_two(world: World, tech: Person, engine: EmbeddedEngine) -> None:
    sent = send(world, tech, *"abc")
    calls: list[str] = []
    with engine.before(None, lambda operation, _: calls.append(operation)):
        listed(tech)
        assert Counter(calls) == {"BatchGetItem": 1, "Query": 1, "GetItem": 1}  # the last two at the same time
        calls.clear()
        read(tech, sent[0])
        assert calls == ["BatchGetItem", "TransactWriteItems"]
        calls.clear()
        tech.post(READ_ALL)
        assert calls == ["BatchGetItem", "Query", "TransactWriteItems"]
