"""The runner: decide, commit, and decide again when the world has moved on in between.

A decision is a function that reads, checks and stages on a fresh unit of work. When its commit loses a race the
runner calls it again, on fresh reads, a bounded number of times with jittered pauses; most lost races so end in the
right answer and nobody notices. The same runner serves requests, socket messages, sweeps and the demo data, so there
is one write path and no other.

The runner adds to every unit of work what no decision may forget: the audit row and the mailbox entries. It knows
them only as ports, because `core` knows no domain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.commit import RetryPolicy, WriteConflict, commit
from chalicelib.core.errors import Unavailable
from chalicelib.core.ids import Ids
from chalicelib.core.random_source import RandomSource, SystemRandomSource
from chalicelib.core.settings import Settings
from chalicelib.core.work import Recipient, UnitOfWork

T = TypeVar("T")


class AuditTrail(Protocol):
    """Writes down who did what."""

    def stage(self, work: UnitOfWork, actor: Actor) -> None:
        """Add the audit row of what is staged to the same unit of work."""
        ...


class Outbox(Protocol):
    """Gets published events to their recipients."""

    def stage(self, work: UnitOfWork) -> None:
        """Append what was published to the recipients' mailboxes, in the same unit of work."""
        ...

    def deliver(self, recipients: list[Recipient]) -> None:
        """Hand over what is in these mailboxes. Must not fail: what cannot be delivered now is swept up later."""
        ...


@dataclass(frozen=True, slots=True)
class Runner:
    """Carries decisions through."""

    settings: Settings
    clock: Clock
    ids: Ids
    trail: AuditTrail
    outbox: Outbox
    random_source: RandomSource = field(default_factory=SystemRandomSource)

    def run(
        self,
        actor: Actor,
        decide: Callable[[UnitOfWork], T],
        seal: Callable[[UnitOfWork, T], None] | None = None,
    ) -> T:
        """Decide, commit, deliver; returns what `decide` returned in the attempt that was committed.

        `seal` may stage what belongs to the answer itself (the idempotency record). Raises what `decide` raises, or
        the error of the lost condition once the attempts are used up.
        """
        result, work = self._commit(actor, decide, seal)
        self.outbox.deliver(work.recipients)
        for do in work.after_commit:
            do()
        return result

    def _commit(
        self, actor: Actor, decide: Callable[[UnitOfWork], T], seal: Callable[[UnitOfWork, T], None] | None
    ) -> tuple[T, UnitOfWork]:
        retry_policy = RetryPolicy(self.settings.conflict_attempts)
        conflicts: frozenset[str] = frozenset()
        for attempt in range(1, self.settings.commit_attempts + 1):
            work = self._new_work(conflicts)
            result = decide(work)
            self._complete(work, actor, result, seal)
            try:
                commit(work, self.clock, retry_policy)
            except WriteConflict as conflict:
                if conflict.final or attempt == self.settings.commit_attempts:
                    raise conflict.error from conflict
                observability.count("Reruns")
                conflicts |= conflict.labels
                retry_policy.pause(attempt, self.clock)
            else:
                return result, work
        raise Unavailable

    def _new_work(self, conflicts: frozenset[str]) -> UnitOfWork:
        return UnitOfWork(
            self.clock.now(),
            self.ids,
            conflicts,
            clock=self.clock,
            config=self.settings,
            random_source=self.random_source,
        )

    def _complete(
        self, work: UnitOfWork, actor: Actor, result: T, seal: Callable[[UnitOfWork, T], None] | None
    ) -> None:
        if work.audit_subject is not None:
            self.trail.stage(work, work.audit_actor or actor)
        self.outbox.stage(work)
        if seal is not None:
            seal(work, result)
