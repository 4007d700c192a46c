"""The deployed functions cannot change or delete a row of the audit trail: their policies say so, and deny it too."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from infra.tables import definitions

CHALICE = Path(__file__).parents[2] / ".chalice"
STAGES: dict[str, Any] = json.loads((CHALICE / "config.json").read_text())["stages"]
TRAIL = "system_audit_trail"
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
NEEDED = {"BatchGetItem", "ConditionCheckItem", "PutItem", "Query"}

every_stage = pytest.mark.parametrize("stage", sorted(STAGES))


def may(stage: str, action: str, table: str) -> bool:
    """Whether a function may do this to a table, as IAM decides: what is denied anywhere is denied."""
    policy = json.loads((CHALICE / STAGES[stage]["iam_policy_file"]).read_text())
    resource = f"arn:aws:dynamodb:eu-west-1:123456789012:table/baton-{stage}-{table}"
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if f"dynamodb:{action}" in statement["Action"]
        and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
    }
    return effects == {"Allow"}


@every_stage
def test_no_function_may_change_or_delete_rows_of_the_trail(stage: str) -> None:
    assert [action for action in CHANGES if may(stage, action, TRAIL)] == []


@every_stage
def test_every_function_may_write_new_rows_and_read_them(stage: str) -> None:
    assert [action for action in NEEDED if not may(stage, action, TRAIL)] == []


@every_stage
def test_all_other_tables_may_be_used(stage: str) -> None:
    others = [table.short_name for table in definitions(stage) if table.short_name != TRAIL]
    assert TRAIL not in others
    for table in others:
        assert may(stage, "UpdateItem", table), table
        assert may(stage, "DeleteItem", table), table


def test_rows_of_the_trail_never_expire() -> None:
    [trail] = [table for table in definitions("dev") if table.short_name == TRAIL]
    assert trail.expiry is None
