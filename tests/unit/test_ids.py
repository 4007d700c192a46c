"""Ids: UUIDs of version 7, unique without asking anybody, in the order in which they were made."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import to_millis
from chalicelib.core.ids import SystemIds
from tests.builders.time import START, ManualClock

THREADS = 8
EACH = 2_000


def made_at_once(make: Callable[[], str]) -> list[str]:
    """What many threads make at the same moment."""
    with ThreadPoolExecutor(THREADS) as pool:
        batches = pool.map(lambda _: [make() for _ in range(EACH)], range(THREADS))
    return [one for batch in batches for one in batch]


@given(st.datetimes(min_value=START.replace(year=1971, tzinfo=None), max_value=START.replace(year=5000, tzinfo=None)))
def test_an_id_is_a_uuid_of_version_7_with_its_time_in_front(moment: datetime) -> None:
    clock = ManualClock(moment.replace(tzinfo=START.tzinfo))
    made = SystemIds(clock).new()
    read = uuid.UUID(made)
    assert str(read) == made
    assert (read.version, read.variant) == (7, uuid.RFC_4122)
    assert read.int >> 80 == to_millis(clock.now())


def test_ids_sort_by_when_they_were_made() -> None:
    clock = ManualClock()
    ids = SystemIds(clock)
    made = []
    for _ in range(500):
        made.append(ids.new())
        clock.advance(milliseconds=1)
    assert sorted(made) == made


def test_ids_sort_across_a_change_of_every_byte_of_the_time() -> None:
    clock = ManualClock()
    ids = SystemIds(clock)
    made = []
    for step in (timedelta(milliseconds=255), timedelta(seconds=66), timedelta(hours=5), timedelta(days=50)):
        made.append(ids.new())
        clock.advance(seconds=step.total_seconds())
    made.append(ids.new())
    assert sorted(made) == made


def test_ids_of_one_millisecond_made_by_many_threads_all_differ() -> None:
    made = made_at_once(SystemIds(ManualClock()).new)
    assert len(set(made)) == THREADS * EACH


def test_secrets_are_url_safe_long_and_never_the_same() -> None:
    made = made_at_once(SystemIds(ManualClock()).token)
    assert len(set(made)) == THREADS * EACH
    assert {len(one) for one in made} == {43}
    assert not [one for one in made if not one.replace("-", "").replace("_", "").isalnum()]


def test_ids_of_one_moment_sort_by_when_they_were_made() -> None:
    ids = SystemIds(ManualClock())
    made = [ids.new() for _ in range(1000)]
    assert made == sorted(set(made))


def test_ids_repeat_with_their_randomness_and_not_otherwise() -> None:
    def made(randbits: Callable[[int], int]) -> list[str]:
        ids = SystemIds(ManualClock(), randbits)
        return [ids.new() for _ in range(3)]

    assert made(Random(7).getrandbits) == made(Random(7).getrandbits)
    assert made(Random(7).getrandbits) != made(Random(8).getrandbits)
