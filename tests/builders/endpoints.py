"""Endpoints of the tests' own, answered by the real edge: the pipeline can be tested without a domain."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalice.app import Request as ChaliceRequest

import app
from chalicelib.edge.endpoint import AuditTarget, Endpoint, Resource
from chalicelib.edge.pipeline import serve
from tests.builders.shelves import Shelf, shelf_key
from tests.builders.world import Answer, Person

PERMISSION = "dispatch.order.create"
"""A permission that customers hold with the scope "own"."""


def shelf_resource(**declared: Any) -> Resource[Shelf]:
    """Return the declaration of the shelf that the path names; its `code` is the user id of its owner."""
    defaults: dict[str, Any] = {
        "key": lambda _, name: shelf_key(name),
        "id_from": ("name",),
        "owners": lambda found, _: [found.code],
    }
    return Resource(**{**defaults, **declared})


def shelf_endpoint(handler: Callable[..., Any], method: str = "PATCH", **known: Any) -> Endpoint:
    """Return an endpoint at `/v1/shelves/{name}` that responds with what `handler(request, work)` returns."""
    defaults: dict[str, Any] = {"permission": PERMISSION, "audit_target": AuditTarget("shelf", "SHELF_CHANGED", "name")}
    return Endpoint(
        method=method, path="/v1/shelves/{name}", handler=handler, summary="Change a shelf.", **{**defaults, **known}
    )


def ask(
    person: Person | None,
    endpoint: Endpoint,
    body: object = None,
    *,
    name: str = "a",
    query: Mapping[str, Sequence[str]] | None = None,
    raw: bytes | None = None,
    **headers: str,
) -> Answer:
    """Send one request to the endpoint as API Gateway would pass it on; header names as for `Person.post`.

    `raw` is a body that is not JSON.
    """
    sent: dict[str, str] = {"content-type": "application/json"}
    sent |= {header.replace("_", "-"): value for header, value in headers.items()}
    if person is not None:
        sent["authorization"] = f"Bearer {person.token}"
    event: dict[str, Any] = {
        "requestContext": {
            "httpMethod": endpoint.method,
            "resourcePath": endpoint.path,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "headers": sent,
        "pathParameters": {"name": name},
        "multiValueQueryStringParameters": None
        if query is None
        else {key: list(values) for key, values in query.items()},
        "stageVariables": None,
        "body": base64.b64encode(raw).decode() if raw else None if body is None else json.dumps(body),
        "isBase64Encoded": bool(raw),
    }
    app.app.current_request = ChaliceRequest(event)
    response = serve(endpoint, app.app)
    answer = response.to_dict()
    return Answer(answer["statusCode"], answer["headers"], answer["body"])
