"""Nobody moves themselves or others into a game zone that their scope does not reach."""

from typing import Any

import pytest

from tests.builders.imports import flaws
from tests.builders.world import Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
OUTSIDE = "The new game zone is outside the scope of your permission."


@pytest.fixture
def lead(world: World) -> Person:
    """Somebody who manages and imports the people of one game zone."""
    manage = [f"identity.user.{verb}" for verb in ("read", "manage", "import")]
    held = [{"code": code, "scope": "zone"} for code in manage]
    rest = [{"code": "identity.profile.read", "scope": "own"}]
    body = {"code": "lead", "name": "Lead", "permissions": [*held, *rest]}
    assert world.person(ADMIN).post("/v1/roles", body).status == 201
    return world.person("lead", username="lena", full_name="Lena", game_zone="North")


def move(lead: Person, user_id: str, zone: str | None) -> Answer:
    return lead.patch(f"/v1/users/{user_id}", {"gameZone": zone})


def load(lead: Person, **record: Any) -> Answer:
    return lead.post("/v1/imports/users", {"records": [record]})


@pytest.mark.parametrize("zone", ["South", None])
def test_a_lead_cannot_move_themselves_to_another_zone(world: World, lead: Person, zone: str | None) -> None:
    answer = move(lead, lead.user_id, zone)
    assert (answer.status, answer.code, answer.json["error"]["message"]) == (403, "ACCESS_DENIED", OUTSIDE)
    answer = load(lead, username="lena", full_name="Lena", role="lead", game_zone=zone)
    assert flaws(answer) == {"record": OUTSIDE}
    assert lead.get("/v1/me").json["gameZone"] == "North"


def test_a_lead_cannot_move_others_to_another_zone(world: World, lead: Person) -> None:
    world.person(ADMIN).put("/v1/roles/packer", {"permissions": []})
    world.person("packer", username="pia", full_name="Pia", game_zone="North")
    assert flaws(load(lead, username="pia", full_name="Pia", role="packer", game_zone="South")) == {"record": OUTSIDE}
    pia = lead.get("/v1/users?q=pia").json["data"][0]
    assert move(lead, pia["id"], "South").status == 403
    assert move(lead, pia["id"], None).status == 403


def test_a_lead_cannot_move_people_of_another_zone_into_their_own(world: World, lead: Person) -> None:
    world.person(ADMIN).put("/v1/roles/packer", {"permissions": []})
    other = world.person("packer", username="otto", full_name="Otto", game_zone="South")
    assert move(lead, other.user_id, "North").status == 403
    answer = load(lead, username="otto", full_name="Otto", role="packer", game_zone="North")
    assert answer.status == 207


def test_a_lead_changes_all_else_of_themselves(world: World, lead: Person) -> None:
    answer = lead.patch(f"/v1/users/{lead.user_id}", {"team": "Night", "gameZone": "North"})
    assert (answer.status, answer.json["data"]["team"]) == (200, "Night")
    assert load(lead, username="lena", full_name="Lena", role="lead", game_zone="North", team="Day").status == 200


def test_somebody_who_manages_only_themselves_stays_in_their_zone(world: World) -> None:
    held = [{"code": "identity.user.manage", "scope": "own"}]
    assert world.person(ADMIN).post("/v1/roles", {"code": "self", "name": "Self", "permissions": held}).status == 201
    person = world.person("self", game_zone="North")
    assert move(person, person.user_id, "South").status == 403
    assert person.patch(f"/v1/users/{person.user_id}", {"team": "Night"}).status == 200


def test_an_administrator_moves_anybody(world: World, lead: Person) -> None:
    admin = world.person(ADMIN)
    for zone in ("South", None, "North"):
        assert move(admin, lead.user_id, zone).status == 200
    assert move(admin, admin.user_id, "South").status == 200
    assert load(admin, username="lena", full_name="Lena", role="lead", game_zone="South").status == 200
