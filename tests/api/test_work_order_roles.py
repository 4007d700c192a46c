"""Every step of a work order in every state by every role: allowed, refused for the state, or refused for the role."""

from collections.abc import Callable

import pytest

from chalicelib.identity.roles.default_permissions import ROLES
from tests.builders.maintenance import POSSIBLE, Park, add_photo, step
from tests.builders.world import Answer, Person, World

ADMIN, TECH, LEAD, OPS = "SYSTEM_ADMIN", "TECH", "MAINT_TL", "OPS_TL"
MAY = {
    "assign": {LEAD},
    "start": {TECH},
    "done": {TECH},
    "return": {TECH, LEAD},
    "hold": {TECH, LEAD},
    "resume": {TECH, LEAD},
    "outsource": {LEAD},
    "vendor-done": {LEAD},
    "recall": {LEAD},
    "cancel": {LEAD, OPS},
    "reopen": {LEAD},
    "edit": {LEAD, OPS},
}
"""The roles that take each step, beside administrators."""
OF_ITS_TECHNICIAN = ("ASSIGNED", "IN_PROGRESS", "ON_HOLD", "RETURNED", "DONE", "CANCELLED")
"""The states in which the orders of this test have a technician, who is refused for the state and not for the order."""


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def an_order(park: Park, state: str) -> str:
    """An order in a state, with a photo of the finished work where one may be needed."""
    made: dict[str, Callable[[], str]] = {
        "ROUTED": lambda: str(park.routed()["id"]),
        "ASSIGNED": park.assigned,
        "IN_PROGRESS": lambda: park.started(photo=True),
        "ON_HOLD": park.started,
        "RETURNED": park.started,
        "OUTSOURCED": lambda: park.outsourced(photo=True),
        "DONE": park.done,
        "CANCELLED": park.assigned,
    }
    order_id = made[state]()
    then: dict[str, Callable[[str], Answer]] = {
        "ON_HOLD": park.hold,
        "RETURNED": park.give_back,
        "CANCELLED": park.cancel,
    }
    if state in then:
        assert then[state](order_id).status == 200
    return order_id


def take(park: Park, person: Person, order_id: str, name: str, other: Person) -> Answer:
    """Try a step."""
    bodies = {
        "assign": {"technicianId": other.user_id},
        "outsource": {"vendor": "Vekoma"},
        "vendor-done": {"fixNote": "Motor replaced"},
        "done": {},
        "return": {"reason": "No lift"},
        "hold": {"reason": "PARTS"},
        "cancel": {"reason": "Not needed"},
        "reopen": {"reason": "It broke again"},
        "edit": {"instructions": f"Ask {person.role}"},
    }
    if name == "edit":
        return person.patch(f"/v1/work-orders/{order_id}", bodies[name])
    return step(person, order_id, name, bodies.get(name))


def expected(role: str, state: str, name: str) -> int:
    """The status of the answer, as people say it."""
    if role not in (*MAY[name], ADMIN) or (role == TECH and state not in OF_ITS_TECHNICIAN):
        return 403
    if name not in POSSIBLE[state]:
        return 409
    return 403 if (role, name) == (LEAD, "return") and state != "ON_HOLD" else 200


@pytest.mark.parametrize("state", POSSIBLE)
def test_every_role_takes_the_steps_that_are_its_own_and_possible(park: Park, state: str) -> None:
    people = {role: park.person(role) for role in ROLES} | {TECH: park.tech, LEAD: park.lead, OPS: park.ops}
    other, order_id = park.person(TECH), an_order(park, state)
    for name in MAY:
        for role, person in people.items():
            wanted = expected(role, state, name)
            answer = take(park, person, order_id, name, other)
            assert answer.status == wanted, (role, name, answer)
            if wanted == 409:
                details = answer.json["error"]["details"]
                assert (details["state"], details["action"], set(details["allowed"])) == (
                    state,
                    name,
                    set(POSSIBLE[state]),
                )
            if wanted == 200:
                order_id = an_order(park, state)


@pytest.mark.parametrize("role", [TECH, LEAD, OPS])
def test_nobody_takes_a_step_in_another_zone(park: Park, role: str) -> None:
    other, stranger = park.person(TECH), park.person(role, game_zone="South")
    for state, steps in POSSIBLE.items():
        order_id = an_order(park, state)
        add_photo(park.world, order_id)
        assert {take(park, stranger, order_id, name, other).status for name in (*steps, "edit")} == {403}
