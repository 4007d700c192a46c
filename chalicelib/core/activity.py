"""What goes on in a domain: how many entities are in each state now, and what happened in the last 24 hours.

Entities are counted in the indexes by which they are listed, up to a limit, so that the cost has a bound.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.hourly_counts import HourlyCounts, HourlyValues
from chalicelib.core.store import Query, parallel_pair_reads

MAX_COUNTED = 1000
"""About how many entities of a state are counted, over all partitions of an index."""


class StateCounts(msgspec.Struct, frozen=True):
    """Numbers by state; those of the states in `at_least` are lower bounds."""

    numbers: Mapping[str, int]
    at_least: Sequence[str] = ()


class Activity(msgspec.Struct, frozen=True):
    """The states and the hours of a domain."""

    counts: StateCounts
    hours: HourlyValues


def limit_of(partitions: int) -> int:
    """Return how many entities of each partition are counted."""
    return -(-MAX_COUNTED // partitions)


class MixedStates(msgspec.Struct, frozen=True):
    """Partitions that hold entities in several states, which one of their attributes tells apart."""

    states: Sequence[str]
    queries: Sequence[Query[Any]]
    attribute: str = "status"

    def count(self, query: Query[Any]) -> "_Counted":
        """Return how many entities of one partition are in each state, of about 1,000 of each state."""
        limit = limit_of(len(self.queries)) * len(self.states)
        rows = query.read(limit)
        numbers = Counter(str(item[self.attribute]["S"]) for item in rows.items)
        return {state: (numbers[state], len(rows.items) >= limit) for state in self.states}


_Counted = Mapping[str, tuple[int, bool]]
"""How many entities were counted by state, and whether there may be more."""


def count_activity(
    queries: Mapping[str, Sequence[Query[Any]]],
    hours: HourlyCounts,
    now: datetime,
    *scope: str,
    mixed: MixedStates | None = None,
) -> Activity:
    """Return how many entities each state's queries find, and the last 24 hours, in one round trip.

    `scope` are the organisation and what the hourly counts are counted by, `mixed` what holds further states.
    """
    reads: list[Callable[[], _Counted]] = [
        partial(_count, state, query, limit_of(len(partitions)))
        for state, partitions in queries.items()
        for query in partitions
    ]
    if mixed is not None:
        reads += [partial(mixed.count, query) for query in mixed.queries]
    counted, [values] = parallel_pair_reads(reads, [partial(hours.read, *scope, now=now)])
    numbers, at_least = dict.fromkeys([*queries, *(mixed.states if mixed else ())], 0), set[str]()
    for state, (number, is_bound) in (item for counts in counted for item in counts.items()):
        numbers[state] += number
        if is_bound:
            at_least.add(state)
    return Activity(StateCounts(numbers, sorted(at_least)), values)


def _count(state: str, query: Query[Any], limit: int) -> _Counted:
    number = query.count(limit)
    return {state: (number, number >= limit)}
