"""Each policy allows exactly the calls that its function makes.

The whole application runs as it is deployed, through all system flows and the stories beside them, and every call that
it makes is noted (`tests/builders/cloud.py`). A route or an index that nothing here has used is an error, so what is
added has to be played here, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.dispatch.orders.tables import order_key
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from infra.tables import definitions
from tests.builders.cloud import Use
from tests.builders.cloud_access import ACCOUNT, REGION, Access
from tests.builders.deployed import DeployedWorld, cloud
from tests.builders.deployed_site import site_of
from tests.builders.guard import Guard, policies, refusal
from tests.builders.iam import Grant, Policy, allows, grants, listed
from tests.builders.running import THE_TEST
from tests.builders.time import START, ManualClock
from tests.builders.world import World
from tests.infra import policy_stories as stories
from tests.infra import policy_stories_floor as floor
from tests.infra.policy_stories import Story
from tests.system import flows
from tests.system.flows.site import Site

pytestmark = pytest.mark.xdist_group("policies")

POLICIES = policies()

STORIES: Sequence[Story] = (
    stories.cold_starts,
    stories.signing_in,
    stories.own_sessions,
    stories.changed_roles,
    stories.passwords,
    stories.people,
    stories.machines,
    stories.deliveries,
    stories.prices,
    stories.proven_deliveries,
    stories.waits,
    stories.failed_deliveries,
    stories.gone_sockets,
    stories.sockets_that_fall_behind,
    stories.couriers_who_come_near,
    floor.packing,
    floor.picking,
    floor.technicians,
    floor.schedules,
    floor.repairs,
    floor.photos,
    floor.manufacturing,
    floor.recalls,
)
UNSEEN: Mapping[str, str] = {
    "logs:": "Lambda itself writes what a function prints, with the function's role",
    ":configuration-set/": "SES asks for it only where a sender has a configuration set by default",
}
"""Permissions without a recorded call, and why they are needed."""


@dataclass
class Seen:
    """The recorded calls and the routes that were called."""

    uses: set[Use] = field(default_factory=set)
    routes: set[tuple[str, str]] = field(default_factory=set)


def played_flows() -> Iterator[Story]:
    """The tests of the system flows."""
    for path in sorted(Path(flows.__path__[0]).glob("test_*.py")):
        module = import_module(f"{flows.__name__}.{path.stem}")
        yield from (as_story(one) for name, one in vars(module).items() if name.startswith("test_"))


def as_story(flow: Callable[[Site], object]) -> Story:
    return lambda world, objects: flow(site_of(world, objects))


@pytest.fixture(scope="module")
def seen(running_engine: EmbeddedEngine, running_objects: EmbeddedObjects) -> Seen:
    """All flows and stories, each run once in its own world."""
    found = Seen()
    # Flows bring clients of their own, whose clocks are right.
    today = SystemClock().now()
    for story, begins in (*((one, START) for one in STORIES), *((one, today) for one in played_flows())):
        running_engine.clear()
        running_objects.clear()
        with cloud() as aws:
            world = DeployedWorld(cloud=aws, clock=ManualClock(begins))
            story(world, running_objects)
        found.uses.update(use for use in aws.uses if use.function != THE_TEST)
        found.routes.update(world.answered)
    return found


def lacking(uses: Iterable[Use], policies: Mapping[str, Policy]) -> set[str]:
    """Return messages for calls without permission."""
    return {refusal(function, access) for function, access in uses if not allows(policies[function], access)}


def needless(uses: Iterable[Use], policies: Mapping[str, Policy]) -> set[str]:
    """Return messages for permissions without a call."""
    done: dict[str, set[Access]] = {name: set() for name in policies}
    for function, access in uses:
        done[function].add(access)
    return {
        f"{function} never used {grant.action} on {grant.pattern}"
        for function, policy in policies.items()
        for grant in grants(policy)
        if not explained(grant) and not any(map(grant.covers, done[function]))
    }


def explained(grant: Grant) -> bool:
    return any(part in f"{grant.action} {grant.pattern}" for part in UNSEEN)


def on_table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{settings().table_name(name)}"


def test_policies_allow_every_call(seen: Seen) -> None:
    found = lacking(seen.uses, POLICIES)
    assert not found, listed(found)


def test_policies_allow_nothing_unused(seen: Seen) -> None:
    found = needless(seen.uses, POLICIES)
    assert not found, listed(found)


def test_every_function_has_run_and_every_route_has_answered(seen: Seen) -> None:
    assert {use.function for use in seen.uses} == set(POLICIES)
    routes = {(endpoint.method, endpoint.path) for one in app.ROUTES for endpoint in one.endpoints}
    missing = [f"{method} {path}: tests/infra/policy_stories.py" for method, path in routes - seen.routes]
    assert not missing, listed(missing)


def test_every_table_is_used_and_every_index_is_queried(seen: Seen) -> None:
    used = {access.resource for _, access in seen.uses}
    wanted = {on_table(table.short_name) for table in definitions(settings().stage)}
    wanted |= {f"{on_table(t.short_name)}/index/{name}" for t in definitions(settings().stage) for name in t.indexes}
    assert not wanted - used, listed(list(wanted - used))


def test_permissions_without_a_recorded_call_have_a_current_reason() -> None:
    granted = [f"{grant.action} {grant.pattern}" for policy in POLICIES.values() for grant in grants(policy)]
    assert [part for part in UNSEEN if not any(part in one for one in granted)] == []


@pytest.mark.parametrize(
    ("function", "action", "place"),
    [
        ("send", "dynamodb:GetItem", "dispatch"),
        ("api_handler", "dynamodb:Scan", "identity"),
        ("deliver", "dynamodb:Query", "realtime/index/pending"),
        ("api_handler", "dynamodb:UpdateItem", "system_audit_trail"),
    ],
)
def test_missing_permission_is_reported_by_function_action_and_table(function: str, action: str, place: str) -> None:
    use = Use(function, Access(action, on_table(place)))
    name = settings().table_name(place)
    assert lacking([use], POLICIES) == {f"{function} may not {action} on table/{name}: see infra/policies/functions.py"}


def test_other_tests_fail_for_a_call_without_permission(world: World, running_guard: Guard) -> None:
    with world.function("websocket_disconnect"):
        get(order_key("demo", "an-order"))
    table = settings().table_name("dispatch")
    with pytest.raises(AssertionError, match=f"websocket_disconnect may not dynamodb:GetItem on table/{table}:"):
        running_guard.check()


def test_unused_permission_is_reported_by_function_action_and_table(seen: Seen) -> None:
    role: dict[str, Any] = {
        "Sid": "Extra",
        "Effect": "Allow",
        "Action": ["dynamodb:Query"],
        "Resource": [on_table("edge")],
    }
    wider = {**POLICIES, "deliver": {"Statement": [*POLICIES["deliver"]["Statement"], role]}}
    assert needless(seen.uses, wider) - needless(seen.uses, POLICIES) == {
        f"deliver never used dynamodb:Query on {on_table('edge')}"
    }
