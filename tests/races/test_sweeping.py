"""Sweeps that meet over the same offers. How they meet in processes of their own stands in `test_processes.py`."""

from collections import Counter
from functools import partial
from typing import Any

from chalicelib.dispatch.orders.sweep import OfferOutcome, reassign_due
from infra.local.engine import EmbeddedEngine
from tests.builders.world import World
from tests.races.crowd import at_once
from tests.races.seeds import seed_due_offers
from tests.races.truth import check_handed_on_once


def sweep(world: World, name: str) -> Counter[OfferOutcome]:
    return reassign_due(world.parts.dependencies, name).outcomes


def test_four_concurrent_sweeps_process_an_offer_once(arena: World) -> None:
    seeded = []
    for number in range(8):
        seeded += seed_due_offers(arena, 1, first=number * 100)
        sweeps = at_once([partial(sweep, arena, f"sweep-{number}") for number in range(4)])
        total = sum(sweeps, Counter[OfferOutcome]())
        assert (total[OfferOutcome.REASSIGNED], total[OfferOutcome.EXHAUSTED], total[OfferOutcome.FAILED]) == (1, 0, 0)
    check_handed_on_once(arena, seeded)


def test_sweep_with_a_conflict_finds_all_offers_processed(arena: World, embedded: EmbeddedEngine) -> None:
    seeded = seed_due_offers(arena, 3)
    other: list[Counter[OfferOutcome]] = []

    def meet(_: str, __: dict[str, Any]) -> None:
        other.append(sweep(arena, "other"))

    with embedded.before("TransactWriteItems", meet, times=1):
        mine = sweep(arena, "mine")
    total = mine + other[0]
    assert (total[OfferOutcome.REASSIGNED], total[OfferOutcome.EXHAUSTED], total[OfferOutcome.FAILED]) == (3, 0, 0)
    assert other[0][OfferOutcome.REASSIGNED] > 0
    check_handed_on_once(arena, seeded)
