"""Notifications on sockets, and on devices after the commit."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from infra.local.engine import EmbeddedEngine
from tests.builders.messages import Pushed
from tests.builders.notices import check_count, listed, send, stage, unread
from tests.builders.world import OTHER, Person, World

STAFF = sorted(role for role, held in DEFAULT_PERMISSIONS.items() if "realtime.channel.staff" in held)


@pytest.fixture
def tech(world: World) -> Person:
    """A technician who receives notifications."""
    return world.person("TECH")


def register(person: Person, token: str) -> None:
    answer = person.post("/v1/devices/register", {"platform": "android", "fcmToken": token})
    assert answer.status == 201, answer.text


# Sockets


@pytest.mark.parametrize("role", STAFF)
def test_staff_roles_can_open_staff_channel(world: World, role: str) -> None:
    assert world.connect("phone", world.person(role).token, "staff")["statusCode"] == 200


@pytest.mark.parametrize("role", sorted(set(DEFAULT_PERMISSIONS) - set(STAFF)))
def test_other_roles_cannot_open_staff_channel(world: World, role: str) -> None:
    assert world.connect("phone", world.person(role).token, "staff")["statusCode"] == 403


def test_socket_event_equals_listed_notification(world: World, tech: Person) -> None:
    sockets = [tech.socket("staff") for _ in range(2)]
    send(world, tech, "a", "b")
    items = listed(tech)["items"]
    for socket in sockets:
        assert [(sent.event, sent.data) for sent in world.heard(socket)] == [("notice", item) for item in items[::-1]]


def test_missed_notifications_are_delivered_after_connect(world: World, tech: Person) -> None:
    world.hang_up(tech.socket("staff"))
    send(world, tech, *"abc")
    assert [sent.data["title"] for sent in world.heard(tech.socket("staff"))] == list("abc")


def test_other_users_receive_nothing(world: World, tech: Person) -> None:
    others = [world.person("TECH"), world.person("TECH", OTHER), world.person("SYSTEM_ADMIN")]
    sockets = [person.socket("staff") for person in others]
    send(world, tech, "a")
    assert [world.heard(socket) for socket in sockets] == [[]] * 3


# Phones


def test_push_reaches_all_devices_with_data(world: World, tech: Person) -> None:
    for token in ("phone", "tablet"):
        register(tech, token)
    [notice_id] = send(world, tech, "WO-7 is yours")
    data = {"noticeId": notice_id, "type": "WO_ASSIGNED", "subjectKind": "work_order", "subjectId": "order-7"}
    pushed = [Pushed("WO-7 is yours", "Ride 7 stands still", data)]
    assert world.messages.pushed == {"device:phone": pushed, "device:tablet": pushed}


def test_push_is_queued_after_commit(world: World, tech: Person, engine: EmbeddedEngine) -> None:
    register(tech, "phone")
    sent: list[int] = []
    with engine.before("TransactWriteItems", lambda *_: sent.append(len(world.message_queue.queued)), times=1):
        send(world, tech, "a")
    assert (sent, len(world.message_queue.queued)) == ([0], 1)


def test_retried_commit_queues_push_once(world: World, tech: Person) -> None:
    register(tech, "phone")
    tries: list[int] = []

    def decide(work: UnitOfWork) -> None:
        tries.append(1)
        stage(work, tech)
        if len(tries) == 1:  # as if somebody had been quicker
            work.check_condition(organisation_key(OTHER), Organisation.pk.does_not_exist(), Conflict())

    world.run(decide)
    assert (len(tries), len(world.message_queue.queued), check_count(tech)) == (2, 1, 1)


def test_user_without_device_gets_no_push(world: World, tech: Person, engine: EmbeddedEngine) -> None:
    calls: Counter[str] = Counter()
    with engine.before(None, lambda operation, _: calls.update([operation])):
        send(world, tech, "a")
    assert world.message_queue.queued == []
    delivery = {"GetItem": 1, "PutItem": 1, "UpdateItem": 1}
    assert calls == {"TransactWriteItems": 1, **delivery, "Query": 1}  # the query is for phones


def test_gone_device_is_deleted_and_others_are_notified(world: World, tech: Person) -> None:
    for token in ("phone", "tablet"):
        register(tech, token)
    world.messages.gone.add("device:phone")
    for number in range(2):
        send(world, tech, "a")
        assert [len(pushed) for pushed in world.messages.pushed.values()] == [number + 1]
    assert [row.actor_id for row in world.audit() if row.action_type == "DEVICE_GONE"] == ["system:push"]


def test_failed_device_lookup_does_not_fail_the_request(world: World, tech: Person, engine: EmbeddedEngine) -> None:
    register(tech, "phone")

    def fail(_: str, request: dict[str, Any]) -> None:
        if request.get("IndexName") == "devices_by_owner":
            raise ConnectionError

    with engine.before("Query", fail):
        send(world, tech, "a")
    assert (unread(tech), world.message_queue.queued) == (1, [])
