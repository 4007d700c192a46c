"""Push notifications to a user's devices."""

from typing import Any

from chalicelib.core.work import Recipient
from chalicelib.identity.accounts.devices import devices_of
from chalicelib.identity.accounts.push_notifications import PushNotification, push
from tests.builders.world import Person, World


def register(person: Person, token: str) -> None:
    answer = person.post("/v1/devices/register", {"platform": "android", "fcmToken": token})
    assert answer.status == 201, answer.text


def notify(world: World, person: Person) -> int:
    """Tell somebody something; on how many devices."""
    recipient = Recipient(person.org_id, person.user_id)
    what = PushNotification("Work order", "Ride 7 stands still", {"id": "7"})
    return push(world.parts.dependencies.runner, world.messages, recipient, what)


def test_push_reaches_all_devices(world: World) -> None:
    tech, other = world.person("TECH"), world.person("TECH")
    for person, token in ((tech, "phone"), (tech, "tablet"), (other, "theirs")):
        register(person, token)
    assert notify(world, tech) == 2
    assert set(world.messages.pushed) == {"device:phone", "device:tablet"}
    [pushed] = world.messages.pushed["device:phone"]
    assert (pushed.title, pushed.body, pushed.data) == ("Work order", "Ride 7 stands still", {"id": "7"})


def test_device_keeps_its_push_address(world: World) -> None:
    tech = world.person("TECH")
    register(tech, "phone")
    notify(world, tech)
    assert [device.endpoint_arn for device in devices_of(tech.org_id, tech.user_id)] == ["device:phone"]


def test_gone_device_is_deleted_and_others_are_notified(world: World) -> None:
    tech = world.person("TECH")
    for token in ("phone", "tablet"):
        register(tech, token)
    world.messages.gone.add("device:phone")
    assert notify(world, tech) == 1
    assert [device.fcm_token for device in devices_of(tech.org_id, tech.user_id)] == ["tablet"]
    [row] = [row for row in world.audit() if row.action_type == "DEVICE_GONE"]
    assert (row.actor_id, row.outcome) == ("system:push", "OK")


def test_device_registered_again_during_push_is_kept(world: World, engine: Any) -> None:
    tech = world.person("TECH")
    register(tech, "phone")
    notify(world, tech)
    world.messages.gone.add("device:phone")
    world.clock.advance(seconds=1)
    with engine.before("TransactWriteItems", lambda *_: register(tech, "phone"), times=1):
        assert notify(world, tech) == 0
    assert len(devices_of(tech.org_id, tech.user_id)) == 1


def test_push_without_devices_sends_nothing(world: World) -> None:
    assert notify(world, world.person("TECH")) == 0
