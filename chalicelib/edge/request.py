"""What a route function receives (`Request`) and what it may return (`Response`, or the body itself).

A route function never sees Chalice's objects, so the same functions run behind API Gateway, the local server and tests.
Everything in a request has been checked: the body and query are valid, the resource exists, the caller's scope covers
it, its version is the one that `If-Match` names, and its state allows the declared transition.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic

import msgspec
from typing_extensions import TypeVar

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.settings import NO_SECRET, Secret
from chalicelib.core.store import ReadResult

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", default=Any)
ResourceT = TypeVar("ResourceT", default=Any)
ViewT = TypeVar("ViewT")

_NOTHING = ReadResult({})
_IF_MATCH = re.compile(r'(?:W/)?"([0-9]{1,18})"|([0-9]{1,18})')


class Empty(msgspec.Struct, frozen=True):
    """The body or query of a call that takes none."""


class ClientInfo(msgspec.Struct, frozen=True):
    """The circumstances of a request that are not input: its id, and the client's address and user agent."""

    request_id: str
    locate: Callable[[], str]
    """Determine the address; only what counts by address needs it."""
    user_agent: str = ""
    bearer: Secret = NO_SECRET
    """The bearer token, if one was sent. It is not verified."""
    accept: str = ""
    """The media types that the client accepts."""

    @property
    def source_ip(self) -> str:
        """Return the address of the client."""
        return self.locate()


class Request(msgspec.Struct, Generic[BodyT, QueryT, ResourceT]):
    """One call, decoded and checked."""

    client: ClientInfo
    path: Mapping[str, str]
    body: BodyT
    query: QueryT
    if_match: int | None = None
    """The version that the caller names, if any."""
    resource: ResourceT = None  # type: ignore[assignment]  # the pipeline sets it before the handler runs
    """The declared resource; read again for each attempt."""
    related: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """The declared related items by name; None where one is absent."""
    found: ReadResult = _NOTHING
    """What was read by the keys that the endpoint's `reads` makes; read again for each attempt."""
    is_repeated: bool = False
    """Whether the declared transition has been made already, and the request asks for it again."""
    signed_in: Actor | None = None

    @property
    def actor(self) -> Actor:
        """Return the caller. Raise `RuntimeError` on public endpoints, which have none."""
        if self.signed_in is None:
            raise RuntimeError("a public endpoint has no actor")
        return self.signed_in


class Response(msgspec.Struct, Generic[ViewT], frozen=True):
    """A response: `body` becomes JSON (None: no body), `version` becomes the `ETag`.

    `status` None is the endpoint's own. `stored` is stored for a replay instead of `body`, where that holds a secret
    that is shown once. If `incomplete`, nothing is stored for a replay: the client is to send some of the request
    again, or all of it if it lost the response.
    """

    body: ViewT
    status: int | None = None
    version: int | None = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    stored: object = None
    incomplete: bool = False


def created(body: ViewT, version: int | None = None) -> Response[ViewT]:
    """Return a 201 with the new entity."""
    return Response(body, 201, version)


def text(body: str, media_type: str) -> Response[Any]:
    """Return a 200 with a text that is not JSON; the route declares the same `media_type`."""
    return Response(msgspec.Raw(body.encode()), headers={"Content-Type": media_type})


def parse_if_match(header: str | None) -> int | None:
    """Return the version in an `If-Match` header: `3`, `"3"` or `W/"3"`. Raise `ValidationFailed` for anything else."""
    if header is None:
        return None
    match = _IF_MATCH.fullmatch(header.strip())
    if match is None:
        raise ValidationFailed({"If-Match": 'must be a version such as "3"'})
    return int(match[1] or match[2])
