"""The dependencies of the edge, which `app.py` composes and tests replace.

Chalice has one app per process and its blueprints can be registered only once. Tests and the local stack therefore do
not build a second app: they install other dependencies behind it (their clock, their authenticator, their outbox).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import BatonError
from chalicelib.core.messages import LambdaMessageQueue, MessageQueue
from chalicelib.core.runner import Runner
from chalicelib.core.settings import Secret, Settings
from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.edge.endpoint import AuditTarget, Endpoint
from chalicelib.edge.rate_limits import RateLimits
from chalicelib.edge.socket_events import SocketProtocol


class Credentials(Protocol):
    """A token with a valid signature that has not expired. The store decides whether its session is still valid."""

    @property
    def org_id(self) -> str:
        """Return the organisation in the token."""

    @property
    def user_id(self) -> str:
        """Return the user in the token."""

    @property
    def role(self) -> str:
        """Return the name of the role in the token; that of a machine differs from that of people."""

    def keys(self) -> Sequence[ItemKey[Any]]:
        """Return the keys of session, person and role. The edge adds its own and makes one batch read."""

    def authenticate(self, found: ReadResult, request_id: str) -> Actor:
        """Return the person as stored now. Raise `AuthInvalid` or `AuthExpired` if session or person are not valid."""

    def is_valid(self, found: ReadResult) -> bool:
        """Return whether session and person, as stored now, are valid."""

    def permissions(self, found: ReadResult) -> Mapping[str, str]:
        """Return what the role of these credentials may do, as stored now: `{permission: scope}`."""


class Authenticator(Protocol):
    """Authenticates callers."""

    def proves(self, proof: Secret) -> bool:
        """Return whether the secret is that of our own distribution. Must not raise."""

    def seal(self, message: bytes, kid: str | None = None) -> str | None:
        """Return a keyed hash that names its key, by default the current one; None if that key was removed."""

    def verify(self, token: str) -> Credentials:
        """Return the credentials of a token without reading the store. Raise `AuthInvalid` or `AuthExpired`."""

    def resume(self, org_id: str, user_id: str, role: str, session_id: str) -> Credentials:
        """Return the credentials of a connection that was authenticated before; the store is checked again."""


class Presence(Protocol):
    """Notices that people are there, from every request and socket message of theirs."""

    def keys(self, org_id: str, user_id: str, role: str) -> Sequence[ItemKey[Any]]:
        """Return the keys that have to be read for a caller beside those of the credentials."""

    def record(self, org_id: str, user_id: str, found: ReadResult) -> None:
        """Record a sign of life of an authenticated caller, for whom `keys` were read. Must not raise."""

    def learn(self, org_id: str, role: str, permissions: Mapping[str, str]) -> None:
        """Learn from an authenticated caller what has to be read for others with the same role. Must not raise."""


class RefusalLog(Protocol):
    """Writes the audit rows of refused mutations of authenticated callers."""

    def refused(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError) -> None:
        """Write one audit row with the error's code as outcome, or count it in a later row. Must not raise."""

    def refused_record(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError) -> None:
        """Write one audit row of a refusal that its caller limits, such as a rejected record. Must not raise."""


class Dependencies(msgspec.Struct, frozen=True):
    """Everything that a request needs and does not bring along."""

    settings: Settings
    clock: Clock
    runner: Runner
    authenticator: Authenticator
    refusals: RefusalLog
    rate_limits: RateLimits
    presence: Presence
    endpoints: Sequence[Endpoint] = ()
    message_queue: MessageQueue | None = None
    """Receives outbound messages; None: the Lambda function that sends them."""
    roles_of: Callable[[str], Sequence[str]] | None = None
    version: str = "0"
    sockets: SocketProtocol | None = None
    """The protocol of the sockets, for the API documents; None: there are none."""


_installed: list[Dependencies] = []


def install(dependencies: Dependencies) -> None:
    """Install the dependencies of the process."""
    _installed[:] = [dependencies]


def dependencies() -> Dependencies:
    """Return the installed dependencies. Raise `RuntimeError` if there are none."""
    if not _installed:
        raise RuntimeError("no dependencies are installed; importing `app` installs them")
    return _installed[0]


def message_queue() -> MessageQueue:
    """Return the queue for outbound messages."""
    return dependencies().message_queue or LambdaMessageQueue(dependencies().settings)
