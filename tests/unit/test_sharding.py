"""Shards: stable for an id, even enough, and all of them are read back."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.sharding import Shards

counts = st.integers(1, 64)


@given(st.text(), counts)
def test_shard_of_an_id_is_stable_and_among_the_keys(item_id: str, count: int) -> None:
    shards = Shards(count)
    assert shards.number_of(item_id) == Shards(count).number_of(item_id) < count
    assert shards.key_of(item_id, "acme", "OPEN") in shards.keys("acme", "OPEN")


@given(st.text(), counts)
def test_shards_from_an_id_are_all_shards_beginning_with_its_own(item_id: str, count: int) -> None:
    numbers = Shards(count).numbers_from(item_id)
    assert numbers[0] == Shards(count).number_of(item_id)
    assert sorted(numbers) == list(range(count))


def test_keys_end_with_the_shard() -> None:
    assert Shards(2).keys("OFFERS") == ["OFFERS#0", "OFFERS#1"]
    assert Shards(8).key_of("o1", "acme", "AUDIT", "2026-01-31") == "acme#AUDIT#2026-01-31#5"


def test_parts_of_a_prefix_are_escaped() -> None:
    assert Shards(1).keys("a#b") == ["a%23b#0"]


def test_ids_are_spread_evenly() -> None:
    spread = Counter(Shards(8).number_of(f"order-{number}") for number in range(8_000))
    assert set(spread) == set(range(8))
    assert max(spread.values()) < 1.2 * min(spread.values())
