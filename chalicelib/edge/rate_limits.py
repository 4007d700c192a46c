"""Limits the requests of one caller and of one organisation.

Time is divided into windows of `burst / rate` seconds, 2 s by default; in each of them a caller may make `burst`
requests. So over a longer time the limit is `rate` a second, and around the change of a window up to twice the burst
may pass.

Each process counts in memory. It adds its count to a shared counter, one item for each caller and window, once it has
counted more than a share of the burst: a tenth for a caller, a twenty-fifth for an organisation. The store answers with
the count of all processes. The closer that is to the limit, now or in the window before, the smaller is the count that
is added next, until each request is added. The call is made at the same time as the batch read of the request, so it is
no further round trip. A caller below a tenth of the limit causes no write, nor does one that is refused, in the rest of
the window.

What a process has not added is not known to the others. So for each further process, a caller may exceed the limit by
up to a tenth of the burst, an organisation by a twenty-fifth: in one window, or in all if no process gets more than
that. Requests that a process serves at the same moment do not count each other. Refused requests are not counted, nor
are those of callers who are not authenticated: no caller can use up the limit of another. If the store throttles, the
request is allowed.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from threading import Lock
from typing import Any

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import Clock, to_millis
from chalicelib.core.errors import RateLimited, Unavailable
from chalicelib.core.parallel import parallel_pair
from chalicelib.core.settings import Settings
from chalicelib.core.store import ItemKey, ReadResult, get_many, store_errors
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, key, stored_in

RETRY_AFTER_S = 1
CALLER_SHARE, ORG_SHARE = 10, 25
_KEPT = timedelta(minutes=10)

Report = Callable[[], bool]
"""Adds a count to the shared counter; returns whether all processes together are below the limit."""


class RateCounter(Item):
    """The requests of a caller or an organisation in one window, as far as processes have added them."""

    Meta = stored_in("edge")
    kind = "rate_counter"

    requests = IntAttribute()
    expires_at = ExpiryAttribute()


class _Tally(msgspec.Struct):
    """The requests that were added, by all processes, and those of this process that were not added yet."""

    before: int
    """Those that were added in the window before."""
    added: int = 0
    waiting: int = 0


class RateLimit:
    """One kind of limit, as this process knows it. Not safe for threads: `RateLimits` locks."""

    def __init__(self, rate: int, burst: int, share: int) -> None:
        self.burst = burst
        self._share = share
        self._window_ms = max(1, burst * 1000 // rate)
        self._window = 0
        self._tallies: dict[str, _Tally] = {}
        self._before: dict[str, _Tally] = {}

    def tally(self, subject: str, millis: int) -> _Tally:
        """Return the counts of a subject in the window of this time; those of windows before the last are forgotten."""
        window = millis // self._window_ms
        if window != self._window:
            self._before = self._tallies if window == self._window + 1 else {}
            self._window, self._tallies = window, {}
        if subject not in self._tallies:
            before = self._before.get(subject)
            self._tallies[subject] = _Tally(0 if before is None else before.added)
        return self._tallies[subject]

    def is_due(self, tally: _Tally) -> bool:
        """Return whether the waiting requests have to be added now."""
        rest = self.burst - max(tally.added, tally.before)
        return tally.waiting > max(rest, 0) // self._share

    def counter(self, subject: str) -> ItemKey[RateCounter]:
        """Return the key of the shared counter of this window."""
        return ItemKey(RateCounter, subject, str(self._window))


class RateLimits:
    """Counts the requests of authenticated callers that this process serves, and refuses those beyond the limits."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._caller = RateLimit(settings.caller_rate, settings.caller_burst, CALLER_SHARE)
        self._org = RateLimit(settings.org_rate, settings.org_burst, ORG_SHARE)
        self._lock = Lock()

    def read(self, org_id: str, user_id: str, item_keys: Sequence[ItemKey[Any]]) -> ReadResult:
        """Make the batch read of a request, and the reports that are due at the same time.

        Raise `RateLimited` if the caller or the organisation has reached the limit.
        """
        reports = self.due(org_id, user_id)
        [found], within = parallel_pair([partial(get_many, item_keys, self._clock)], reports)
        if not all(within):
            raise _refused()
        return found

    def due(self, org_id: str, user_id: str) -> Sequence[Report]:
        """Return the reports that are due. Raise `RateLimited` if a limit is reached as far as this process knows."""
        with self._lock:
            known = list(self._tallies(org_id, user_id))
            if any(tally.added + tally.waiting >= limit.burst for limit, _, tally in known):
                raise _refused()
            return [self._report(limit, subject, tally) for limit, subject, tally in known if limit.is_due(tally)]

    def count(self, org_id: str, user_id: str) -> None:
        """Count a request whose caller is authenticated."""
        with self._lock:
            for _, _, tally in self._tallies(org_id, user_id):
                tally.waiting += 1

    def _tallies(self, org_id: str, user_id: str) -> Iterator[tuple[RateLimit, str, _Tally]]:
        """Yield the limits of a request with what they count and the counts."""
        millis = to_millis(self._clock.now())
        for limit, subject in (
            (self._caller, key(org_id, "CALLER_RATE", user_id)),
            (self._org, key(org_id, "ORG_RATE")),
        ):
            yield limit, subject, limit.tally(subject, millis)

    def _report(self, limit: RateLimit, subject: str, tally: _Tally) -> Report:
        """Return the report of the waiting requests, which count as added from now on."""
        amount, tally.waiting = tally.waiting, 0
        tally.added += amount
        return partial(self._add, limit.burst, limit.counter(subject), tally, amount)

    def _add(self, burst: int, target: ItemKey[RateCounter], tally: _Tally, amount: int) -> bool:
        counter = target.new()
        expiry = RateCounter.expires_at.set(self._clock.now() + _KEPT)
        try:
            with store_errors():
                counter.update(actions=[RateCounter.requests.add(amount), expiry])
        except Unavailable:
            observability.log().warning("requests not counted: the store does not answer")
            return True
        with self._lock:
            tally.added = max(tally.added, counter.requests)
        return counter.requests < burst


def _refused() -> RateLimited:
    """Return the error for a request beyond a limit."""
    observability.count("RequestsLimited")
    return RateLimited(RETRY_AFTER_S)
