"""Endpoints of a test's own, answered by the real edge: what a handler may do wrong can be tried without a domain."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from chalice.app import Request as ChaliceRequest

import app
from chalicelib.edge.endpoint import AuditTarget, Endpoint
from chalicelib.edge.pipeline import serve
from chalicelib.edge.request import Response
from tests.builders.world import Answer, Person

PERMISSION = "dispatch.order.create"
"""One that customers hold."""


def shelf_endpoint(handler: Callable[..., Response[Any]], method: str = "PATCH", **known: Any) -> Endpoint:
    """An endpoint at `/v1/shelves/{name}` that answers with what `handler(request, work)` gives."""
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
    raw: bytes | None = None,
    **headers: str,
) -> Answer:
    """One request to the endpoint, as API Gateway would pass it on; header names as for `Person.post`.

    `raw` is a body that is no JSON.
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
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": base64.b64encode(raw).decode() if raw else None if body is None else json.dumps(body),
        "isBase64Encoded": bool(raw),
    }
    app.app.current_request = ChaliceRequest(event)
    response = serve(endpoint, app.app)
    answer = response.to_dict()
    return Answer(answer["statusCode"], answer["headers"], answer["body"])
