"""What is known of a route: who may call it, what it takes and answers, which errors, and what it is about.

A domain writes this once, at the route (`chalicelib.edge.routes`). The endpoint enforces it and the OpenAPI document is
generated from it, so the two cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chalicelib.core.errors import BatonError, ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.edge.request import Nothing, Reply

_PARAMETER = re.compile(r"{(\w+)}")


class About(msgspec.Struct, frozen=True):
    """For the audit trail: the kind of thing, what is done to it, and where the request names it.

    `id_from` is the path parameter or body field with the id (None: the handler says, with `work.about`), `entity_id`
    the id of what is always the same.
    """

    entity_type: str
    action: str
    id_from: str | None = None
    entity_id: str | None = None


class Naming(msgspec.Struct, frozen=True):
    """What is known of a request before it is decoded: who calls, and what it names.

    `find` gives the id in a path parameter, a body field or a form field, as it was sent; None if there is none, or
    none that could be part of a key.
    """

    org_id: str
    user_id: str
    find: Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One route with all that is known of it."""

    method: str
    path: str
    handler: Callable[..., Reply[Any]]
    summary: str
    permission: str | None
    public: bool = False
    body: Any = Nothing
    form: bool = False
    """Whether the body comes as `multipart/form-data`, its files as the fields of type `bytes`, instead of JSON."""
    most_body_bytes: int | None = None
    """The largest body, where that is less than the deployment's limit."""
    query: Any = Nothing
    returns: Any = None
    status: int = 200
    errors: Sequence[type[BatonError]] = ()
    about: About | None = None
    loads: Callable[[str, str], ItemKey[Any]] | None = None
    """Makes the key of the thing that the request names (from organisation and id): it is read with the admission."""
    loads_also: Callable[[Naming], Iterable[ItemKey[Any]]] | None = None
    """Makes the keys of whatever else is to be read with it: the caller's own, or named elsewhere in the request."""
    invalid_status: int = ValidationFailed.status
    if_match: bool = False
    """Whether `If-Match` is required; it is honoured wherever something `versioned` is changed."""
    versioned: bool = False
    batch: bool = False
    """Whether the handler gets no unit of work but carries many out by itself. What is kept for a replay is committed
    afterwards; so everything in a batch has to be safe to do again. Each of its units has an audit row; the request has
    one of its own only if `about` names what it is about."""
    also: Sequence[int] = ()
    """Further statuses with which it can succeed, with the same body."""
    media: str = "application/json"
    """What an answer that succeeds is, where it is a text of another kind."""
    told_body: Any = None
    """The body as it is described, where `body` is only as much of it as is checked before the handler is asked."""
    tags: Sequence[str] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the `request` and `response` examples, for where the made-up ones mislead; `...` leaves a field out."""
    deprecated_alias: bool = False

    @property
    def mutates(self) -> bool:
        """Whether a call may change something, and so is audited and may carry an `Idempotency-Key`."""
        return self.method in ("POST", "PUT", "PATCH", "DELETE")

    @property
    def id_from(self) -> str | None:
        """The path parameter or body field that names what the request is about."""
        if self.about is not None:
            return self.about.id_from
        return next(iter(_PARAMETER.findall(self.path)), None)

    @property
    def takes_body(self) -> bool:
        """Whether the call has a body."""
        return self.body is not Nothing

    @property
    def described_body(self) -> Any:
        """The body's type as clients are told."""
        return self.body if self.told_body is None else self.told_body

    @property
    def name(self) -> str:
        """The operation's name, unique in the API; the handler's own for its main address."""
        return self.handler.__name__
