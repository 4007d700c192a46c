"""What goes on in a domain: how many entities are in each state now, and what happened in the last 24 hours.

Entities are counted in the indexes by which they are listed, up to a limit, so that the cost has a bound.
"""

from collections.abc import Mapping, Sequence
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


def count_activity(
    queries: Mapping[str, Sequence[Query[Any]]], hours: HourlyCounts, now: datetime, *scope: str
) -> Activity:
    """Return how many entities each state's queries find, and the last 24 hours, in one round trip.

    `scope` are the organisation and what the hourly counts are counted by.
    """
    reads = [(state, query, limit_of(len(partitions))) for state, partitions in queries.items() for query in partitions]
    counted, [values] = parallel_pair_reads(
        [partial(query.count, limit) for _, query, limit in reads], [partial(hours.read, *scope, now=now)]
    )
    numbers, at_least = dict.fromkeys(queries, 0), set[str]()
    for (state, _, limit), number in zip(reads, counted, strict=True):
        numbers[state] += number
        if number >= limit:
            at_least.add(state)
    return Activity(StateCounts(numbers, sorted(at_least)), values)
