"""One stage on the emulator: deployed as an operator deploys it, tried, changed, and removed."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
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
_ORGANISATION, _ADMIN = "Rehearsal", "rehearsal-admin"
_PATIENCE_S = 60.0
_IS_ERROR = re.compile(r'"level": ?"(ERROR|CRITICAL)"|Task timed out|Traceback')
_CHANGES = re.compile(r"^\S+: (add|modify|remove) (AWS::\S+) ")


class WentWrong(Exception):
    """The rehearsal found something that does not work; the message says what."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the deployed stage is, and who may do everything in it."""

    rest: str
    sockets: str
    password: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage on an emulator. The environment points at it already (`Emulator.environment`)."""

    name: str
    emulator: Emulator
    say: Say

    def lay_foundation(self) -> None:
        """What `make infra` does, twice; the second time there is nothing to do."""
        from infra import deploy

        deploy.foundation(self.name, self._summing_up(), adapted_foundation)
        again: list[str] = []
        deploy.foundation(self.name, again.append, adapted_foundation)
        self.say(again[-1])

    def deploy(self) -> tuple[str, str]:
        """What `make deploy` does; the addresses of REST and sockets."""
        from infra import deploy

        adapt = partial(adapted_application, url=self.emulator.url)
        told = deploy.application(self.name, self._summing_up(), this_machine(sys.version_info.minor), adapt)
        return self.emulator.rest(told["RestAPIId"]), self.emulator.sockets(told["WebsocketAPIId"])

    def begin(self, rest: str, sockets: str) -> Site:
        """Found an organisation, and let its administrator choose a password. Raises `WentWrong`."""
        from infra import bootstrap
        from infra.local import environment

        environment.for_commands()
        made = bootstrap.create(_ORGANISATION, {"username": _ADMIN, "fullName": "Rehearsal"})
        site = Site(rest, sockets, secrets.token_urlsafe(12))
        with httpx.Client(base_url=rest, trust_env=False, timeout=_PATIENCE_S) as http:
            login = http.post("/v1/auth/login", json={"username": _ADMIN, "password": made.password})
            _must(login, 200, "the administrator cannot sign in")
            change = {"currentPassword": made.password, "newPassword": site.password}
            token = {"Authorization": f"Bearer {login.json()['accessToken']}"}
            _must(http.post("/v1/me/password", json=change, headers=token), 204, "the password cannot be changed")
        return site

    def flows(self, site: Site) -> None:
        """Play all flows. Raises `WentWrong`."""
        command = [sys.executable, "-m", "pytest", FLOWS, "-v", "--no-header", "-p", "no:cacheprovider"]
        named = {
            "BATON_TEST_URL": site.rest,
            "BATON_TEST_SOCKETS": site.sockets,
            "BATON_TEST_ADMIN": _ADMIN,
            "BATON_TEST_PASSWORD": site.password,
        }
        if subprocess.run(command, cwd=ROOT, env={**os.environ, **named}, check=False).returncode:
            raise WentWrong("not every flow went as promised")

    def complaints(self) -> list[str]:
        """What the functions have logged as an error, from their own logs."""
        client = _client("logs")
        groups = client.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/baton-{self.name}")["logGroups"]
        return [
            f"{group['logGroupName']}: {in_short(event['message'])}"
            for group in groups
            for page in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            for event in page["events"]
            if _IS_ERROR.search(event["message"])
        ]

    def audit_trail_stays(self) -> None:
        """No function may change or delete what was audited. Raises `WentWrong`."""
        roles = [
            one for one in _client("iam").list_roles()["Roles"] if one["RoleName"].startswith(f"baton-{self.name}-")
        ]
        for role in roles:
            for action in _may_alter(role["Arn"], f"baton-{self.name}-system_audit_trail"):
                raise WentWrong(f"{role['RoleName']} may {action} rows of the audit trail")
        self.say(f"none of the {len(roles)} roles may change or delete a row of the audit trail")

    def remove(self) -> None:
        """Delete the application; what holds data stays. Raises `WentWrong`."""
        from infra.stacks.application import stack_name
        from infra.tables import definitions

        client = _client("cloudformation")
        client.delete_stack(StackName=stack_name(self.name))
        client.get_waiter("stack_delete_complete").wait(
            StackName=stack_name(self.name), WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )
        left = _client("lambda").list_functions()["Functions"]
        if left:
            raise WentWrong(f"functions are left: {', '.join(one['FunctionName'] for one in left)}")
        tables = set(_client("dynamodb").list_tables()["TableNames"])
        lost = {table.name for table in definitions(self.name)} - tables
        if lost:
            raise WentWrong(f"tables went with the application: {', '.join(sorted(lost))}")
        self.say(f"the application is gone, all {len(tables)} tables are still there")

    def _summing_up(self) -> Say:
        """Says everything but what is made, of which there is a lot."""

        def say(line: str) -> None:
            if not _CHANGES.match(line):
                self.say(line)

        return say


def _may_alter(role: str, table: str) -> Iterator[str]:
    """What somebody in this role may do to a row that is there."""
    taken = _client("sts").assume_role(RoleArn=role, RoleSessionName="rehearsal")["Credentials"]
    store = _client(
        "dynamodb",
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )
    key = {"pk": {"S": "rehearsal"}, "sk": {"S": "rehearsal"}}
    change = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET a = :a",
        "ExpressionAttributeValues": {":a": {"S": ""}},
    }
    tried: dict[str, Callable[[], Any]] = {
        "delete": lambda: store.delete_item(TableName=table, Key=key),
        "update": lambda: store.update_item(**change),
        "delete in a transaction": lambda: store.transact_write_items(
            TransactItems=[{"Delete": {"TableName": table, "Key": key}}]
        ),
        "update in a transaction": lambda: store.transact_write_items(TransactItems=[{"Update": change}]),
    }
    for action, call in tried.items():
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] == "AccessDeniedException":
                continue
            raise
        yield action


def in_short(line: str) -> str:
    """Where an error happened, and the error itself."""
    try:
        logged = json.loads(line)
    except ValueError:
        return line.strip()
    error = str(logged.get("exception", "")).strip().splitlines()
    return " ".join(filter(None, [logged.get("operation"), str(logged.get("message")), *error[-3:]]))


def _client(service: str, **credentials: Any) -> Any:
    return get_session().create_client(service, **credentials)


def _must(answer: httpx.Response, status: int, otherwise: str) -> None:
    if answer.status_code != status:
        raise WentWrong(f"{otherwise}: {answer.status_code} {answer.text}")
