"""Rolls out a template: creates, prints and executes a change set, and waits, as `aws cloudformation deploy` does.

It needs only botocore. Region, endpoint and credentials come from the environment as with any AWS tool (`AWS_PROFILE`,
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
_WAITER_CONFIG = {"Delay": 5, "MaxAttempts": 360}
# Long enough to fill an index of a large table.
_LONG_WAITER_CONFIG = {"Delay": 5, "MaxAttempts": 12 * 720}
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_MAX_INLINE_BYTES = 51_200
_UNFINISHED = "REVIEW_IN_PROGRESS"


class RolloutFailed(Exception):
    """CloudFormation rejected the change or rolled it back; the message contains the reasons."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A template for a stack. `bucket` is where a template is uploaded that is too long for a request."""

    stack: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    bucket: str | None = None
    protect: bool = False
    """Whether the stack holds data. If so, it is protected from deletion, no resource is replaced, and a failed rollout
    is not rolled back, so that the next one continues. A rollback would remove retained resources from the stack, and
    the next rollout would fail because their names exist."""

    def carry_out(self, say: Say, client: Any = None) -> dict[str, str]:
        """Roll out, wait, and return the stack's outputs. Raise `RolloutFailed`."""
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
        # A new name each time, because a change set that was not executed may still exist.
        name = f"baton-{time.time_ns():x}"
        identity = {"StackName": self.stack, "ChangeSetName": name}
        client.create_change_set(
            **identity,
            **self._template(body),
            ChangeSetType="CREATE" if is_new else "UPDATE",
            Capabilities=_CAPABILITIES,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()],
            Tags=[{"Key": "app", "Value": "baton"}],
        )
        try:
            client.get_waiter("change_set_create_complete").wait(**identity, WaiterConfig=_WAITER_CONFIG)
        except WaiterError:
            change_set = client.describe_change_set(**identity)
            if any(text in change_set.get("StatusReason", "") for text in _NO_CHANGES):
                client.delete_change_set(**identity)
                say(f"{self.stack}: nothing to change")
                return
            raise RolloutFailed(change_set.get("StatusReason", "the change set could not be created")) from None
        changes = _changes(client, identity)
        for line in _descriptions(changes):
            say(f"{self.stack}: {line}")
        if self.protect and (replaced := _replaced(client, self.stack, changes)):
            client.delete_change_set(**identity)
            raise RolloutFailed(
                f"nothing was changed, because this would replace {', '.join(replaced)} and lose its data"
            )
        client.execute_change_set(**identity, DisableRollback=self.protect)
        waiter = "stack_create_complete" if is_new else "stack_update_complete"
        client.get_waiter(waiter).wait(
            StackName=self.stack, WaiterConfig=_LONG_WAITER_CONFIG if self.protect else _WAITER_CONFIG
        )

    def _template(self, body: str) -> dict[str, str]:
        if len(body.encode()) <= _MAX_INLINE_BYTES:
            return {"TemplateBody": body}
        if self.bucket is None:
            raise RolloutFailed(f"the template of {self.stack} is too long without a bucket")
        return {"TemplateURL": upload(self.bucket, "template", "json", body.encode()).url}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The location of an uploaded object."""

    bucket: str
    key: str
    url: str


def upload(bucket: str, kind: str, suffix: str, content: bytes) -> Uploaded:
    """Upload an object under the name of its digest, so that no object is overwritten by another."""
    key = f"{kind}/{hashlib.sha256(content).hexdigest()}.{suffix}"
    client = aws("s3")
    client.put_object(Bucket=bucket, Key=key, Body=content)
    return Uploaded(bucket, key, f"{client.meta.endpoint_url}/{bucket}/{key}")


def outputs(stack: str, client: Any = None) -> dict[str, str]:
    """Return the outputs of a stack. Raise `RolloutFailed` if it does not exist."""
    client = client or aws("cloudformation")
    if _status(client, stack) is None:
        raise RolloutFailed(f"the stack {stack} does not exist")
    [description] = client.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}


def parameters(stack: str, client: Any = None) -> dict[str, str]:
    """Return the parameters of a stack, none if it does not exist."""
    client = client or aws("cloudformation")
    if _status(client, stack) in (None, _UNFINISHED):
        return {}
    [description] = client.describe_stacks(StackName=stack)["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in description.get("Parameters", [])}


def current(stack: str, client: Any = None) -> Mapping[str, Any] | None:
    """Return the current template of a stack, or None if the stack does not exist."""
    client = client or aws("cloudformation")
    if _status(client, stack) in (None, _UNFINISHED):
        return None
    body = client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    template: Mapping[str, Any] = json.loads(body) if isinstance(body, str) else body
    return template


def aws(service: str) -> Any:
    """Return a client for operators, with botocore's default timeouts and retries."""
    return get_session().create_client(service)


def _status(client: Any, stack: str) -> str | None:
    try:
        [description] = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return str(description["StackStatus"])


def _changes(client: Any, identity: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return the changes of a change set, from all of its pages."""
    page = client.describe_change_set(**identity)
    changes = list(page.get("Changes", []))
    while token := page.get("NextToken"):
        page = client.describe_change_set(**identity, NextToken=token)
        changes += page.get("Changes", [])
    return [change["ResourceChange"] for change in changes]


def _descriptions(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one line per change."""
    marks = {"True": ", REPLACED", "Conditional": ", perhaps replaced"}
    return [
        f"{change['Action'].lower()} {change['ResourceType']} {change['LogicalResourceId']}"
        f"{marks.get(change.get('Replacement', ''), '')}"
        for change in changes
    ]


def _replaced(client: Any, stack: str, changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the existing resources that would be replaced; one with the status CREATE_FAILED does not exist."""
    replaced = [change["LogicalResourceId"] for change in changes if change.get("Replacement") == "True"]
    if not replaced:
        return []
    resources = client.describe_stack_resources(StackName=stack)["StackResources"]
    missing = {resource["LogicalResourceId"] for resource in resources if resource["ResourceStatus"] == "CREATE_FAILED"}
    return [name for name in replaced if name not in missing]


def _reasons(client: Any, stack: str) -> list[str]:
    """Return why resources failed, oldest failure first."""
    try:
        events = client.describe_stack_events(StackName=stack)["StackEvents"]
    except ClientError:
        return []
    failed = [event for event in events if event.get("ResourceStatus", "").endswith("_FAILED")]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in reversed(failed[-5:])]
