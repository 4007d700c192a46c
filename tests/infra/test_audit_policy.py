"""No function can change or delete a row of the audit trail: its policy does not allow it, and denies it."""

import json
from typing import Any

import pytest

from infra.policies.files import CHALICE, policy_file
from infra.policies.functions import ROLES
from infra.tables import definitions
from tests.builders.cloud_access import ACCOUNT, REGION, Access
from tests.builders.iam import Grant, allows, grants

STAGES = sorted(json.loads((CHALICE / "config.json").read_text())["stages"])
TRAIL = "system_audit_trail"
READS = {"dynamodb:Query"}
CHANGES = {
    "BatchWriteItem",
    "DeleteItem",
    "DeleteTable",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLUpdate",
    "UpdateItem",
    "UpdateTimeToLive",
}

every_function = pytest.mark.parametrize(("stage", "function"), [(s, f) for s in STAGES for f in ROLES])


def policy(stage: str, function: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((CHALICE / policy_file(stage, function)).read_text())
    return known


def of_trail(stage: str, place: str = "") -> str:
    """Return whether a resource is the trail's table or part of it."""
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/baton-{stage}-{TRAIL}{place}"


@every_function
def test_no_function_may_change_or_delete_rows_of_the_trail(stage: str, function: str) -> None:
    denied = list(grants(policy(stage, function), "Deny"))
    for access in (Access(f"dynamodb:{action}", of_trail(stage)) for action in CHANGES):
        assert not allows(policy(stage, function), access)
        assert any(grant.covers(access) for grant in denied)


@every_function
def test_functions_may_only_add_to_the_trail_and_the_api_may_read_it(stage: str, function: str) -> None:
    places = [of_trail(stage, place) for place in ("", "/index/by_actor", "/index/by_entity", "/stream/2026")]
    may = {
        grant.action
        for grant in grants(policy(stage, function))
        if grant.action.startswith("dynamodb:") and any(grant.covers(Access(grant.action, place)) for place in places)
    }
    assert may <= {"dynamodb:PutItem"} | (READS if function == "api_handler" else set())


@pytest.mark.parametrize("stage", STAGES)
def test_functions_that_change_data_may_write_audit_rows(stage: str) -> None:
    put = Access("dynamodb:PutItem", of_trail(stage))
    assert [name for name in ROLES if allows(policy(stage, name), put)] == [
        "api_handler",
        "websocket_message",
        "send",
        "dispatch_sweep",
        "maintenance_sweep",
    ]


def test_denied_actions_are_denied_despite_other_permissions() -> None:
    known = policy("dev", "send")
    wider = {"Sid": "All", "Effect": "Allow", "Action": ["dynamodb:DeleteItem"], "Resource": ["*"]}
    assert Grant("dynamodb:DeleteItem", "*") in set(grants({"Statement": [wider]}))
    assert not allows({"Statement": [wider, *known["Statement"]]}, Access("dynamodb:DeleteItem", of_trail("dev")))


def test_rows_of_the_trail_never_expire() -> None:
    [trail] = [table for table in definitions("dev") if table.short_name == TRAIL]
    assert trail.expiry is None
