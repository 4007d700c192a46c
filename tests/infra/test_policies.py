"""The policy files: current, small enough, and specific to each function."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from chalice.config import Config

from app import app
from infra.policies.files import CHALICE, MissingRole, generate, main, outdated_files, policy_file, write
from infra.policies.functions import ROLES
from infra.stacks.functions import functions
from infra.tables import definitions
from tests.builders.iam import grants

CONFIG: dict[str, Any] = json.loads((CHALICE / "config.json").read_text())
STAGES = sorted(CONFIG["stages"])
FUNCTIONS = [function.name for function in functions()]
LARGEST = 10_240
"""Characters of all policies in a role, without spaces."""

every_policy = pytest.mark.parametrize(("stage", "function"), [(s, f) for s in STAGES for f in FUNCTIONS])


def policy(stage: str, function: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((CHALICE / policy_file(stage, function)).read_text())
    return known


def named(function: str, *services: str) -> set[str]:
    """Return the resources of these services that a function of the first stage may access."""
    found = grants(policy(STAGES[0], function))
    return {grant.pattern for grant in found if grant.action.partition(":")[0] in services}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Chalice's files."""
    for path in (CHALICE / "config.json", *CHALICE.glob("policy-*.json")):
        shutil.copy(path, tmp_path)
    return tmp_path


def changed(folder: Path, **values: Any) -> None:
    """Change the configuration."""
    config = folder / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), **values}))


def test_the_files_are_what_would_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


@every_policy
def test_chalice_gives_each_function_its_own_policy(stage: str, function: str) -> None:
    whole = Config(chalice_stage=stage, user_provided_params={"chalice_app": app}, config_from_disk=CONFIG)
    config = whole.scope(stage, function)
    assert config.iam_policy_file == policy_file(stage, function)
    assert config.autogen_policy is False
    assert (config.lambda_timeout, config.lambda_memory_size) == (
        ROLES[function].timeout_s,
        ROLES[function].memory_mb,
    )
    assert config.reserved_concurrency == ROLES[function].max_concurrency


@every_policy
def test_a_policy_is_small_enough_for_iam(stage: str, function: str) -> None:
    assert len(json.dumps(policy(stage, function), separators=(",", ":"))) <= LARGEST


@every_policy
def test_every_action_is_named_and_every_table_function_and_file_is_the_stages_own(stage: str, function: str) -> None:
    for grant in grants(policy(stage, function)):
        assert "*" not in grant.action
        assert grant.action != "dynamodb:Scan"
        if grant.action.startswith(("dynamodb:", "s3:", "lambda:", "secretsmanager:")):
            assert grant.pattern.split(":", 5)[5].partition("/")[2].startswith(f"baton-{stage}-") or (
                f":baton-{stage}-" in grant.pattern
            )


def test_only_the_send_function_may_send_messages() -> None:
    assert [name for name in FUNCTIONS if named(name, "ses", "sns")] == ["send"]


def test_only_functions_that_verify_tokens_may_read_the_keys() -> None:
    readers = [name for name in FUNCTIONS if named(name, "secretsmanager")]
    assert readers == ["api_handler", "websocket_connect"]


def test_only_functions_with_photos_may_access_their_bucket() -> None:
    assert [name for name in FUNCTIONS if named(name, "s3")] == ["api_handler", "maintenance_sweep"]


def test_function_may_invoke_only_the_function_that_it_uses() -> None:
    started = {name: named(name, "lambda") for name in FUNCTIONS}
    own = "arn:aws:lambda:*:*:function:baton-dev-"
    assert {name: found for name, found in started.items() if found} == {
        "api_handler": {f"{own}deliver", f"{own}send"},
        "dispatch_sweep": {f"{own}deliver", f"{own}send"},
        "maintenance_sweep": {f"{own}deliver", f"{own}send"},
        "websocket_connect": {f"{own}deliver"},
        "websocket_message": {f"{own}deliver", f"{own}send"},
    }


def test_a_function_writes_its_own_log_and_no_other() -> None:
    for function in functions():
        group = f"arn:aws:logs:*:*:log-group:{function.log_group(STAGES[0])}"
        assert named(function.name, "logs") == {group, f"{group}:*"}


def test_sweeps_never_run_twice_at_once() -> None:
    scheduled = {function.name for function in functions() if function.scheduled}
    assert {name for name, role in ROLES.items() if role.max_concurrency == 1} == scheduled


def test_every_role_belongs_to_a_function_and_names_existing_tables_and_indexes() -> None:
    assert set(ROLES) == set(FUNCTIONS)
    tables = {table.short_name: set(table.indexes) for table in definitions("dev")}
    for role in ROLES.values():
        assert role.tables.keys() | role.indexes.keys() <= tables.keys()
        for table, names in role.indexes.items():
            assert set(names.split()) <= tables[table]


def test_new_stage_gets_policies(folder: Path) -> None:
    new = {"api_gateway_stage": "api", "environment_variables": {"BATON_STAGE": "acceptance"}}
    changed(folder, stages={**CONFIG["stages"], "acceptance": new})
    written = write(folder)
    assert set(written) == {"config.json", *(policy_file("acceptance", name) for name in FUNCTIONS)}
    assert "baton-acceptance-dispatch" in (folder / policy_file("acceptance", "api_handler")).read_text()
    assert outdated_files(folder) == []


def test_policies_of_a_removed_stage_are_deleted(folder: Path) -> None:
    changed(folder, stages={"dev": CONFIG["stages"]["dev"]})
    write(folder)
    assert list(folder.glob("policy-prod-*")) == []


def test_policy_files_allow_no_socket_unless_the_stage_names_its_api() -> None:
    assert not [name for name in FUNCTIONS if named(name, "execute-api")]
    stage = {"environment_variables": {"BATON_STAGE": "dev"}, "socket_api": "a1b2c3"}
    files = generate({"stages": {"dev": stage}})
    for name, role in ROLES.items():
        found = {one.pattern for one in grants(files[policy_file("dev", name)]) if "execute-api" in one.action}
        methods = {"POST": role.posts_to_sockets, "DELETE": role.closes_sockets}
        used = [method for method, is_used in methods.items() if is_used]
        assert found == {f"arn:aws:execute-api:*:*:a1b2c3/api/{method}/@connections/*" for method in used}


def test_a_bucket_and_a_secret_of_another_name_are_allowed_instead() -> None:
    own = {
        "BATON_PHOTOS_BUCKET": "baton-dev-photos-eu",
        "BATON_TOKEN_KEYS_SECRET": "arn:aws:secretsmanager:x:1:secret:y",
    }
    stage = {"environment_variables": {"BATON_STAGE": "dev", **own}}
    made = generate({"stages": {"dev": stage}})[policy_file("dev", "api_handler")]
    patterns = {grant.pattern for grant in grants(made)}
    assert {"arn:aws:s3:::baton-dev-photos-eu", "arn:aws:secretsmanager:x:1:secret:y"} <= patterns
    assert not [pattern for pattern in patterns if "baton-dev-photos/" in pattern or "token-keys" in pattern]


def test_traces_may_be_written_where_x_ray_is_on() -> None:
    stage = {"environment_variables": {"BATON_STAGE": "dev"}, "xray": True}
    made = generate({"stages": {"dev": stage}})
    for function in FUNCTIONS:
        assert "xray:PutTraceSegments" in {grant.action for grant in grants(made[policy_file("dev", function)])}
        assert not named(function, "xray")


def test_function_without_an_entry_is_an_error() -> None:
    known = {name: role for name, role in ROLES.items() if name != "send"}
    with pytest.raises(MissingRole, match=r"send has no entry in infra/policies/functions\.py"):
        generate(CONFIG, known)


def test_outdated_file_is_reported(folder: Path) -> None:
    (folder / policy_file("dev", "send")).write_text("{}")
    (folder / policy_file("dev", "nothing")).write_text("{}")
    assert outdated_files(folder) == [policy_file("dev", "nothing"), policy_file("dev", "send")]
