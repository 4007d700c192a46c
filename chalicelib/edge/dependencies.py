"""What the edge runs on: the parts that `app.py` composes, swappable behind the one app.

Chalice has one module-level app per process and its blueprints register only once, so tests and the local stack do
not build another app: they install another runtime behind it (their clock, their gate, their outbox).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import BatonError
from chalicelib.core.messages import LambdaMessageQueue, MessageQueue
from chalicelib.core.random_source import RandomSource, SystemRandomSource
from chalicelib.core.runner import Runner
from chalicelib.core.settings import Secret, Settings
from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.edge.endpoint import AuditTarget, Endpoint


class Credentials(Protocol):
    """A token whose signature and times are good. Whether it still counts, the store says."""

    @property
    def org_id(self) -> str:
        """Whose organisation the token names."""
        ...

    @property
    def user_id(self) -> str:
        """Whom the token names."""
        ...

    def keys(self) -> Sequence[ItemKey[Any]]:
        """What has to be read to admit the caller: session, person, role. The edge adds its own and reads once."""
        ...

    def authenticate(self, found: ReadResult, request_id: str) -> Actor:
        """Return the person as stored now. Raise `AuthInvalid` or `AuthExpired` if session or person are not valid."""
        ...


class Authenticator(Protocol):
    """Tells who is calling."""

    def proves(self, proof: Secret) -> bool:
        """Whether this proves that a request came through our own distribution. Must not raise."""
        ...

    def verify(self, token: str) -> Credentials:
        """Check a token by itself. Raises `AuthInvalid` or `AuthExpired`."""
        ...

    def resume(self, org_id: str, user_id: str, role: str, session_id: str) -> Credentials:
        """The credentials of a connection that was let in before; they are held against the store like any other."""
        ...


class RefusalLog(Protocol):
    """Writes down authenticated mutations that were refused."""

    def refused(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError) -> None:
        """One audit row with the error's code as outcome. Must not raise."""
        ...


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything a request needs that is not in the request."""

    settings: Settings
    clock: Clock
    runner: Runner
    authenticator: Authenticator
    refusals: RefusalLog
    endpoints: Sequence[Endpoint] = ()
    post: MessageQueue | None = None
    """Where letters go; None: to the function that sends them."""
    random_source: RandomSource = field(default_factory=SystemRandomSource)
    """What decides where any choice is as good as another."""
    roles_of: Callable[[str], Sequence[str]] | None = None
    version: str = "0"
    extras: Mapping[str, Any] | None = None


_installed: list[Dependencies] = []


def install(dependencies: Dependencies) -> None:
    """Make this the runtime of the process."""
    _installed[:] = [dependencies]


def dependencies() -> Dependencies:
    """The installed runtime."""
    if not _installed:
        raise RuntimeError("no runtime is installed; importing `app` installs one")
    return _installed[0]


def post() -> MessageQueue:
    """Where letters of the installed runtime go."""
    return dependencies().post or LambdaMessageQueue(dependencies().settings)
