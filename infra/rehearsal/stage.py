"""A stage on the emulator: deploys it as an operator does, tests it, and removes it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
from botocore.exceptions import ClientError
from botocore.session import get_session

from infra.packaging.project import ROOT
from infra.packaging.target import this_machine
from infra.rehearsal.adaptation import adapted_application, adapted_foundation
from infra.rehearsal.emulator import Emulator

Say = Callable[[str], None]

FLOWS = "tests/system/flows"
_ORGANISATION = "Rehearsal"
ADMIN = "rehearsal-admin"
"""The name of the administrator of the rehearsal's organisation."""
_TIMEOUT_S = 60.0
_ERROR = re.compile(r'"level": ?"(ERROR|CRITICAL)"|Task timed out|Traceback')
_CHANGE = re.compile(r"^\S+: (add|modify|remove) (AWS::\S+) ")


class RehearsalFailed(Exception):
    """A check of the rehearsal failed; the message says which."""


@dataclass(frozen=True, slots=True)
class Site:
    """The URLs of a deployed stage, and the password of its administrator."""

    rest: str
    sockets: str
    password: str


@dataclass(frozen=True, slots=True)
class EmulatedStage:
    """A stage on an emulator. The environment already selects the emulator (`Emulator.environment`)."""

    name: str
    emulator: Emulator
    say: Say

    def deploy_foundation(self) -> None:
        """Run `make infra` twice; the second run must have nothing to do."""
        from infra import deploy

        deploy.foundation(self.name, self._print_summary(), adapted_foundation)
        second_run: list[str] = []
        deploy.foundation(self.name, second_run.append, adapted_foundation)
        self.say(second_run[-1])

    def deploy_application(self) -> Mapping[str, str]:
        """Run `make deploy` without the console, and return the outputs of the application's stack."""
        from infra import deploy

        adapt = partial(adapted_application, url=self.emulator.url)
        target = this_machine(sys.version_info.minor)
        return deploy.application(self.name, self._print_summary(), target, adapt)

    def urls(self, outputs: Mapping[str, str]) -> tuple[str, str]:
        """Return the URLs of REST and socket API."""
        return self.emulator.rest(outputs["RestAPIId"]), self.emulator.sockets(outputs["WebsocketAPIId"])

    def bootstrap(self, rest: str, sockets: str) -> Site:
        """Create an organisation and change its administrator's password. Raise `RehearsalFailed`."""
        from infra import bootstrap
        from infra.local import environment

        environment.configure_command()
        created = bootstrap.create(_ORGANISATION, {"username": ADMIN, "fullName": "Rehearsal"})
        site = Site(rest, sockets, secrets.token_urlsafe(12))
        with httpx.Client(base_url=rest, trust_env=False, timeout=_TIMEOUT_S) as http:
            login = http.post("/v1/auth/login", json={"username": ADMIN, "password": created.password})
            _require_status(login, 200, "the administrator cannot sign in")
            change = {"currentPassword": created.password, "newPassword": site.password}
            token = {"Authorization": f"Bearer {login.json()['accessToken']}"}
            _require_status(
                http.post("/v1/me/password", json=change, headers=token), 204, "the password cannot be changed"
            )
        return site

    def run_flows(self, site: Site) -> None:
        """Run all flows. Raise `RehearsalFailed` if one fails."""
        command = [sys.executable, "-m", "pytest", FLOWS, "-v", "--no-header", "-p", "no:cacheprovider"]
        variables = {
            "BATON_TEST_URL": site.rest,
            "BATON_TEST_SOCKETS": site.sockets,
            "BATON_TEST_ADMIN": ADMIN,
            "BATON_TEST_PASSWORD": site.password,
        }
        if subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode:
            raise RehearsalFailed("a flow failed")

    def logged_errors(self) -> list[str]:
        """Return the errors in the functions' logs."""
        client = _client("logs")
        groups = client.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/baton-{self.name}")["logGroups"]
        return [
            f"{group['logGroupName']}: {summarise(event['message'])}"
            for group in groups
            for page in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            for event in page["events"]
            if _ERROR.search(event["message"])
        ]

    def check_audit_trail(self) -> None:
        """Raise `RehearsalFailed` if a role may change or delete rows of the audit trail."""
        roles = [
            role for role in _client("iam").list_roles()["Roles"] if role["RoleName"].startswith(f"baton-{self.name}-")
        ]
        for role in roles:
            for action in _allowed_changes(role["Arn"], f"baton-{self.name}-system_audit_trail"):
                raise RehearsalFailed(f"{role['RoleName']} may {action} rows of the audit trail")
        self.say(f"none of the {len(roles)} roles may change or delete a row of the audit trail")

    def remove(self) -> None:
        """Delete distribution and application. Raise `RehearsalFailed` if functions remain or tables are missing."""
        from infra.stacks import application, domain
        from infra.tables import definitions

        client = _client("cloudformation")
        for stack in (domain.stack_name(self.name), application.stack_name(self.name)):
            client.delete_stack(StackName=stack)
            client.get_waiter("stack_delete_complete").wait(
                StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
            )
        remaining = _client("lambda").list_functions()["Functions"]
        if remaining:
            names = ", ".join(function["FunctionName"] for function in remaining)
            raise RehearsalFailed(f"functions remain: {names}")
        tables = set(_client("dynamodb").list_tables()["TableNames"])
        missing = {table.name for table in definitions(self.name)} - tables
        if missing:
            raise RehearsalFailed(f"tables were deleted with the application: {', '.join(sorted(missing))}")
        self.say(f"the application is deleted, all {len(tables)} tables still exist")

    def _print_summary(self) -> Say:
        """Return a printer that omits the lines about single resources."""

        def say(line: str) -> None:
            if not _CHANGE.match(line):
                self.say(line)

        return say


def _allowed_changes(role: str, table: str) -> Iterator[str]:
    """Yield the changes of a row that the role allows."""
    credentials = _client("sts").assume_role(RoleArn=role, RoleSessionName="rehearsal")["Credentials"]
    store = _client(
        "dynamodb",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    key = {"pk": {"S": "rehearsal"}, "sk": {"S": "rehearsal"}}
    change = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET a = :a",
        "ExpressionAttributeValues": {":a": {"S": ""}},
    }
    attempts: dict[str, Callable[[], Any]] = {
        "delete": lambda: store.delete_item(TableName=table, Key=key),
        "update": lambda: store.update_item(**change),
        "delete in a transaction": lambda: store.transact_write_items(
            TransactItems=[{"Delete": {"TableName": table, "Key": key}}]
        ),
        "update in a transaction": lambda: store.transact_write_items(TransactItems=[{"Update": change}]),
    }
    for action, call in attempts.items():
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] == "AccessDeniedException":
                continue
            raise
        yield action


def summarise(line: str) -> str:
    """Return the operation, message and exception of a log line."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line.strip()
    error = str(entry.get("exception", "")).strip().splitlines()
    return " ".join(filter(None, [entry.get("operation"), str(entry.get("message")), *error[-3:]]))


def _client(service: str, **credentials: Any) -> Any:
    return get_session().create_client(service, **credentials)


def _require_status(response: httpx.Response, status: int, message: str) -> None:
    if response.status_code != status:
        raise RehearsalFailed(f"{message}: {response.status_code} {response.text}")
