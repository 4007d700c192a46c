"""Rolling a template out: a change set is made, shown, carried out and waited for, as `aws cloudformation deploy` does.

Only botocore is needed. Where AWS is, and who asks, comes from the environment as with any AWS tool (`AWS_PROFILE`,
`AWS_REGION` by way of `infra.region`, `AWS_ENDPOINT_URL`).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, WaiterError
from botocore.session import get_session

Say = Callable[[str], None]

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_PATIENCE = {"Delay": 5, "MaxAttempts": 360}
# As long as it takes to fill an index of a large table.
_LONG_PATIENCE = {"Delay": 5, "MaxAttempts": 12 * 720}
_NOTHING_NEW = ("didn't contain changes", "No updates are to be performed")
_LARGEST_INLINE = 51_200
_UNFINISHED = "REVIEW_IN_PROGRESS"


class RolloutFailed(Exception):
    """CloudFormation refused or rolled back; the message holds its reasons."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One stack's template on its way; `bucket` is where it is put if it is too long to be sent along."""

    stack: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    bucket: str | None = None
    protect: bool = False
    """Whether it holds data: the stack may not be deleted from then on, nothing in it is replaced, and what was made
    before something failed stays, to be gone on with. Rolled back, it would be left behind outside of the stack, since
    it is kept, and the next try would find its names taken."""

    def carry_out(self, say: Say, client: Any = None) -> dict[str, str]:
        """Roll out and wait; the stack's outputs. Raises `RolloutFailed`."""
        client = client or aws("cloudformation")
        try:
            self._change(client, say)
            if self.protect:
                client.update_termination_protection(StackName=self.stack, EnableTerminationProtection=True)
            return outputs(self.stack, client)
        except (ClientError, WaiterError) as error:
            raise RolloutFailed("; ".join([str(error), *_reasons(client, self.stack)])) from error

    def _change(self, client: Any, say: Say) -> None:
        is_new = _status(client, self.stack) in (None, _UNFINISHED)
        body = json.dumps(self.template, separators=(",", ":"), sort_keys=True)
        # A name of its own each time: one that was made before, and not carried out, would be in the way.
        name = f"baton-{time.time_ns():x}"
        known = {"StackName": self.stack, "ChangeSetName": name}
        client.create_change_set(
            **known,
            **self._template(body),
            ChangeSetType="CREATE" if is_new else "UPDATE",
            Capabilities=_CAPABILITIES,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()],
            Tags=[{"Key": "app", "Value": "baton"}],
        )
        try:
            client.get_waiter("change_set_create_complete").wait(**known, WaiterConfig=_PATIENCE)
        except WaiterError:
            made = client.describe_change_set(**known)
            if any(said in made.get("StatusReason", "") for said in _NOTHING_NEW):
                client.delete_change_set(**known)
                say(f"{self.stack}: nothing to change")
                return
            raise RolloutFailed(made.get("StatusReason", "the change set could not be made")) from None
        changes = _changes(client, known)
        for line in _told(changes):
            say(f"{self.stack}: {line}")
        if self.protect and (replaced := _replaced(client, self.stack, changes)):
            client.delete_change_set(**known)
            raise RolloutFailed(f"nothing was changed, since this would replace {', '.join(replaced)} and all in it")
        client.execute_change_set(**known, DisableRollback=self.protect)
        waiter = "stack_create_complete" if is_new else "stack_update_complete"
        client.get_waiter(waiter).wait(StackName=self.stack, WaiterConfig=_LONG_PATIENCE if self.protect else _PATIENCE)

    def _template(self, body: str) -> dict[str, str]:
        if len(body.encode()) <= _LARGEST_INLINE:
            return {"TemplateBody": body}
        if self.bucket is None:
            raise RolloutFailed(f"the template of {self.stack} is too long to be sent without a bucket")
        return {"TemplateURL": upload(self.bucket, "template", "json", body.encode()).url}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Where something was put."""

    bucket: str
    key: str
    url: str


def upload(bucket: str, kind: str, suffix: str, content: bytes) -> Uploaded:
    """Put something under the name of its digest, so that nothing is ever replaced by something else."""
    key = f"{kind}/{hashlib.sha256(content).hexdigest()}.{suffix}"
    client = aws("s3")
    client.put_object(Bucket=bucket, Key=key, Body=content)
    return Uploaded(bucket, key, f"{client.meta.endpoint_url}/{bucket}/{key}")


def outputs(stack: str, client: Any = None) -> dict[str, str]:
    """What a stack tells of itself. Raises `RolloutFailed` if there is none."""
    client = client or aws("cloudformation")
    if _status(client, stack) is None:
        raise RolloutFailed(f"there is no stack {stack}")
    [found] = client.describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def current(stack: str, client: Any = None) -> Mapping[str, Any] | None:
    """The template that a stack has now, None if there is no such stack."""
    client = client or aws("cloudformation")
    if _status(client, stack) in (None, _UNFINISHED):
        return None
    body = client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    known: Mapping[str, Any] = json.loads(body) if isinstance(body, str) else body
    return known


def aws(service: str) -> Any:
    """A client of the operator's own, patient as those of the functions are not."""
    return get_session().create_client(service)


def _status(client: Any, stack: str) -> str | None:
    try:
        [found] = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return str(found["StackStatus"])


def _changes(client: Any, known: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """What a change set will do; long ones come in pages."""
    page = client.describe_change_set(**known)
    found = list(page.get("Changes", []))
    while token := page.get("NextToken"):
        page = client.describe_change_set(**known, NextToken=token)
        found += page.get("Changes", [])
    return [one["ResourceChange"] for one in found]


def _told(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """What will change, a line each."""
    marks = {"True": ", REPLACED", "Conditional": ", perhaps replaced"}
    return [
        f"{one['Action'].lower()} {one['ResourceType']} {one['LogicalResourceId']}"
        f"{marks.get(one.get('Replacement', ''), '')}"
        for one in changes
    ]


def _replaced(client: Any, stack: str, changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is there and would be replaced; what could not be made the last time is not there."""
    found = [one["LogicalResourceId"] for one in changes if one.get("Replacement") == "True"]
    if not found:
        return []
    known = client.describe_stack_resources(StackName=stack)["StackResources"]
    never_made = {one["LogicalResourceId"] for one in known if one["ResourceStatus"] == "CREATE_FAILED"}
    return [name for name in found if name not in never_made]


def _reasons(client: Any, stack: str) -> list[str]:
    """Why resources failed, first things first."""
    try:
        events = client.describe_stack_events(StackName=stack)["StackEvents"]
    except ClientError:
        return []
    failed = [one for one in events if one.get("ResourceStatus", "").endswith("_FAILED")]
    return [f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}" for one in reversed(failed[-5:])]
