"""A function's part as a policy document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.core.settings import Settings
from infra.policies.functions import TRAIL, Role
from infra.stacks.names import logical

Statement = dict[str, Any]

_CHANGES = (
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
"""What would change or remove rows of the trail."""


def document(role: Role, full_name: str, settings: Settings, *, traced: bool = False) -> dict[str, Any]:
    """The policy of a function. `settings` are those of its stage; `traced` tells that X-Ray is on there."""
    statements = [
        _logs(full_name),
        *_tables(role, settings),
        _kept_trail(settings),
        *_photos(role, settings),
        *_others(role, settings),
        *([_traces()] if traced else []),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _logs(full_name: str) -> Statement:
    """Lambda writes what a function prints in that function's name."""
    group = f"arn:aws:logs:*:*:log-group:/aws/lambda/{full_name}"
    return _allow("WriteLogs", "logs", ["CreateLogGroup", "CreateLogStream", "PutLogEvents"], [group, f"{group}:*"])


def _tables(role: Role, settings: Settings) -> Iterator[Statement]:
    for table, actions in sorted(role.tables.items()):
        yield _allow(f"Table{logical(table)}", "dynamodb", actions.split(), [_table(settings, table)])
    for table, names in sorted(role.indexes.items()):
        indexes = [f"{_table(settings, table)}/index/{name}" for name in names.split()]
        yield _allow(f"Indexes{logical(table)}", "dynamodb", ["Query"], indexes)


def _kept_trail(settings: Settings) -> Statement:
    """No function is allowed any of this; denied, it holds against whatever may be attached to its role besides."""
    trail = _table(settings, TRAIL)
    return {**_allow("KeepTheAuditTrail", "dynamodb", _CHANGES, [trail, f"{trail}/*"]), "Effect": "Deny"}


def _photos(role: Role, settings: Settings) -> Iterator[Statement]:
    bucket = f"arn:aws:s3:::{settings.photo_bucket}"
    for prefix, actions in sorted(role.photos.items()):
        yield _allow(f"Photos{logical(prefix)}", "s3", actions.split(), [f"{bucket}/{prefix}/*"])
    if any("GetObject" in actions for actions in role.photos.values()):
        # To who may not list a bucket, S3 answers 403 and not 404 for an object that is not there.
        yield _allow("NoticeMissingPhotos", "s3", ["ListBucket"], [bucket])


def _others(role: Role, settings: Settings) -> Iterator[Statement]:
    if role.invokes:
        functions = [f"arn:aws:lambda:*:*:function:{settings.function_name(name)}" for name in role.invokes]
        yield _allow("StartFunctions", "lambda", ["InvokeFunction"], functions)
    if role.posts_to_sockets:
        sockets = "arn:aws:execute-api:*:*:*/api/POST/@connections/*"
        yield _allow("PostToSockets", "execute-api", ["ManageConnections"], [sockets])
    if role.verifies_tokens:
        yield _allow("ReadTokenKeys", "secretsmanager", ["GetSecretValue"], [_secret(settings)])
    if role.sends_letters:
        yield from _letters()


def _letters() -> Iterator[Statement]:
    """Which addresses and apps there are is up to the deployment, so all of its account's are allowed."""
    mail = [f"arn:aws:ses:*:*:{kind}/*" for kind in ("configuration-set", "identity")]
    yield _allow("SendMail", "ses", ["SendEmail"], mail)
    yield _allow("MakeDevices", "sns", ["CreatePlatformEndpoint"], ["arn:aws:sns:*:*:app/*"])
    # SNS names the app when it refuses what is to be done to one of its devices.
    devices = [f"arn:aws:sns:*:*:{kind}/*" for kind in ("app", "endpoint")]
    yield _allow("SendToDevices", "sns", ["Publish", "SetEndpointAttributes"], devices)
    # A telephone number has no ARN: an SMS is what is published to nothing that has one.
    yield {"Sid": "SendSms", "Effect": "Allow", "Action": ["sns:Publish"], "NotResource": ["arn:aws:sns:*:*:*"]}


def _traces() -> Statement:
    """X-Ray knows no resources."""
    return _allow("WriteTraces", "xray", ["PutTelemetryRecords", "PutTraceSegments"], ["*"])


def _secret(settings: Settings) -> str:
    named = settings.key_secret
    # Secrets Manager puts a hyphen and six characters behind a name.
    return named if named.startswith("arn:") else f"arn:aws:secretsmanager:*:*:secret:{named}-??????"


def _table(settings: Settings, table: str) -> str:
    return f"arn:aws:dynamodb:*:*:table/{settings.table_name(table)}"


def _allow(sid: str, service: str, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    named = [f"{service}:{action}" for action in sorted(actions)]
    return {"Sid": sid, "Effect": "Allow", "Action": named, "Resource": list(resources)}
