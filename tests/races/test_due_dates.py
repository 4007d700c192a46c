"""Sweeps over due dates that meet each other, and technicians who act at the same moment."""

from collections import Counter
from datetime import timedelta
from functools import partial

from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.sweep import ReminderOutcome, remind_due
from infra.local.engine import EmbeddedEngine
from tests.builders.notices import check_count
from tests.builders.reminders import SOON, ZONE, changed, in_hand, told
from tests.builders.world import World
from tests.races.crowd import at_once, both

LATE = timedelta(seconds=1)


def sweep(world: World, name: str = "sweep") -> Counter[ReminderOutcome]:
    return remind_due(world.parts.dependencies, name, lambda: 60.0).outcomes


def test_four_concurrent_sweeps_send_a_reminder_once(arena: World) -> None:
    tech, lead = arena.person("TECH", game_zone=ZONE), arena.person("MAINT_TL", game_zone=ZONE)
    for number in range(6):
        orders = [in_hand(arena, tech, arena.clock.now() - LATE, lead=lead) for _ in range(3)]
        sweeps = at_once([partial(sweep, arena, f"sweep-{one}") for one in range(4)])
        total = sum(sweeps, Counter[ReminderOutcome]())
        assert (total[ReminderOutcome.OVERDUE], total[ReminderOutcome.DUE_SOON], total[ReminderOutcome.FAILED]) == (
            3,
            0,
            0,
        )
        for person in (tech, lead):
            assert Counter(told(person)[-3:]) == Counter(("WO_OVERDUE", order_id) for order_id in orders)
            assert check_count(person) == 3 * (number + 1)


def test_concurrent_sweeps_tell_leads_and_their_superior_once(arena: World) -> None:
    superior = arena.person("STORE_MANAGER")
    lead = arena.person("MAINT_TL", game_zone=ZONE, reports_to=superior.user_id)
    tech, long_ago = arena.person("TECH", game_zone=ZONE), arena.clock.now() - timedelta(hours=25)
    for number in range(4):
        orders = [in_hand(arena, tech, long_ago, state=WorkOrderState.ROUTED) for _ in range(3)]
        at_once([partial(sweep, arena, f"sweep-{one}") for one in range(4)])
        sweep(arena)
        for person, kind in ((lead, "WO_OVERDUE"), (superior, "WO_ESCALATED")):
            assert Counter(told(person)[-3:]) == Counter((kind, order_id) for order_id in orders)
            assert check_count(person) == 3 * (number + 1)


def test_sweep_with_a_conflict_finds_all_reminders_sent(arena: World, embedded: EmbeddedEngine) -> None:
    tech = arena.person("TECH", game_zone=ZONE)
    orders = [in_hand(arena, tech, arena.clock.now() + SOON) for _ in range(4)]
    other: list[Counter[ReminderOutcome]] = []

    def meet(*_: object) -> None:
        other.append(sweep(arena, "other"))

    with embedded.before("TransactWriteItems", meet, times=1):
        total = sweep(arena) + other[0]
    assert (total[ReminderOutcome.DUE_SOON], total[ReminderOutcome.FAILED]) == (4, 0)
    assert Counter(told(tech)) == Counter(("WO_DUE_SOON", order_id) for order_id in orders)


def test_finished_order_is_not_reported_as_overdue_afterwards(arena: World) -> None:
    tech = arena.person("TECH", game_zone=ZONE)
    for _ in range(30):
        order_id = in_hand(arena, tech, arena.clock.now() - LATE, state=WorkOrderState.IN_PROGRESS)
        finish = partial(changed, arena, order_id, state=WorkOrderState.DONE.value, technician_name="Done")
        outcomes, _none = both(partial(sweep, arena), finish)
        times = [about for _, about in told(tech)].count(order_id)
        assert times == outcomes[ReminderOutcome.OVERDUE] <= 1
        assert sweep(arena) == {}
    assert check_count(tech) == len(told(tech))


def test_reassigned_order_is_reported_as_overdue_to_one_technician(arena: World) -> None:
    one, other = arena.person("TECH", game_zone=ZONE), arena.person("TECH", game_zone=ZONE)
    for _ in range(30):
        order_id = in_hand(arena, one, arena.clock.now() - LATE)
        both(partial(sweep, arena), partial(changed, arena, order_id, technician_id=other.user_id))
        sweep(arena)
        assert [about for person in (one, other) for _, about in told(person)].count(order_id) == 1
