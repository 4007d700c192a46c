"""The declaration of an endpoint: who may call it, what it takes and returns, which entity it is about, its errors.

A domain writes this once, at the route (`chalicelib.edge.routes`). The pipeline enforces it and the OpenAPI document is
generated from it, so the two cannot disagree.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import BatonError, NotFound, ValidationFailed
from chalicelib.core.state_machine import StateMachine
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Item
from chalicelib.edge.request import Empty

ItemT = TypeVar("ItemT", bound=Item)

MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class AuditTarget(msgspec.Struct, frozen=True):
    """The entity type and the action of the audit row, and where the request names the entity.

    `id_from` is the path parameter or body field with the id (None: the use case calls `work.audit`), `entity_id` the
    id of an entity that is always the same.
    """

    entity_type: str
    action: str
    id_from: str | None = None
    entity_id: str | None = None


class Resource(msgspec.Struct, Generic[ItemT], frozen=True, kw_only=True):
    """How the item that a request names is found, who owns it, and which states it has.

    `key` makes its key (None: the ids name no item) from the organisation and the ids in `id_from`: names of path
    parameters or of fields of the body or query, `user_id` for the caller's own id, or none for an item of which an
    organisation has one. `owners` are the user ids that the scope "own" refers to, `zone` the game zone of the scope
    "zone". `in_scope` is False where the caller's scope does not matter. An item that is not `required` may be absent,
    and is passed as None then. `org_id` is the organisation of an item whose key has none; an item of another
    organisation counts as absent. `id_name` is the field of an error's details that holds the item's id,
    such as `moduleId`.
    """

    key: Callable[..., ItemKey[ItemT] | None]
    id_from: tuple[str, ...]
    owners: Callable[[ItemT, Actor], Collection[str | None]] | None = None
    zone: Callable[[ItemT], str | None] | None = None
    org_id: Callable[[ItemT], str] | None = None
    states: StateMachine[Any] | None = None
    state: Callable[[ItemT], str] = attrgetter("status")
    not_found: type[NotFound] = NotFound
    name: str | None = None
    id_name: str | None = None
    required: bool = True
    in_scope: bool = True


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One route with everything that is declared about it."""

    method: str
    path: str
    handler: Callable[..., Any]
    summary: str
    permission: str | None
    public: bool = False
    allows_one_time_password: bool = False
    """Whether a caller who has a one-time password may call this before changing it."""
    resource: Resource[Any] | None = None
    """The item that the request is about: read with the authentication, checked before the use case runs."""
    related: Mapping[str, Resource[Any]] = msgspec.field(default_factory=dict)
    """Further items that the use case needs, read in the same call; `request.related[name]`."""
    reads: Callable[[str, Any], Iterable[ItemKey[Any]]] | None = None
    """Makes the keys of as many items as a valid body (of a read: its query) names, from it and the organisation; read
    in the same call into `request.found`, unchecked. With those of the authentication they are at most 100."""
    owners: Callable[[Any, Actor], Collection[str | None]] | None = None
    """Who owns the resource, where that differs from the resource's own `owners`."""
    owners_only: bool = False
    """Whether only an owner may do this, whatever the scope of their permission."""
    scope_details: Callable[[Any, Actor], Mapping[str, object]] | None = None
    """Further details of the error for a caller whose scope does not reach the resource."""
    own_fields: Sequence[str] = ()
    """Fields of the body that may only hold the caller's own user id."""
    transition: str | None = None
    """The action of the resource's state machine."""
    repeated: Callable[[Any, Actor], bool] | None = None
    """Whether the caller has made the step before; then it is answered with the resource as it is."""
    view: Callable[[Any], Any] | None = None
    """Makes the response body from what the handler returns, such as an entity."""
    if_match: Literal["required", "optional"] | None = None
    """`If-Match`: required (428 without it) or optional; by default optional where a `versioned` resource is
    changed."""
    version_of: str | None = None
    """The related item whose version `If-Match` names, where that is not the resource's."""
    body: Any = Empty
    recover_body: Callable[[bytes], Any | None] | None = None
    """Makes the body from one that is not valid JSON, where some of it can be used; None if it cannot."""
    read_body: Callable[[bytes], Any] | None = None
    """Makes the body from whatever was sent, where no body is refused for its form or media type."""
    csv_body: Callable[[str], bytes] | None = None
    """Makes the JSON body from CSV (`text/csv`), where that is taken too."""
    form: bool = False
    """Whether the body comes as `multipart/form-data`, its files as the fields of type `bytes`, instead of JSON."""
    max_body_bytes: int | None = None
    """The largest body, where that is less than the deployment's limit."""
    too_large: Mapping[str, object] | None = None
    """The details of the error of a larger body, where they are not the limit alone."""
    query: Any = Empty
    any_query: bool = False
    """Whether unknown query parameters are ignored."""
    returns: Any = None
    status: int = 200
    errors: Sequence[type[BatonError]] = ()
    """Errors of the use case; those of the checks follow from the rest of the declaration."""
    audit_target: AuditTarget | None = None
    invalid_status: int = ValidationFailed.status
    invalid_input: Callable[[ValidationFailed, Callable[[str], object]], ValidationFailed] | None = None
    """Makes the error of invalid input from the general one, where the contract has a code of its own; the function
    reads a field of the body as it was sent."""
    versioned: bool = False
    version_covers_body: bool | Callable[[Any], bool] = False
    """Whether the body of a read depends on nothing but the entity's version, so that `If-None-Match` with that version
    is answered with 304; a function tells it from what the handler returned."""
    batch: bool = False
    """Whether the handler gets no unit of work but runs many of them by itself. What is stored for a replay is
    committed afterwards, so everything in a batch has to be safe to do again. Each of its units has an audit row; the
    request has one of its own only if `audit_target` names its entity."""
    other_statuses: Sequence[int] = ()
    """Further statuses of success, with the same body."""
    media_type: str = "application/json"
    """The media type of a successful response."""
    other_media_types: Sequence[str] = ()
    """Media types in which the response can be had too, by a parameter of the query or by `Accept`."""
    documented_body: Any = None
    """The body as documented, where `body` is only the part of it that is checked before the handler runs."""
    tags: Sequence[str] = ()
    examples: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """Fields of the `request` and `response` examples, and parameters of the `path`, for where the generated ones
    mislead; `...` omits a field. A further status has an example of its own by a name such as `response_207`."""
    deprecated_alias: bool = False

    @property
    def mutates(self) -> bool:
        """Return whether a call may change something, and so is audited and may carry an `Idempotency-Key`."""
        return self.method in MUTATING

    @property
    def takes_if_match(self) -> bool:
        """Return whether the call honours `If-Match`; what is only being created has no version yet."""
        return self.if_match is not None or (self.mutates and self.versioned and self.status != 201)

    @property
    def is_conditional(self) -> bool:
        """Return whether a call honours `If-None-Match`: every read, unless its `ETag` is a version and more counts."""
        return not self.mutates and self.returns is not None and (not self.versioned or bool(self.version_covers_body))

    @property
    def takes_body(self) -> bool:
        """Return whether the call has a body."""
        return self.body is not Empty

    @property
    def described_body(self) -> Any:
        """Return the body's type as it is documented."""
        return self.body if self.documented_body is None else self.documented_body

    @property
    def items(self) -> Mapping[str, Resource[Any]]:
        """Return every declared item by name; the resource's name is empty."""
        return self.related if self.resource is None else {"": self.resource, **self.related}

    @property
    def name(self) -> str:
        """Return the operation's name, unique in the API; the handler's own for its main address."""
        return self.handler.__name__
