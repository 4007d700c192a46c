"""What a call of AWS needs of IAM: translated from the call as it goes over the wire.

The actions and resources are those of the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html); where a service's operation and its
permission have different names, the reason stands beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest

REGION, ACCOUNT = "eu-west-1", "123456789012"
SOCKET_API = "a1b2c3d4e5"

_SERVICES = {
    "dynamodb": re.compile(r"dynamodb\.[a-z0-9-]+\.amazonaws\.com|\d{12}\.ddb\.[a-z0-9-]+\.amazonaws\.com"),
    "s3": re.compile(r"(?:(?P<bucket>[a-z0-9.-]+)\.)?s3\.[a-z0-9-]+\.amazonaws\.com"),
    "lambda": re.compile(r"lambda\.[a-z0-9-]+\.amazonaws\.com"),
    "ses": re.compile(r"email\.[a-z0-9-]+\.amazonaws\.com"),
    "sns": re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com"),
    "secretsmanager": re.compile(r"secretsmanager\.[a-z0-9-]+\.amazonaws\.com"),
}
_CONNECTION = re.compile(r"/(?P<stage>[^/]+)/@connections/(?P<id>[^/]+)")
_TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_S3_ACTIONS = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "POST": "PutObject",
    "DELETE": "DeleteObject",
}


class Access(NamedTuple):
    """An action on a resource, as a policy names them."""

    action: str
    resource: str


class Unknown(AssertionError):
    """A call of which nobody has said what it needs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call on its way to AWS."""

    service: str
    method: str
    host: str
    path: str
    target: str
    body: str

    @classmethod
    def of(cls, request: AWSPreparedRequest) -> Asked:
        """What botocore is about to send. Raises `Unknown` for a service that nobody expects."""
        service = service_of(request)
        _, host, path = _address(request.url)
        if service is None:
            raise Unknown(f"a call of {host}: say in tests/builders/cloud_access.py what it needs")
        body = "" if service == "s3" else _text(request.body)
        return cls(service, str(request.method), host, path, _target(request).rpartition(".")[2], body)


def service_of(request: AWSPreparedRequest) -> str | None:
    """The service that is called, wherever a DynamoDB is; None if it is none that is known here."""
    service, _, path = _address(request.url)
    if service is None and _target(request).startswith("DynamoDB_"):
        return "dynamodb"
    if service is None and _CONNECTION.fullmatch(path):
        return "execute-api"
    return service


@lru_cache(maxsize=1_000)
def _address(url: str) -> tuple[str | None, str, str]:
    """Return the service that the host of a URL belongs to, if it is known by its host, and host and path."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    found = [name for name, pattern in _SERVICES.items() if pattern.fullmatch(host)]
    return found[0] if found else None, host, unquote(parts.path)


def _target(request: AWSPreparedRequest) -> str:
    return _text(request.headers.get("X-Amz-Target", ""))


def accesses(asked: Asked, status: int) -> Iterator[Access]:
    """What a call that was answered with this status needed. Raises `Unknown`."""
    translate = {
        "dynamodb": _dynamodb,
        "s3": _s3,
        "lambda": _lambda,
        "ses": _ses,
        "sns": _sns,
        "secretsmanager": _secretsmanager,
        "execute-api": _execute_api,
    }[asked.service]
    yield from translate(asked, status)


def object_access(method: str, url: str) -> Access:
    """What the signer of an address needs, so that whoever has the address can use it."""
    parts = urlsplit(url)
    return Access(f"s3:{_S3_ACTIONS[method]}", _object(parts.hostname or "", unquote(parts.path)))


def _dynamodb(asked: Asked, _: int) -> Iterator[Access]:
    request: dict[str, Any] = json.loads(asked.body)
    if asked.target == "BatchGetItem":
        for table in request["RequestItems"]:
            yield _on_table("BatchGetItem", table)
    elif asked.target == "TransactWriteItems":
        # There is no permission of this name: each item needs that of its own operation.
        for [(kind, operation)] in (part.items() for part in request["TransactItems"]):
            yield _on_table(_TRANSACTED[kind], operation["TableName"])
    elif asked.target == "Query" and "IndexName" in request:
        yield _on_table("Query", f"{request['TableName']}/index/{request['IndexName']}")
    elif asked.target in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"):
        yield _on_table(asked.target, request["TableName"])
    else:
        raise Unknown(f"dynamodb:{asked.target} is not known here")


def _on_table(action: str, table: str) -> Access:
    return Access(f"dynamodb:{action}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}")


def _s3(asked: Asked, status: int) -> Iterator[Access]:
    place = _object(asked.host, asked.path)
    yield Access(f"s3:{_S3_ACTIONS[asked.method]}", place)
    if status == 404 and asked.method in ("GET", "HEAD"):
        # To who may not list the bucket, S3 says 403 and not 404 of an object that is not there.
        yield Access("s3:ListBucket", place.partition("/")[0])


def _object(host: str, path: str) -> str:
    named = _SERVICES["s3"].fullmatch(host)
    if named is None or not named["bucket"]:
        raise Unknown(f"an address of S3 that names its bucket otherwise: {host}{path}")
    return f"arn:aws:s3:::{named['bucket']}{path}"


def _lambda(asked: Asked, _: int) -> Iterator[Access]:
    found = re.fullmatch(r"/2015-03-31/functions/([^/]+)/invocations", asked.path)
    if found is None:
        raise Unknown(f"lambda: {asked.method} {asked.path} is not known here")
    yield Access("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{found[1]}")


def _ses(asked: Asked, _: int) -> Iterator[Access]:
    sender = json.loads(asked.body)["FromEmailAddress"]
    yield Access("ses:SendEmail", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{sender}")


def _sns(asked: Asked, _: int) -> Iterator[Access]:
    form = {name: values[0] for name, values in parse_qs(asked.body).items()}
    named = [form[name] for name in ("TargetArn", "EndpointArn", "PlatformApplicationArn") if name in form]
    # An SMS goes to no resource, which only a statement with `NotResource` (or `*`) lets through.
    resource = named[0] if named else form["PhoneNumber"]
    yield Access(f"sns:{form['Action']}", resource)
    if ":endpoint/" in resource:
        # What is done to a device is refused in the name of its app; which of the two counts is documented nowhere.
        yield Access(f"sns:{form['Action']}", resource.replace(":endpoint/", ":app/").rpartition("/")[0])


def _secretsmanager(asked: Asked, _: int) -> Iterator[Access]:
    name = json.loads(asked.body)["SecretId"]
    # AWS puts six characters of its own behind the name.
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-a1B2c3"
    yield Access(f"secretsmanager:{asked.target}", secret)


def _execute_api(asked: Asked, _: int) -> Iterator[Access]:
    found = _CONNECTION.fullmatch(asked.path)
    if found is None:
        raise Unknown(f"execute-api: {asked.path} is not known here")
    where = f"{found['stage']}/{asked.method}/@connections/{found['id']}"
    yield Access("execute-api:ManageConnections", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{SOCKET_API}/{where}")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")
