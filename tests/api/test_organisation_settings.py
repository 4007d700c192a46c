"""Settings of an organisation: sections, defaults, versions and isolation."""

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from chalicelib.core.store import get
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import Section, organisation_settings, section_of, settings_section
from tests.builders.endpoints import ask
from tests.builders.world import DEMO, OTHER, World

ADMIN = "SYSTEM_ADMIN"


class ShelfSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How shelves are kept."""

    width: Annotated[int, Meta(ge=1, le=100)] = 40
    colours: list[str] = []


class LadderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How ladders are kept."""

    steps: int = 5


SHELVES = settings_section("shelves", ShelfSettings, "shelves")
LADDERS = settings_section("ladders", LadderSettings, "ladders")


def addresses(section: Section[Any]) -> tuple[Endpoint, Endpoint]:
    routes = Routes(__name__, "Tests")
    organisation_settings(routes, section)
    read, replace = routes.endpoints
    return read, replace


READ, REPLACE = addresses(SHELVES)


def test_unset_settings_have_their_defaults(world: World) -> None:
    answer = ask(world.person(ADMIN), READ)
    assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json == {"success": True, "data": {"width": 40, "colours": []}}


def test_settings_belong_to_one_organisation(world: World) -> None:
    admin = world.person(ADMIN)
    answer = ask(admin, REPLACE, {"width": 60}, if_match="1")
    assert (answer.status, answer.headers["ETag"], answer.json["data"]) == (200, '"2"', {"width": 60, "colours": []})
    assert ask(admin, READ).json == answer.json
    assert ask(world.person(ADMIN, OTHER), READ).json["data"] == {"width": 40, "colours": []}


def test_sections_are_independent(world: World) -> None:
    admin = world.person(ADMIN)
    ask(admin, REPLACE, {"width": 60})
    ask(admin, addresses(LADDERS)[1], {"steps": 7})
    found = get(organisation_key(DEMO))
    assert section_of(found, SHELVES) == ShelfSettings(width=60)
    assert section_of(found, LADDERS) == LadderSettings(7)


def test_omitted_field_returns_to_default(world: World) -> None:
    admin = world.person(ADMIN)
    ask(admin, REPLACE, {"width": 60, "colours": ["red"]})
    assert ask(admin, REPLACE, {"colours": ["red"]}).json["data"] == {"width": 40, "colours": ["red"]}


def test_equal_settings_keep_version(world: World) -> None:
    admin = world.person(ADMIN)
    assert ask(admin, REPLACE, {"width": 40}).headers["ETag"] == '"1"'


def test_stale_version_is_refused(world: World) -> None:
    admin = world.person(ADMIN)
    ask(admin, REPLACE, {"width": 60})
    answer = ask(admin, REPLACE, {"width": 70}, if_match="1")
    assert (answer.status, answer.code, answer.json["error"]["details"]["version"]) == (409, "VERSION_CONFLICT", 2)
    assert ask(admin, READ).json["data"]["width"] == 60


def test_all_invalid_fields_are_named(world: World) -> None:
    answer = ask(world.person(ADMIN), REPLACE, {"width": 0, "colours": "red", "depth": 3})
    assert (answer.status, set(answer.fields)) == (422, {"width", "colours", "depth"})


@pytest.mark.parametrize("endpoint", [READ, REPLACE], ids=["read", "replace"])
def test_settings_require_permission(world: World, endpoint: Endpoint) -> None:
    body = {"width": 60} if endpoint.mutates else None
    assert ask(world.person("gm"), endpoint, body).status == 403


def test_replace_settings_is_audited(world: World) -> None:
    admin = world.person(ADMIN)
    ask(admin, REPLACE, {"width": 60})
    [row] = [row for row in world.audit() if row.action_type == "SHELVES_SETTINGS_CHANGED"]
    assert (row.actor_id, row.entity_type, row.entity_id) == (admin.user_id, "organisation", DEMO)
    assert '"width":60' in str(row.payload_diff)


def test_unknown_stored_fields_are_ignored(world: World) -> None:
    found = get(organisation_key(DEMO))
    assert found is not None
    found.settings = {"shelves": {"width": 50, "no_longer_known": True}}
    assert section_of(found, SHELVES) == ShelfSettings(width=50)
