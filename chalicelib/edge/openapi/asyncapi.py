"""The sockets as an AsyncAPI 3.0 document, generated from the declarations of their events.

Its actions are those of the server: `send` to clients, `receive` from them. Each message has a schema of its own around
that of its data, so that generated clients have types for both. Schemas are JSON Schema draft 7, which is what AsyncAPI
uses by default.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.openapi.caching import Document, built_once
from chalicelib.edge.openapi.examples import Examples
from chalicelib.edge.openapi.references import REF
from chalicelib.edge.openapi.schemas import Schema, Schemas
from chalicelib.edge.socket_events import SocketEvent, SocketProtocol

_SECURITY: Mapping[str, Mapping[str, str]] = {
    "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token."},
    "ticket": {
        "type": "httpApiKey",
        "in": "query",
        "name": "ticket",
        "description": "A ticket from `POST /api/v1/ws/tickets`, for one socket within 30 seconds.",
    },
    "token": {
        "type": "httpApiKey",
        "in": "query",
        "name": "token",
        "description": "An access token, for clients that can send neither headers nor a ticket.",
    },
}
_ID: Schema = {"type": "integer", "minimum": 1, "description": "Rises with every event of the person."}
_AT: Schema = {"type": "string", "format": "date-time", "description": "The time of the change, in UTC."}
_SAMPLE = {"id": 17, "at": "2026-03-14T09:26:53.000Z"}
_NO_DATA: Schema = {"type": "object", "description": "Empty."}


@built_once
def describe_sockets(dependencies: Dependencies) -> Document:
    """Return the AsyncAPI document of an application. Raise `ValueError` if it has no sockets."""
    if dependencies.sockets is None:
        raise ValueError("the application has no sockets")
    return _AsyncApi(dependencies, dependencies.sockets).document()


class _AsyncApi:
    """Makes the document of one protocol."""

    def __init__(self, dependencies: Dependencies, protocol: SocketProtocol) -> None:
        self._dependencies = dependencies
        self._protocol = protocol
        self._schemas = Schemas(
            taken=_types(event for event in protocol.events if event.from_client),
            given=_types(event for event in protocol.events if not event.from_client),
            queries=[protocol.query],
        )
        self._examples = Examples(self._schemas.components)

    def document(self) -> dict[str, object]:
        events = {event.event: event for event in reversed(self._protocol.events)}
        envelopes = {_type_name(event): self._envelope(event) for event in events.values()}
        return {
            "asyncapi": "3.0.0",
            "id": "urn:baton:sockets",
            "info": self._info(),
            "defaultContentType": "application/json",
            "servers": _servers(),
            "channels": {name: self._channel(name, about) for name, about in self._protocol.channels.items()},
            "operations": dict(self._operation(event) for event in self._protocol.events),
            "components": {
                "messages": {_key(name): self._message(event) for name, event in sorted(events.items())},
                "schemas": _draft_7(dict(sorted({**self._schemas.components, **envelopes}.items()))),
                "securitySchemes": dict(_SECURITY),
            },
            "x-close-codes": [
                {"code": one.code, "meaning": one.meaning, "action": one.action} for one in self._protocol.close_codes
            ],
            "x-limits": dict(self._protocol.limits),
        }

    def _info(self) -> dict[str, object]:
        return {
            "title": "Baton sockets",
            "version": self._dependencies.version,
            "description": self._protocol.description,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": name, "description": about} for name, about in self._protocol.channels.items()],
        }

    def _channel(self, name: str, about: str) -> dict[str, object]:
        events = dict.fromkeys(event.event for event in self._protocol.events if event.channel == name)
        query = {parameter: schema for parameter, schema, _ in self._schemas.parameters(self._protocol.query)}
        bearer = {
            "type": "string",
            "description": "`Bearer` and an access token.",
            "examples": ["Bearer eyJhbGciOi..."],
        }
        return {
            "address": f"/v1/ws/{name}",
            "title": f"{name.capitalize()} channel",
            "description": about,
            "messages": {_key(event): {"$ref": f"#/components/messages/{_key(event)}"} for event in events},
            "bindings": {
                "ws": {
                    "method": "GET",
                    "query": {"type": "object", "properties": _draft_7(query)},
                    "headers": {"type": "object", "properties": {"Authorization": bearer}},
                    "bindingVersion": "0.1.0",
                }
            },
        }

    def _operation(self, event: SocketEvent) -> tuple[str, dict[str, object]]:
        action = "receive" if event.from_client else "send"
        channel = f"#/channels/{event.channel}"
        roles = [] if self._dependencies.roles_of is None else list(self._dependencies.roles_of(event.permission))
        listed = f" (by default: {', '.join(f'`{role}`' for role in roles)})" if roles else ""
        operation: dict[str, object] = {
            "action": action,
            "channel": {"$ref": channel},
            "title": event.event,
            "summary": event.summary,
            "description": f"Needs the permission `{event.permission}`{listed}.",
            "messages": [{"$ref": f"{channel}/messages/{_key(event.event)}"}],
            "x-permission": event.permission,
            "x-roles": roles,
        }
        if event.replies:
            operation["reply"] = {
                "channel": {"$ref": channel},
                "messages": [{"$ref": f"{channel}/messages/{_key(reply)}"} for reply in event.replies],
            }
        return f"{action}{event.channel.capitalize()}{_camel(event.event)}", operation

    def _message(self, event: SocketEvent) -> dict[str, object]:
        return {
            "name": event.event,
            "title": event.event,
            "summary": self._summary(event.event),
            "contentType": "application/json",
            "payload": {"$ref": f"{REF}{_type_name(event)}"},
            "examples": list(self._message_examples(event.event)),
        }

    def _message_examples(self, name: str) -> Iterator[dict[str, object]]:
        """Yield an example of each meaning that an event has."""
        meanings = {event.summary: event for event in self._protocol.events if event.event == name}
        for event in meanings.values():
            generated = {} if event.data is None else self._examples.of(self._schemas.of(event.data))
            numbered = {name: _SAMPLE[name] for name in _envelope_fields(event)}
            payload = {"event": name, "data": event.example or generated, **numbered}
            own_name = _key(name) if len(meanings) == 1 else _key(f"{name}.{event.channel}")
            yield {"name": own_name, "summary": event.summary, "payload": payload}

    def _summary(self, name: str) -> str:
        """Return what an event means: by channel, where it is not the same in all."""
        meanings = {one.channel: one.summary for one in self._protocol.events if one.event == name}
        if len(set(meanings.values())) == 1:
            return next(iter(meanings.values()))
        return " ".join(f"In `{channel}`: {meaning}" for channel, meaning in meanings.items())

    def _envelope(self, event: SocketEvent) -> Schema:
        """Return the schema of a message: the name of the event, its data, and its id and time if it has them."""
        name: Schema = {"type": "string", "const": event.event, "description": "The name of the event."}
        data = _NO_DATA if event.data is None else self._schemas.of(event.data)
        required = ["event"] if event.from_client and event.data is None else ["event", "data"]
        numbered = {name: {"id": _ID, "at": _AT}[name] for name in _envelope_fields(event)}
        return {
            "type": "object",
            "description": f"The message `{event.event}`.",
            "properties": {"event": name, "data": data, **numbered},
            "required": [*required, *numbered],
        }


def _envelope_fields(event: SocketEvent) -> Sequence[str]:
    """Return which of id and time the messages of an event have."""
    if event.from_client or event.is_reply:
        return ()
    return ("at",) if event.is_live else ("id", "at")


def _servers() -> dict[str, object]:
    either = [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SECURITY]
    return {
        "deployed": {
            "host": "{domain}",
            "pathname": "/api",
            "protocol": "wss",
            "description": "A deployment with a domain of its own.",
            "variables": {
                "domain": {"default": "api.example.com", "description": "The host name, the same as over HTTP."}
            },
            "security": either,
        },
        "local": {
            "host": "localhost:8000",
            "pathname": "/api",
            "protocol": "ws",
            "description": "The local stack.",
            "security": either,
        },
    }


def _types(events: Iterable[SocketEvent]) -> list[Any]:
    return [event.data for event in events if event.data is not None]


def _camel(event: str) -> str:
    """Return the name of an event in camel case, such as `OrderStatus`."""
    return "".join(word.capitalize() for word in event.replace("_", ".").split("."))


def _key(event: str) -> str:
    """Return the key of a message, such as `orderStatus`."""
    name = _camel(event)
    return name[0].lower() + name[1:]


def _type_name(event: SocketEvent) -> str:
    return f"{_camel(event.event)}Message"


def _draft_7(schema: Any) -> Any:
    """Return a schema without what draft 7 ignores or AsyncAPI defines otherwise: `$ref` stands alone there."""
    if isinstance(schema, list):
        return [_draft_7(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: _draft_7(part) for name, part in schema.items() if name != "discriminator"}
    if "$ref" in parts and len(parts) > 1:
        return {"allOf": [{"$ref": parts.pop("$ref")}], **parts}
    return parts
