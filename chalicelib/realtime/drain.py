"""One delivery of one mailbox, as rounds.

    1  read the head: queued events, connections, and how far each of them is
    2  at once: lease the connections that are behind, check session and person of each connection, read the log where
       a connection is further behind than the queue, and write the queue to the log
    3  post to each leased connection in parallel
    4  save: positions, released leases, the queue without what is in the log now; again from 2 if more was appended

Each connection has its own lease and position, so a slow or dead one delays and repeats nothing for the others: those
that are done are saved while it is still waited for, and the next delivery serves them without it. A connection whose
session has ended gets nothing; it is closed and removed here. A connection that responds `410 Gone` is removed, unless
it is so young that its `$connect` may not have returned.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import Clock, to_millis
from chalicelib.core.settings import Settings
from chalicelib.core.store import get_many, parallel, parallel_groups
from chalicelib.core.work import Recipient
from chalicelib.edge.dependencies import Authenticator
from chalicelib.realtime import connections, mailbox
from chalicelib.realtime.backlog import EntityEvents, events_for
from chalicelib.realtime.mailbox import Changes, Mailbox
from chalicelib.realtime.posting import Outcome, Poster
from chalicelib.realtime.rules import LoggedEvent, OpenConnection
from chalicelib.realtime.sender import SESSION_ENDED, Sender

_PATIENCE_MS = 2000
"""How long a patient delivery waits for the next attempt at a failing connection; longer waits are the sweep's."""
_STRAGGLER_S = 0.05
"""After this time the connections that are done are saved, while the others are still being posted to."""
_ROUNDS = 100
_SAVES = 30


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery works with."""

    settings: Settings
    clock: Clock
    sender: Sender
    authenticator: Authenticator
    entity_events: Sequence[EntityEvents] = ()


class Loaded(msgspec.Struct, frozen=True):
    """What one round works with.

    `leased` are the connections to post to, `ended` those whose session is over. `events` are all that any of them may
    get, up to number `newest`; up to `logged` they are in the log.
    """

    box: Mailbox
    leased: Mapping[str, OpenConnection]
    ended: frozenset[str]
    events: Sequence[LoggedEvent]
    newest: int
    logged: int
    started: int


class Drain(msgspec.Struct):
    """One delivery of one mailbox."""

    parts: Parts
    recipient: Recipient
    owner: str
    until: datetime
    is_patient: bool = False
    sent: int = 0
    has_leftover: bool = False

    def run(self) -> None:
        """Deliver until nothing is left, the time is over, or only others can go on."""
        box = mailbox.read(self.recipient)
        for number in range(_ROUNDS):
            if box is None or not (number == 0 or self._has_work(box)):
                return
            loaded = self._load(box)
            # Without it another delivery was faster, and the mailbox has changed.
            box = mailbox.read(self.recipient) if loaded is None else self._after_pause(self._post_all(loaded))

    def _has_work(self, box: Mailbox) -> bool:
        if box.queue or (box.is_pending and box.is_caught_up()):
            return True
        return bool(self._due(box)) and not self._is_over()

    def _load(self, box: Mailbox) -> Loaded | None:
        """Lease the connections that are due and read what they need, at once; None if one of them has changed."""
        due = {} if self._is_over() else self._due(box)
        lease = timedelta(seconds=self.parts.settings.delivery_lease_s)
        until = to_millis(self.until + lease)
        fresh = {name: c.leased(self.owner, until) for name, c in due.items() if c.lease_owner != self.owner}
        calls: list[Callable[[], Any]] = [
            partial(mailbox.save, box, Changes(connections=dict(fresh))),
            partial(self._ended, box),
            partial(self._read_log, box, due),
            *mailbox.log_writes(box, timedelta(seconds=self.parts.settings.mailbox_retention_s)),
        ]
        started = self._now()
        saved, ended, log, *_ = parallel(calls)
        if saved is None:
            return None
        by_number = {event.number: event for event in (*log, *box.queue, *saved.queue)}
        return Loaded(
            box=saved,
            leased={name: saved.connections[name] for name in due if name not in ended},
            ended=ended,
            events=[self._with_entity(by_number[number]) for number in sorted(by_number)],
            newest=saved.newest,
            logged=box.newest,
            started=started,
        )

    def _ended(self, box: Mailbox) -> frozenset[str]:
        """Return the connections whose session, person or own time is over, with one batch read."""
        if not box.connections:
            return frozenset()
        org_id, user_id = self.recipient.org_id, self.recipient.user_id
        resume = self.parts.authenticator.resume
        credentials = {
            name: resume(org_id, user_id, connection.role, connection.session_id)
            for name, connection in box.connections.items()
        }
        keys = [key for each in credentials.values() for key in each.keys()]  # noqa: SIM118 - a method, not a mapping
        stored, now = get_many(keys, self.parts.clock), self._now()
        return frozenset(
            name
            for name, connection in box.connections.items()
            if now >= connection.expires_at or not credentials[name].is_valid(stored)
        )

    def _read_log(self, box: Mailbox, due: Mapping[str, OpenConnection]) -> Sequence[LoggedEvent]:
        """Return the logged events that a due connection may get."""
        oldest = max(0, box.newest - self.parts.settings.mailbox_limit)
        after = min((oldest if c.is_new else max(oldest, c.number) for c in due.values()), default=box.numbered)
        kept_since = self._now() - self.parts.settings.mailbox_retention_s * 1000
        return mailbox.read_log(self.recipient, after, box.numbered, kept_since)

    def _with_entity(self, event: LoggedEvent) -> LoggedEvent:
        for kind in self.parts.entity_events:
            event = kind.about(event)
        return event

    def _post_all(self, loaded: Loaded) -> Mailbox | None:
        """Post to all leased connections; save each result as soon as it is known, or soon after."""
        for name in loaded.ended & loaded.box.connections.keys():
            connections.close_connection(self.parts.sender, loaded.box.connections[name], name, SESSION_ENDED)
        box: Mailbox | None = loaded.box
        outcomes = {name: partial(self._post, name, c, loaded) for name, c in loaded.leased.items()}
        for results in parallel_groups(outcomes, _STRAGGLER_S, pool="posts"):
            self._note(results)
            box = self._save(box, loaded, results)
        return box if outcomes else self._save(box, loaded, {})

    def _post(self, name: str, connection: OpenConnection, loaded: Loaded) -> Outcome:
        kinds, clock = self.parts.entity_events, self.parts.clock
        events = events_for(connection, loaded.events, self.recipient, clock, kinds)
        poster = Poster(self.parts.sender, clock, timedelta(seconds=self.parts.settings.connection_grace_s))
        return poster.post(name, connection, events, loaded.newest, self.until)

    def _note(self, results: Mapping[str, Outcome]) -> None:
        self.sent += sum(outcome.sent for outcome in results.values())
        if any(not outcome.is_complete and not outcome.gone for outcome in results.values()):
            self.has_leftover = True

    def _save(self, box: Mailbox | None, loaded: Loaded, results: Mapping[str, Outcome]) -> Mailbox | None:
        """Save the results on the mailbox as it is now; return it as it is then, or None if it could not be saved."""
        gone = [name for name, outcome in results.items() if outcome.gone]
        for name in gone:
            now, life = self.parts.clock.now(), timedelta(seconds=self.parts.settings.session_s)
            connections.leave_place(self.recipient, loaded.leased[name], now, life, is_clean=False)
            observability.count("ConnectionsGone")
        for _ in range(_SAVES):
            if box is None:
                break
            saved = mailbox.save(box, self._changes(box, loaded, results))
            if saved is not None:
                connections.delete_connections([*gone, *loaded.ended])
                return saved
            box = mailbox.read(self.recipient)
        return None

    def _changes(self, box: Mailbox, loaded: Loaded, results: Mapping[str, Outcome]) -> Changes:
        has_grown = box.newest > loaded.newest
        changed: dict[str, OpenConnection | None] = {name: None for name in loaded.ended if name in box.connections}
        for name, outcome in results.items():
            connection = box.connections.get(name)
            if connection is None or connection.lease_owner != self.owner:
                continue
            after = outcome.applied_to(connection, loaded.started)
            goes_on = has_grown and outcome.is_complete and not self._is_over()
            changed[name] = None if outcome.gone else after if goes_on else after.released()
        left = [c for c in {**box.connections, **changed}.values() if c is not None]
        waiting = [c for c in left if c.is_new or c.number < box.newest or c.lease_owner]
        logged = min(len(box.queue), max(0, loaded.logged - box.numbered))
        is_finished = not waiting and logged == len(box.queue)
        due_at = min((max(self._now(), c.retry_at, c.lease_until) for c in waiting), default=self._now())
        return Changes(
            connections=changed,
            logged=logged,
            is_finished=is_finished and box.is_pending,
            due_at=due_at if (changed or logged) and not is_finished else None,
            requires_wakeups=not has_grown,
        )

    def _after_pause(self, box: Mailbox | None) -> Mailbox | None:
        """Wait for the next attempt at a failing connection, if that is worth it."""
        if box is None or not self.is_patient or self._is_over() or self._has_work(box):
            return box
        now = self._now()
        pauses = [c.retry_at - now for c in box.connections.values() if c.retry_at > now and not c.is_leased(now)]
        if not pauses or min(pauses) > _PATIENCE_MS:
            return box
        self.parts.clock.sleep(min(pauses) / 1000)
        return mailbox.read(self.recipient)

    def _due(self, box: Mailbox) -> dict[str, OpenConnection]:
        now = self._now()
        return {
            name: c for name, c in box.connections.items() if c.lease_owner == self.owner or c.is_due(box.newest, now)
        }

    def _now(self) -> int:
        return to_millis(self.parts.clock.now())

    def _is_over(self) -> bool:
        return self.parts.clock.now() >= self.until
