"""Sweeps over schedules that meet each other, and leads who change a schedule at the same moment."""

from collections import Counter
from datetime import timedelta
from functools import partial

from chalicelib.maintenance.schedules.sweep import OccurrenceOutcome, make_scheduled_orders
from tests.builders.maintenance import ITEMS, Park
from tests.builders.schedules import PATH, made_dates, scheduled, sign_in_again
from tests.builders.world import World
from tests.races.crowd import at_once, both


def sweep(world: World, name: str = "sweep") -> Counter[OccurrenceOutcome]:
    return make_scheduled_orders(world.parts.dependencies, name, lambda: 60.0).outcomes


def settled(world: World) -> None:
    """Sweep until nothing is due any more."""
    while sweep(world):
        pass


def test_four_concurrent_sweeps_make_each_occurrence_once(arena: World) -> None:
    park = Park(arena)
    ids = [scheduled(park, itemRef=item, timezone="UTC", at="00:00")["id"] for item in ITEMS]
    arena.clock.advance(days=4)
    for number in range(3):
        at_once([partial(sweep, arena, f"sweep-{one}") for one in range(4)])
        settled(arena)
        for schedule_id in ids:
            dates = made_dates(arena, schedule_id)
            assert (len(dates), len(set(dates))) == (4 + number, 4 + number)
        arena.clock.advance(days=1)


def test_a_change_during_a_sweep_repeats_and_loses_no_date(arena: World) -> None:
    park = Park(arena)
    start = arena.clock.now().date()
    schedule_id = scheduled(park, timezone="UTC", at="00:00")["id"]
    for number, lead_days in enumerate((1, 0, 2, 0, 1)):
        arena.clock.advance(days=1)
        sign_in_again(park)
        body = {"leadDays": lead_days, "priority": ("LOW", "HIGH")[number % 2]}
        _, answer = both(partial(sweep, arena), partial(park.lead.patch, f"{PATH}/{schedule_id}", body))
        assert answer.status == 200
        settled(arena)
    expected = [(start + timedelta(days=number)).isoformat() for number in range(1, 7)]
    assert made_dates(arena, schedule_id) == expected
