"""Push notifications to a user's devices."""

from typing import Any

import pytest

from chalicelib.core.errors import VersionConflict
from chalicelib.core.work import Recipient
from chalicelib.identity.accounts.devices import device_id, devices_of
from chalicelib.identity.accounts.push_notifications import PushNotification, push
from chalicelib.identity.accounts.tables import Device, RegisteredDevices, device_key, registered_devices_key
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


# --- devices and sessions --------------------------------------------------------------------------------------


def tokens_of(person: Person) -> set[str]:
    return {device.fcm_token for device in devices_of(person.org_id, person.user_id)}


def test_device_of_an_ended_session_gets_no_push_and_is_forgotten(world: World) -> None:
    phone = world.person("TECH")
    tablet = world.signed_in(phone.org_id, phone.user_id, "TECH")
    register(phone, "phone")
    register(tablet, "tablet")
    assert phone.post("/v1/auth/logout").status == 204
    assert notify(world, phone) == 1
    assert set(world.messages.pushed) == {"device:tablet"}
    assert tokens_of(phone) == {"tablet"}
    [row] = [row for row in world.audit() if row.action_type == "DEVICE_GONE"]
    assert row.entity_id == device_id("phone")


def test_device_that_registers_again_after_the_next_sign_in_gets_push(world: World) -> None:
    tech = world.person("TECH")
    register(tech, "phone")
    tech.post("/v1/auth/logout")
    again = world.signed_in(tech.org_id, tech.user_id, "TECH")
    register(again, "phone")
    assert notify(world, tech) == 1


def test_device_of_an_expired_session_gets_no_push(world: World) -> None:
    tech = world.person("TECH")
    register(tech, "phone")
    world.clock.advance(days=30)
    assert notify(world, tech) == 0


@pytest.mark.parametrize("changes", [{"status": "DISABLED"}, {"resetPassword": True}, {"role": "VIEW_ONLY"}])
def test_no_push_after_disabling_reset_or_role_change(world: World, changes: dict[str, Any]) -> None:
    admin, tech = world.person("SYSTEM_ADMIN"), world.person("TECH")
    register(tech, "phone")
    assert admin.patch(f"/v1/users/{tech.user_id}", changes).status == 200
    assert notify(world, tech) == 0
    assert world.messages.pushed == {}


def test_device_from_before_gets_push_until_the_user_is_disabled(world: World) -> None:
    admin, tech = world.person("SYSTEM_ADMIN"), world.person("TECH")
    register(tech, "phone")
    forget = [Device.session_id.remove()]
    world.run(lambda work: work.update_unread(device_key(device_id("phone")), actions=forget, audited=False))
    tech.post("/v1/auth/logout")
    assert notify(world, tech) == 1
    admin.patch(f"/v1/users/{tech.user_id}", {"status": "DISABLED"})
    assert notify(world, tech) == 0


def test_eleventh_device_replaces_the_oldest(world: World) -> None:
    tech = world.person("TECH")
    for number in range(12):
        world.clock.advance(seconds=1)
        register(tech, f"device-{number}")
    assert tokens_of(tech) == {f"device-{number}" for number in range(2, 12)}
    world.clock.advance(seconds=1)
    register(tech, "device-2")
    assert len(tokens_of(tech)) == 10
    world.clock.advance(seconds=1)
    register(tech, "device-12")
    assert tokens_of(tech) == {"device-2", *(f"device-{number}" for number in range(4, 13))}
    assert notify(world, tech) == 10


def test_devices_that_are_gone_or_handed_on_leave_their_places(world: World) -> None:
    tech, colleague = world.person("TECH"), world.person("TECH")
    for number in range(10):
        register(tech, f"device-{number}")
    for number in range(1, 5):
        assert tech.delete(f"/v1/devices/{device_id(f'device-{number}')}").status == 204
    register(colleague, "device-5")
    for number in range(10, 15):
        register(tech, f"device-{number}")
    assert tokens_of(tech) == {"device-0", *(f"device-{number}" for number in (6, 7, 8, 9, 10, 11, 12, 13, 14))}
    register(tech, "device-15")
    assert (len(tokens_of(tech)), "device-0" in tokens_of(tech)) == (10, False)
    assert tokens_of(colleague) == {"device-5"}


def test_devices_from_before_the_list_count(world: World) -> None:
    tech = world.person("TECH")
    for number in range(10):
        world.clock.advance(seconds=1)
        register(tech, f"device-{number}")
    known = registered_devices_key(tech.org_id, tech.user_id)
    world.run(lambda work: work.remove(known, RegisteredDevices.pk.exists(), VersionConflict()))
    register(tech, "device-10")
    assert tokens_of(tech) == {f"device-{number}" for number in range(1, 11)}


def test_checking_devices_takes_one_batch_read(world: World, engine: Any) -> None:
    tech = world.person("TECH")
    for token in ("phone", "tablet"):
        register(tech, token)
    notify(world, tech)
    calls: list[str] = []
    with engine.before(None, lambda operation, _: calls.append(operation)):
        assert notify(world, tech) == 2
    assert calls == ["Query", "BatchGetItem"]
