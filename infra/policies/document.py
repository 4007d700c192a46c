"""Converts the permissions of a function to a policy document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.core.settings import Settings
from infra.policies.functions import TRAIL, Role
from infra.stacks.names import logical

Statement = dict[str, Any]

_FORBIDDEN_CHANGES = (
    "BatchWriteItem",
    "DeleteItem",
    "DeleteTable",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLUpdate",
    "UpdateItem",
    "UpdateTable",
    "UpdateTimeToLive",
)
"""Actions that change or remove rows of the audit trail."""


def document(
    role: Role, full_name: str, settings: Settings, *, socket_api: str = "", traced: bool = False
) -> dict[str, Any]:
    """Return the policy of a function. `settings` are those of its stage; `traced` means that X-Ray is enabled.

    `socket_api` is the id of the stage's socket API. Without it the policy allows no access to sockets.
    """
    statements = [
        _logs(full_name),
        *_tables(role, settings),
        _protected_trail(settings),
        *_photos(role, settings),
        *_others(role, settings),
        *(sockets(role, f"arn:aws:execute-api:*:*:{socket_api}") if socket_api else ()),
        *([_traces()] if traced else []),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _logs(full_name: str) -> Statement:
    """Lambda writes a function's output to the logs with the function's permissions."""
    group = f"arn:aws:logs:*:*:log-group:/aws/lambda/{full_name}"
    return _allow("WriteLogs", "logs", ["CreateLogGroup", "CreateLogStream", "PutLogEvents"], [group, f"{group}:*"])


def _tables(role: Role, settings: Settings) -> Iterator[Statement]:
    for table, actions in sorted(role.tables.items()):
        yield _allow(f"Table{logical(table)}", "dynamodb", actions.split(), [_table(settings, table)])
    for table, names in sorted(role.indexes.items()):
        indexes = [f"{_table(settings, table)}/index/{name}" for name in names.split()]
        yield _allow(f"Indexes{logical(table)}", "dynamodb", ["Query"], indexes)


def _protected_trail(settings: Settings) -> Statement:
    """No policy allows these actions. The explicit denial overrides other policies that may be attached to the role."""
    trail = _table(settings, TRAIL)
    return {**_allow("KeepTheAuditTrail", "dynamodb", _FORBIDDEN_CHANGES, [trail, f"{trail}/*"]), "Effect": "Deny"}


def _photos(role: Role, settings: Settings) -> Iterator[Statement]:
    bucket = f"arn:aws:s3:::{settings.photo_bucket}"
    for prefix, actions in sorted(role.photos.items()):
        yield _allow(f"Photos{logical(prefix)}", "s3", actions.split(), [f"{bucket}/{prefix}/*"])
    if any("GetObject" in actions for actions in role.photos.values()):
        # Without permission to list the bucket, S3 returns 403 instead of 404 for a missing object.
        yield _allow("NoticeMissingPhotos", "s3", ["ListBucket"], [bucket])


def _others(role: Role, settings: Settings) -> Iterator[Statement]:
    if role.invokes:
        functions = [f"arn:aws:lambda:*:*:function:{settings.function_name(name)}" for name in role.invokes]
        yield _allow("StartFunctions", "lambda", ["InvokeFunction"], functions)
    if role.verifies_tokens:
        yield _allow("ReadTokenKeys", "secretsmanager", ["GetSecretValue"], [_secret(settings)])
    if role.sends_messages:
        yield from _messages()


def sockets(role: Role, api: str) -> Iterator[Statement]:
    """Yield what a function may do with the connections of one socket API, given by its ARN."""
    if role.posts_to_sockets:
        yield _allow("PostToSockets", "execute-api", ["ManageConnections"], [f"{api}/api/POST/@connections/*"])
    if role.closes_sockets:
        yield _allow("CloseSockets", "execute-api", ["ManageConnections"], [f"{api}/api/DELETE/@connections/*"])


def _messages() -> Iterator[Statement]:
    """The deployment configures addresses and apps, so all of its account are allowed."""
    mail = [f"arn:aws:ses:*:*:{kind}/*" for kind in ("configuration-set", "identity")]
    yield _allow("SendMail", "ses", ["SendEmail"], mail)
    yield _allow("MakeDevices", "sns", ["CreatePlatformEndpoint"], ["arn:aws:sns:*:*:app/*"])
    # SNS checks the permission on the app, too, for operations on one of its devices.
    devices = [f"arn:aws:sns:*:*:{kind}/*" for kind in ("app", "endpoint")]
    yield _allow("SendToDevices", "sns", ["Publish", "SetEndpointAttributes"], devices)
    # A phone number has no ARN. An SMS is a publication to something without an ARN.
    yield {"Sid": "SendSms", "Effect": "Allow", "Action": ["sns:Publish"], "NotResource": ["arn:aws:sns:*:*:*"]}


def _traces() -> Statement:
    """X-Ray does not support permissions per resource."""
    return _allow("WriteTraces", "xray", ["PutTelemetryRecords", "PutTraceSegments"], ["*"])


def _secret(settings: Settings) -> str:
    name = settings.key_secret
    # Secrets Manager appends a hyphen and six characters to a name.
    return name if name.startswith("arn:") else f"arn:aws:secretsmanager:*:*:secret:{name}-??????"


def _table(settings: Settings, table: str) -> str:
    return f"arn:aws:dynamodb:*:*:table/{settings.table_name(table)}"


def _allow(sid: str, service: str, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    full_names = [f"{service}:{action}" for action in sorted(actions)]
    return {"Sid": sid, "Effect": "Allow", "Action": full_names, "Resource": list(resources)}
