"""One delivery of one mailbox, as rounds.

    1  read the head: queued events, connections, and how far each of them is
    2  at once: lease the connections that are behind, check session and person of each connection, read the log where
       a connection is further behind than the queue, and write the queue to the log
    3  post to each leased connection in parallel
    4  save what has ended: positions, released leases, the queue without what is in the log now; again from 2 if more
       was appended, and from 3 for what has not ended

Each connection has its own lease and position, so a slow or dead one delays and repeats nothing for the others: those
that are done are saved while it is still waited for, and the next delivery serves them without it. A connection whose
session has ended, or whose role may not receive the channel any more, gets nothing but what says so (`farewells`); it
is closed and removed here. So is, without a close, a connection that responds `410 Gone`, unless it is so young that
its `$connect` may not have returned.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, wait
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import Clock, to_millis
from chalicelib.core.deadline import deadline
from chalicelib.core.parallel import done, first_done, parallel, start
from chalicelib.core.settings import Settings
from chalicelib.core.store import get_many
from chalicelib.core.work import Recipient
from chalicelib.edge.dependencies import Authenticator
from chalicelib.realtime import connections, mailbox
from chalicelib.realtime.backlog import EntityEvents, events_for
from chalicelib.realtime.mailbox import Changes, Mailbox
from chalicelib.realtime.permissions import may_listen
from chalicelib.realtime.posting import Outcome, Poster
from chalicelib.realtime.rules import LoggedEvent, OpenConnection
from chalicelib.realtime.sender import CHANNEL_DENIED, SESSION_ENDED, Sender

_PATIENCE_MS = 2000
"""How long a patient delivery waits for the next attempt at a failing connection; longer waits are the sweep's."""
_STRAGGLER_S = 0.02
"""After this time the connections that are done are saved, while the others are still being posted to."""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery works with."""

    settings: Settings
    clock: Clock
    sender: Sender
    authenticator: Authenticator
    entity_events: Sequence[EntityEvents] = ()
    farewells: Collection[str] = ()
    """The events that a connection whose session has ended gets before it is closed."""


class Posting(msgspec.Struct, frozen=True):
    """Posts to one connection that are under way: what it is sent, up to event `newest`, since `started`."""

    name: str
    connection: OpenConnection
    newest: int
    started: int


class Drain(msgspec.Struct):
    """One delivery of one mailbox. Up to event `logged` it has written the log; `ended` are to be removed."""

    parts: Parts
    recipient: Recipient
    owner: str
    until: datetime
    is_patient: bool = False
    sent: int = 0
    has_leftover: bool = False
    logged: int = 0
    ended: frozenset[str] = frozenset()
    posting: dict["Future[Outcome]", Posting] = msgspec.field(default_factory=dict)

    def run(self) -> None:
        """Deliver until nothing is left, the time is over, or only others can go on."""
        try:
            self._run()
        finally:
            wait(self.posting)

    def _run(self) -> None:
        box = mailbox.read(self.recipient)
        is_first = True
        while box is not None and (is_first or self.posting or self._has_work(box)):
            if is_first or self._has_work(box):
                loaded = self._load(box)
                if loaded is None:  # another delivery was faster
                    box = None if self._is_over() and not self.posting else mailbox.read(self.recipient)
                    continue
                is_first, box = False, loaded
            box = self._save(box, self._finished_posts())
            if box is not None and self.is_patient and not self.posting and not self._has_work(box):
                box = self._after_pause(box)
        self.has_leftover |= box is not None and bool(self._due(box))

    def _has_work(self, box: Mailbox) -> bool:
        if len(box.queue) > max(0, self.logged - box.numbered) or (box.is_pending and box.is_caught_up()):
            return True
        return bool(self._due(box)) and not self._is_over()

    def _load(self, box: Mailbox) -> Mailbox | None:
        """Lease the connections that are due, read what they need at once, and begin to post to them.

        Return the mailbox as it is then, or None if one of the connections has changed.
        """
        due = {} if self._is_over() else self._due(box)
        until = to_millis(self.until) + self.parts.settings.delivery_lease_s * 1000
        leases: dict[str, OpenConnection | None] = {name: c.leased(self.owner, until) for name, c in due.items()}
        calls: list[Callable[[], Any]] = [
            partial(mailbox.save, box, Changes(connections=leases)),
            partial(ended_connections, self.parts, box),
            partial(self._read_log, box, due),
            *mailbox.log_writes(box, timedelta(seconds=self.parts.settings.mailbox_retention_s)),
        ]
        started = self._now()
        saved, ended, log, *_ = parallel(calls)
        if saved is None:
            return None
        self.logged = box.newest
        for name, code in ended.items():
            if code == SESSION_ENDED:
                self._post_farewells(name, box)
            connections.close_connection(self.parts.sender, box.connections[name], name, code)
        self.ended |= ended.keys()
        # What was appended since comes with the next round: the check of the sessions has to be later than any event.
        by_number = {event.number: event for event in (*log, *box.queue)}
        events = [self._with_entity(by_number[number]) for number in sorted(by_number)]
        postings = [Posting(name, saved.connections[name], box.newest, started) for name in due if name not in ended]
        is_alone = len(postings) == 1 and not self.posting
        for posting in postings:
            post = partial(self._post, posting, events)
            self.posting[done(post()) if is_alone else start(post, pool="posts")] = posting
        return cast("Mailbox", saved)

    def _read_log(self, box: Mailbox, due: Mapping[str, OpenConnection]) -> Sequence[LoggedEvent]:
        """Return the logged events that a due connection may get."""
        oldest = max(0, box.newest - self.parts.settings.mailbox_limit)
        after = min((oldest if c.is_new else max(oldest, c.number) for c in due.values()), default=box.numbered)
        dropped = sum(oldest - c.number for c in due.values() if c.number < oldest and not (c.is_new or c.failures))
        if dropped:
            observability.count("EventsDropped", dropped)
            observability.log().warning("mailbox is full", extra={"user": self.recipient.user_id, "dropped": dropped})
        kept_since = self._now() - self.parts.settings.mailbox_retention_s * 1000
        return mailbox.read_log(self.recipient, after, box.numbered, kept_since)

    def _with_entity(self, event: LoggedEvent) -> LoggedEvent:
        for kind in self.parts.entity_events:
            event = kind.about(event)
        return event

    def _post_farewells(self, name: str, box: Mailbox) -> None:
        """Post what the client of a connection has to know whose session has ended; one that fails is not repeated."""
        connection, number = box.connections[name], box.connections[name].number
        events = [event for event in box.queue if event.number > number and event.event in self.parts.farewells]
        self._poster().post(name, connection, events, box.newest, self.until)

    def _poster(self) -> Poster:
        grace = timedelta(seconds=self.parts.settings.connection_grace_s)
        return Poster(self.parts.sender, self.parts.clock, grace)

    def _post(self, posting: Posting, events: Sequence[LoggedEvent]) -> Outcome:
        kinds, clock = self.parts.entity_events, self.parts.clock
        selected = events_for(posting.connection, events, self.recipient, clock, kinds)
        left = self.until - clock.now()
        with deadline(clock, left.total_seconds()):  # within a request a post is not waited for longer than a second
            return self._poster().post(posting.name, posting.connection, selected, posting.newest, self.until)

    def _finished_posts(self) -> list[tuple[Posting, Outcome]]:
        """Wait for posts, a little longer than for the first; return what became of those that have ended."""
        ended = first_done(self.posting, _STRAGGLER_S)
        results = [(self.posting.pop(future), future.result()) for future in ended]
        self.sent += sum(outcome.sent for _, outcome in results)
        self.has_leftover |= any(not outcome.is_complete and not outcome.gone for _, outcome in results)
        return results

    def _save(self, box: Mailbox, results: Sequence[tuple[Posting, Outcome]]) -> Mailbox | None:
        """Save the results on the mailbox as it is now; return it as it is then."""
        gone = [posting for posting, outcome in results if outcome.gone]
        for posting in gone:
            now, settings = self.parts.clock.now(), self.parts.settings
            connections.leave_place(self.recipient, posting.connection, now, settings, is_clean=False)
            observability.count("ConnectionsGone")
        current: Mailbox | None = box
        while current is not None:
            saved = mailbox.save(current, self._changes(current, results))
            if saved is not None:
                connections.delete_connections([*(posting.name for posting in gone), *self.ended])
                self.ended = frozenset()
                return saved
            current = mailbox.read(self.recipient)
        return None

    def _changes(self, box: Mailbox, results: Sequence[tuple[Posting, Outcome]]) -> Changes:
        changed: dict[str, OpenConnection | None] = {name: None for name in self.ended if name in box.connections}
        for posting, outcome in results:
            connection = box.connections.get(posting.name)
            if connection is not None and connection.lease_owner == self.owner:
                after = outcome.applied_to(connection, posting.started).released()
                changed[posting.name] = None if outcome.gone else after
        left = [c for c in {**box.connections, **changed}.values() if c is not None]
        waiting = [c for c in left if c.is_new or c.number < box.newest or c.lease_owner]
        logged = min(len(box.queue), max(0, self.logged - box.numbered))
        is_finished = not waiting and logged == len(box.queue)
        due_at = min((c.waits_until(self._now()) for c in waiting), default=self._now())
        return Changes(
            connections=changed,
            logged=logged,
            is_finished=is_finished and box.is_pending,
            due_at=due_at if (changed or logged) and not is_finished else None,
        )

    def _after_pause(self, box: Mailbox) -> Mailbox | None:
        """Wait for the next attempt at a failing connection, if that is soon; return the mailbox as it is then."""
        now = self._now()
        connections = [c for c in box.connections.values() if not c.is_leased(now)]
        pauses = [pause for c in connections if (pause := c.pauses_until(now) - now) > 0]
        if not pauses or min(pauses) > _PATIENCE_MS or self._is_over():
            return box
        self.parts.clock.sleep(min(pauses) / 1000)
        return mailbox.read(self.recipient)

    def _due(self, box: Mailbox) -> dict[str, OpenConnection]:
        now, busy = self._now(), {posting.name for posting in self.posting.values()}
        return {
            name: c
            for name, c in box.connections.items()
            if name not in busy and (c.lease_owner == self.owner or c.is_due(box.newest, now))
        }

    def _now(self) -> int:
        return to_millis(self.parts.clock.now())

    def _is_over(self) -> bool:
        return self.parts.clock.now() >= self.until


def ended_connections(parts: Parts, box: Mailbox) -> dict[str, int]:
    """Return the connections whose time, session, person or channel is over, with the code to close them with.

    One batch read for all of them.
    """
    if not box.connections:
        return {}
    org_id, user_id = box.recipient.org_id, box.recipient.user_id
    resume = parts.authenticator.resume
    credentials = {name: resume(org_id, user_id, c.role, c.session_id) for name, c in box.connections.items()}
    keys = [key for each in credentials.values() for key in each.keys()]  # noqa: SIM118 - a method, not a mapping
    stored, now = get_many(keys, parts.clock), to_millis(parts.clock.now())
    ended: dict[str, int] = {}
    for name, connection in box.connections.items():
        if now >= connection.expires_at or not credentials[name].is_valid(stored):
            ended[name] = SESSION_ENDED
        elif not may_listen(credentials[name].permissions(stored), connection.channel):
            ended[name] = CHANNEL_DENIED
    return ended
