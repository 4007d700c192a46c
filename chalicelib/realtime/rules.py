"""The pure part of realtime: where a session goes on in its mailbox, and which old events are still worth sending.

A post to a line that is dead without either side knowing succeeds, so "posted" is not "received". A connection
therefore remembers, beside its position, positions of the last minute. If it ends uncleanly without ever having
acknowledged an event, its session goes on at the position of a minute before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

REPLAY_MS = 60_000
"""What was posted this long before an unclean end is posted again."""
CHECKPOINT_MS = 10_000
"""Checkpoints are this far apart, so that there are few of them; so much more may be posted again."""
STALE_MS = 600_000
"""Of events that are older than this when they are delivered, only the newest of each kind and entity is sent."""
CLEAN_CODES = frozenset({1000, 1001})
"""Close codes of a connection whose client was still there (RFC 6455, section 7.4.1)."""
MAX_DURATION_MS = 2 * 3600_000
"""API Gateway closes a connection after two hours, with a code that looks as if the client had closed it."""
FIRST_RETRY_MS, MAX_RETRY_MS = 50, 60_000
MAX_LEASE_MS = 90_000
"""Longer than any lease: a delivery begins posts for 20 s at most, and `delivery_lease_s` is at most 60."""
_SKEW_MS = 5_000
"""How far apart the clocks of two processes may be."""


@dataclass(frozen=True, slots=True)
class MailboxPosition:
    """A place in a mailbox: every event up to `number` has been posted. `is_new`: nothing has been posted yet."""

    number: int
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class OpenConnection:
    """One connection of a mailbox. Times are milliseconds since the epoch.

    `channel` is empty where the gateway has no paths. The connection began after event `began_at`.
    `number` is that of the last event that was posted to it, `acknowledged` the last one that its client confirmed.
    `checkpoints` are `(time, number)`: all events up to `number` had been posted at `time`; the first is its beginning.
    `is_new` says that the session has no place yet: it gets what is current instead of all events, which was sent at
    `current_sent_at`. A delivery holds `lease_owner` until `lease_until` while it posts. After `failures` in a row the
    next attempt is made at `retry_at`.
    """

    session_id: str
    role: str
    channel: str
    endpoint: str
    connected_at: int
    expires_at: int
    began_at: int
    number: int
    is_new: bool = False
    current_sent_at: int = 0
    acknowledged: int | None = None
    lease_owner: str = ""
    lease_until: int = 0
    failures: int = 0
    retry_at: int = 0
    checkpoints: tuple[tuple[int, int], ...] = ()

    def is_leased(self, now: int) -> bool:
        """Return whether a delivery holds the connection. One that ends too late is of a clock that was set back."""
        return bool(self.lease_owner) and now < self.lease_until <= now + MAX_LEASE_MS

    def pauses_until(self, now: int) -> int:
        """Return when the next attempt may be made after failures; the present if it may be made now."""
        return self.retry_at if now < self.retry_at <= now + MAX_RETRY_MS + _SKEW_MS else now

    def waits_until(self, now: int) -> int:
        """Return when the lease and the pause are over."""
        return max(self.lease_until if self.is_leased(now) else now, self.pauses_until(now))

    def is_due(self, newest: int, now: int) -> bool:
        """Return whether there is something to post to it and no delivery does so, nor has to wait before a retry."""
        return (self.is_new or self.number < newest) and self.waits_until(now) == now

    def leased(self, owner: str, until: int) -> "OpenConnection":
        """Return the connection as held by a delivery."""
        return replace(self, lease_owner=owner, lease_until=until)

    def posted(self, number: int, now: int, *, current_sent: bool) -> "OpenConnection":
        """Return the connection after the events up to `number` were posted to it."""
        checkpoints = self.checkpoints
        if number > self.number:
            old = [point for point in checkpoints if point[0] <= now - REPLAY_MS][-1:]
            recent = [point for point in checkpoints if point[0] > now - REPLAY_MS]
            if len(recent) > 1 and recent[-1][0] - recent[-2][0] < CHECKPOINT_MS:
                recent.pop()
            checkpoints = (*old, *recent, (now, number))
        after = replace(self, number=number, checkpoints=checkpoints, failures=0, retry_at=0)
        return replace(after, is_new=False, current_sent_at=now) if self.is_new and current_sent else after

    def failed(self, now: int) -> "OpenConnection":
        """Return the connection after a failed attempt: the pause before the next one doubles, up to a minute."""
        pause = min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** min(self.failures, 16))
        return replace(self, failures=self.failures + 1, retry_at=now + pause)

    def released(self) -> "OpenConnection":
        """Return the connection as held by no delivery."""
        return replace(self, lease_owner="", lease_until=0)

    def confirmed(self, number: int) -> "OpenConnection":
        """Return the connection after an acknowledgement; an older one changes nothing."""
        return replace(self, acknowledged=max(number, self.began_at, self.acknowledged or 0))

    def resumes_at(self, now: int, *, is_clean: bool) -> MailboxPosition:
        """Return where its session goes on after the connection ended, or was replaced, at this time."""
        if self.acknowledged is not None:
            return MailboxPosition(self.acknowledged)
        if is_clean:
            return MailboxPosition(self.number, self.is_new)
        sure = [number for at, number in self.checkpoints if at <= now - REPLAY_MS]
        start = min((number for _, number in self.checkpoints), default=self.number)
        unsure = self.is_new or now - self.current_sent_at < REPLAY_MS
        return MailboxPosition(max(sure, default=start), unsure)


def starts_at(
    others: Sequence[OpenConnection], left: MailboxPosition | None, newest: int, now: int, after: int | None
) -> MailboxPosition:
    """Return where a new connection begins.

    That is after the event `after`, if the client names one; else where the newest of the session's `others` is sure
    to be, which the new one may replace; else the place that the session has `left`; else, for a new session, the end.
    """
    if after is not None:
        return MailboxPosition(min(after, newest))
    if others:
        latest = max(others, key=lambda connection: connection.connected_at)
        return latest.resumes_at(now, is_clean=False)
    return left or MailboxPosition(newest, is_new=True)


def is_clean_end(code: int, connected_at: int, now: int) -> bool:
    """Return whether the client was still there when its connection ended with this code."""
    return code in CLEAN_CODES and now - connected_at < MAX_DURATION_MS - REPLAY_MS


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event of a mailbox. `data` is JSON; `entity` is the id of what it is about, where that is known."""

    number: int
    event: str
    data: str
    at: int
    entity: str | None = None


def select_events(
    events: Sequence[LoggedEvent], connection: OpenConnection, now: int
) -> tuple[Sequence[LoggedEvent], Sequence[LoggedEvent]]:
    """Return the events to send to a connection in two parts: those that have to be current still, and the others.

    The first part are old events of which the newest per kind and entity is left, and for a new session the newest
    ones from before its beginning. Events without an entity are old news to a new session, and sent otherwise.
    """
    newest = {(event.event, event.entity): event.number for event in events if event.entity}
    old: list[LoggedEvent] = []
    fresh: list[LoggedEvent] = []
    for event in events:
        is_newest = not event.entity or newest[event.event, event.entity] == event.number
        if event.number <= connection.number:
            if connection.is_new and event.entity and is_newest:
                old.append(event)
        elif event.at > now - STALE_MS:
            fresh.append(event)
        elif is_newest:
            old.append(event)
    return old, fresh
