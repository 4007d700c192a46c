"""What a handler is given, and what it gives back.

A handler sees a `Request` (who calls, the typed body and query, the path's ids, the preconditions) and answers with
a `Reply`; it never meets Chalice's objects, so the same handlers run behind API Gateway, the local server and tests.

Body and query are validated when a handler first asks for them, both together: a handler that answers 404 or 403
first thereby keeps the order in which errors are promised (missing, not yours, stale, then invalid).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import msgspec

from chalicelib.core.errors import AccessDenied, PreconditionRequired, ValidationFailed, VersionConflict
from chalicelib.core.store import ItemKey, get
from chalicelib.core.table import Entity, Item
from chalicelib.core.work import Actor
from chalicelib.edge.validation import decode_body

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT")
PartT = TypeVar("PartT")
ReplyT = TypeVar("ReplyT")
ItemT = TypeVar("ItemT", bound=Item)
MadeT = TypeVar("MadeT")

_IF_MATCH = re.compile(r'(?:W/)?"([0-9]{1,18})"|([0-9]{1,18})')


class Nothing(msgspec.Struct, frozen=True):
    """The body or query of a call that takes none."""


class Principal(msgspec.Struct, frozen=True):
    """Who is calling, as the store knows them at this moment; `permissions` is `{code: scope}` of their role."""

    org_id: str
    user_id: str
    role: str
    session_id: str
    permissions: Mapping[str, str]
    username: str = ""
    full_name: str = ""
    phone: str | None = None
    profile_picture: str | None = None
    game_zone: str | None = None
    email: str | None = None
    team: str | None = None
    reports_to: str | None = None
    skills: Sequence[str] = ()

    def scope(self, permission: str) -> str | None:
        """`own`, `zone` or `org` if they hold the permission, else None."""
        return self.permissions.get(permission)

    def require(self, permission: str) -> str:
        """The scope of a permission they must hold. Raises `AccessDenied`."""
        scope = self.scope(permission)
        if scope is None:
            raise AccessDenied(details={"permission": permission})
        return scope

    def reaches(self, permission: str, *, owners: Collection[str | None] = (), zone: str | None = None) -> bool:
        """Whether a permission of theirs reaches a thing: the one place where scopes are worked out.

        `owners` are the ids of those whose thing it is (who made it, whom it is assigned to), `zone` is its game zone.
        `org` reaches everything of the organisation, `zone` what is in their own zone or is theirs, `own` only what is
        theirs. Without either argument only `org` reaches it.
        """
        scope = self.scope(permission)
        if scope == "org":
            return True
        if scope == "zone" and zone is not None and zone == self.game_zone:
            return True
        return scope in ("own", "zone") and self.user_id in owners

    def require_reach(
        self, permission: str, *, owners: Collection[str | None] = (), zone: str | None = None, message: str = ""
    ) -> None:
        """Like `reaches`. Raises `AccessDenied`, with `message` if there is one."""
        if not self.reaches(permission, owners=owners, zone=zone):
            raise AccessDenied(message or None, details={"permission": permission})


class Caller(msgspec.Struct, frozen=True):
    """A request's circumstances that are no input: its id and where it came from."""

    request_id: str
    locate: Callable[[], str]
    """Works out the address: only who counts by it has to know which proofs there are."""

    @property
    def source_ip(self) -> str:
        """The address of the client."""
        return self.locate()


@dataclass(frozen=True)
class Request(Generic[BodyT, QueryT]):
    """One call, decoded."""

    caller: Caller
    path: Mapping[str, str]
    if_match_header: str | None
    _principal: Principal | None
    _decode: Callable[[], tuple[BodyT, QueryT]] = field(repr=False)
    _loaded: dict[ItemKey[Any], Item | None] = field(default_factory=dict, repr=False)
    named: str | None = None
    """The id of what the request is about, as it was sent."""
    _made: dict[str, Any] = field(default_factory=dict, repr=False)
    raw_body: bytes = field(default=b"", repr=False)

    @property
    def if_match(self) -> int | None:
        """The version that the caller names, if any. Raises `ValidationFailed` for a header that names none."""
        return parse_if_match(self.if_match_header)

    @property
    def principal(self) -> Principal:
        """Who is calling. Only public endpoints have nobody, and they do not ask."""
        if self._principal is None:
            raise RuntimeError("a public endpoint has no principal")
        return self._principal

    @property
    def actor(self) -> Actor:
        """The caller as the audit trail names them."""
        return Actor(self.principal.org_id, self.principal.user_id, self.caller.request_id)

    @cached_property
    def _input(self) -> tuple[BodyT, QueryT]:
        return self._decode()

    @property
    def body(self) -> BodyT:
        """The validated body. Raises `ValidationFailed` naming every bad field of body and query."""
        return self._input[0]

    @property
    def flaw(self) -> ValidationFailed | None:
        """What is wrong with body and query, for a handler that has something to say before that."""
        try:
            _ = self._input
        except ValidationFailed as flaw:
            return flaw
        return None

    def glimpse(self, kind: type[PartT]) -> PartT | None:
        """As much of a flawed JSON body as a smaller type wants; None if that is flawed too.

        For a handler that has to say that something does not exist before it says what else is wrong.
        """
        try:
            return decode_body(self.raw_body or b"{}", kind)
        except ValidationFailed:
            return None

    @property
    def query(self) -> QueryT:
        """The validated query. Raises `ValidationFailed` naming every bad field of body and query."""
        return self._input[1]

    def read(self, wanted: ItemKey[ItemT]) -> ItemT | None:
        """An item, or None. What came with the admission costs nothing the first time; a rerun reads it anew."""
        if wanted in self._loaded:
            return cast("ItemT | None", self._loaded.pop(wanted))
        return get(wanted)

    def once(self, name: str, make: Callable[[], MadeT]) -> MadeT:
        """What `make` gives, made only once for this request: a handler that is run again finds what it made before.

        For what is costly or must not be done twice, such as work on a file. It must not depend on what was read.
        """
        if name not in self._made:
            self._made[name] = make()
        return cast("MadeT", self._made[name])

    def check_version(self, entity: Entity, *, required: bool = False) -> None:
        """Hold the caller's `If-Match` against what was read.

        Raises `PreconditionRequired` if there is none and the contract wants one, `VersionConflict` (with the
        current version in its details) if it names another version.
        """
        named = self.if_match
        if named is None:
            if required:
                raise PreconditionRequired
        elif named != entity.version:
            raise VersionConflict(details={"version": entity.version})


class Reply(msgspec.Struct, Generic[ReplyT], frozen=True):
    """An answer: `body` becomes JSON (None: no body at all), `version` becomes the `ETag`."""

    body: ReplyT
    status: int = 200
    version: int | None = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    kept: object = None
    """What is kept for a replay in place of `body`, where that holds a secret which is told only once."""
    unfinished: bool = False
    """Whether something of it is to be sent again: then nothing is kept, and with the same key it goes on."""


def created(body: ReplyT, version: int | None = None) -> Reply[ReplyT]:
    """201 with what was made."""
    return Reply(body, 201, version)


def no_content() -> Reply[None]:
    """204: done, and nothing to say."""
    return Reply(None, 204)


def text(body: str, media: str) -> Reply[Any]:
    """200 with a text that is no JSON; the route says the same `media`."""
    return Reply(msgspec.Raw(body.encode()), headers={"Content-Type": media})


def parse_if_match(header: str | None) -> int | None:
    """The version in an `If-Match` header: `3`, `"3"` or `W/"3"`. Raises `ValidationFailed` for anything else."""
    if header is None:
        return None
    match = _IF_MATCH.fullmatch(header.strip())
    if match is None:
        raise ValidationFailed({"If-Match": 'must be a version such as "3"'})
    return int(match[1] or match[2])
