"""The schemas of socket messages in the AsyncAPI document, for every message that a system test receives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # has no types

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.edge.http import encoder
from chalicelib.edge.openapi.asyncapi import describe_sockets


@cache
def asyncapi() -> dict[str, Any]:
    """Return the document of this checkout."""
    clock = SystemClock()
    built = describe_sockets(app.compose(settings(), clock, SystemIds(clock)).dependencies)
    document: dict[str, Any] = json.loads(encoder.encode(built))
    return document


@cache
def _validators() -> Mapping[str, Draft7Validator]:
    """Return the validators of messages to clients by event."""
    components = asyncapi()["components"]
    sent = {
        message["$ref"].rpartition("/")[2]
        for operation in asyncapi()["operations"].values()
        if operation["action"] == "send"
        for message in operation["messages"]
    }
    messages = [components["messages"][key] for key in sent]
    return {
        message["name"]: Draft7Validator(
            {**message["payload"], "components": components}, format_checker=Draft7Validator.FORMAT_CHECKER
        )
        for message in messages
    }


def message_errors(message: Mapping[str, Any]) -> list[str]:
    """Return what the document does not allow in a message that a client received."""
    validator = _validators().get(message["event"])
    if validator is None:
        return [f"{message['event']} is not described"]
    return [f"{message['event']}: {error.message}" for error in validator.iter_errors(message)]
