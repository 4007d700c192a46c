"""Devices of one person that are registered at the same moment."""

from functools import partial

from chalicelib.identity.accounts.devices import MAX_DEVICES, device_id, devices_of
from tests.builders.world import Answer, Person, World
from tests.races.crowd import at_once


def register(person: Person, token: str) -> Answer:
    return person.post("/v1/devices/register", {"platform": "android", "fcmToken": token})


def tokens_of(person: Person) -> set[str]:
    return {device.fcm_token for device in devices_of(person.org_id, person.user_id)}


def test_no_more_devices_than_the_limit_are_kept_however_many_register_at_once(arena: World) -> None:
    tech = arena.person("TECH")
    answers = at_once([partial(register, tech, f"device-{number}") for number in range(14)])
    made = [answer.json["id"] for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(tokens_of(tech)) == min(len(made), MAX_DEVICES)
    assert {device_id(token) for token in tokens_of(tech)} <= set(made)
    assert register(tech, "one more").status == 201
    assert "one more" in tokens_of(tech)
    assert len(tokens_of(tech)) <= MAX_DEVICES


def test_a_device_that_two_people_register_at_once_belongs_to_one_of_them(arena: World) -> None:
    people = [arena.person("TECH") for _ in range(2)]
    for number in range(10):
        assert {register(person, f"{place}-{number}").status for place, person in enumerate(people)} == {201}
    answers = at_once([partial(register, person, "shared") for person in people])
    assert {answer.status for answer in answers} == {201}
    assert sorted("shared" in tokens_of(person) for person in people) == [False, True]
    assert {len(tokens_of(person)) for person in people} <= {9, 10}
