"""Runs a use case, commits its changes, and runs it again after a write conflict.

A use case reads, checks and stages changes on a fresh unit of work. If a condition fails at the commit, the runner
calls it again on fresh reads, a bounded number of times with jittered pauses. Requests, socket messages, sweeps,
imports and the demo data all use this runner, so there is one write path. What follows from a change in another unit of
work, such as the next order of a courier who is free again, runs after the commit as a follow-up.

The runner adds the audit row and the mailbox entries to every unit of work. It knows them as protocols, because `core`
imports no domain.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import wait
from itertools import count
from random import Random, SystemRandom
from typing import Any, Protocol, TypeVar

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.commit import RetryPolicy, WriteConflict, commit
from chalicelib.core.ids import Ids
from chalicelib.core.parallel import start
from chalicelib.core.published import Published
from chalicelib.core.settings import Settings
from chalicelib.core.work import Recipient, UnitOfWork

T = TypeVar("T")

FOLLOW_UP_ACTOR = "system:follow-up"
"""The actor of changes that follow from another one at once."""


class AuditTrail(Protocol):
    """Writes audit rows."""

    def stage(self, work: UnitOfWork, actor: Actor) -> None:
        """Stage the audit row of the staged changes."""


class Step(Protocol):
    """Runs a decision in a transaction of its own, as the actor who sent the request."""

    def __call__(self, decide: Callable[[UnitOfWork], T], /) -> T:
        """Return the result of the decision, once it is committed."""


class Outbox(Protocol):
    """Delivers published events."""

    def stage(self, work: UnitOfWork) -> None:
        """Stage the published events for the recipients' mailboxes."""

    def deliver(self, recipients: list[Recipient]) -> None:
        """Deliver the events of these mailboxes. Must not raise: a sweep delivers later what fails now."""

    def send_live(self, events: Sequence[Published]) -> None:
        """Send events to the sockets that are open now. Must not raise: what fails is lost."""


class Runner(msgspec.Struct, frozen=True):
    """Runs use cases and commits their changes."""

    settings: Settings
    clock: Clock
    ids: Ids
    trail: AuditTrail
    outbox: Outbox
    random_source: Random = msgspec.field(default_factory=SystemRandom)
    listeners: Sequence[Callable[[UnitOfWork], None]] = ()
    """Called after the use case, before the audit row is made: they stage what follows in another domain, such as a
    courier's end of duty after the end of the last session."""

    def run(
        self, actor: Actor, decide: Callable[[UnitOfWork], T], seal: Callable[[UnitOfWork, T], None] | None = None
    ) -> T:
        """Return the result of `decide` in the attempt that was committed, after delivering its events.

        `seal` stages what depends on the result, such as the idempotency record. Raise what `decide` raises, or the
        error of the failed condition once the attempts are used up.
        """
        result, work = self._commit(actor, decide, seal)
        self._deliver(work)
        for call in work.after_commit:
            call()
        for org_id, follow_up in work.follow_ups:
            self._follow_up(Actor(org_id, FOLLOW_UP_ACTOR, actor.request_id), follow_up)
        return result

    def _deliver(self, work: UnitOfWork) -> None:
        """Deliver the published events; the calls `during_delivery` are made at the same time."""
        calls = [start(call, pool="during_delivery") for call in work.during_delivery]
        try:
            self.outbox.deliver(work.recipients)
            if work.live:
                self.outbox.send_live(work.live)
        finally:
            wait(calls)

    def _follow_up(self, actor: Actor, decide: Callable[[UnitOfWork], object]) -> None:
        """Run what follows from a committed change. Never raises: the change itself was made."""
        try:
            self.run(actor, decide)
        except Exception:  # noqa: BLE001 - a sweep makes up for it, and the caller's request was carried out
            observability.count("FollowUpsFailed")
            observability.log().exception("follow-up failed", extra={"org_id": actor.org_id})

    def _commit(
        self, actor: Actor, decide: Callable[[UnitOfWork], T], seal: Callable[[UnitOfWork, T], None] | None
    ) -> tuple[T, UnitOfWork]:
        retry_policy = RetryPolicy(self.settings.conflict_attempts)
        conflicts: frozenset[str] = frozenset()
        kept: dict[str, Any] = {}
        for attempt in count(1):
            work = UnitOfWork(
                self.clock.now(), self.ids, conflicts, self.clock, self.settings, self.random_source, kept
            )
            result = decide(work)
            self._complete(work, actor, result, seal)
            try:
                commit(work, self.clock, retry_policy)
            except WriteConflict as conflict:
                limit = self.settings.contended_attempts if conflict.contended else self.settings.commit_attempts
                if conflict.final or attempt >= limit:
                    raise conflict.error from conflict
                observability.count("Reruns")
                conflicts |= conflict.labels
                retry_policy.pause(attempt, self.clock)
            else:
                return result, work
        raise AssertionError("unreachable: each attempt is committed or raises")

    def _complete(
        self, work: UnitOfWork, actor: Actor, result: T, seal: Callable[[UnitOfWork, T], None] | None
    ) -> None:
        for listener in self.listeners:
            listener(work)
        if work.audit_subject is not None:
            self.trail.stage(work, _audited(work, actor))
        self.outbox.stage(work)
        if seal is not None:
            seal(work, result)


def _audited(work: UnitOfWork, actor: Actor) -> Actor:
    """Return the actor of the audit row, with the client of the request."""
    return actor if work.audit_actor is None else msgspec.structs.replace(work.audit_actor, client=actor.client)
