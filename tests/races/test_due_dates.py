"""Sweeps over due dates that meet each other, and technicians who act at the same moment."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.sweep import ReminderOutcome, remind_due
from infra.local.engine import EmbeddedEngine
from tests.builders.maintenance import Park
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


def test_concurrent_sweeps_after_a_day_tell_each_once_whoever_has_the_order(arena: World) -> None:
    park = Park(arena)
    resumed = park.assigned(priority="CRITICAL")
    held = park.started(priority="CRITICAL")
    assert [park.hold(order_id).status for order_id in (resumed, held)] == [200, 200]
    park.later(hours=1)
    assert park.resume(resumed).status == 200
    returned = park.assigned(priority="CRITICAL")
    assert park.give_back(returned).status == 200
    routed = str(park.routed(priority="CRITICAL")["id"])
    in_four_hours = (arena.clock.now() + timedelta(hours=4)).isoformat()
    with_vendor = park.outsourced(dueAt=in_four_hours)
    park.later(hours=29)
    for _ in range(2):
        at_once([partial(sweep, arena, f"sweep-{one}") for one in range(4)])
        sweep(arena)
        for order_id, has_technician in ((resumed, True), (returned, False), (routed, False), (with_vendor, False)):
            overdue = [park.tech, park.lead] if has_technician else [park.lead]
            wanted = {(person.user_id, "WO_OVERDUE"): 1 for person in overdue}
            assert late_notices(park, order_id) == wanted | {(park.manager.user_id, "WO_ESCALATED"): 1}
        assert late_notices(park, held) == {}
        park.later(hours=24)


def test_concurrent_sweeps_tell_of_a_routing_once_if_the_request_could_not(
    arena: World, embedded: EmbeddedEngine
) -> None:
    park = Park(arena)

    def fail(_: str, request: dict[str, Any]) -> None:
        if "NOTICE#" in str(request):
            raise ConnectionError

    for number in range(1, 5):
        with embedded.before("TransactWriteItems", fail):
            park.routed()
        assert len(told(park.lead)) == number - 1
        park.later(minutes=2)
        at_once([partial(sweep, arena, f"sweep-{one}") for one in range(4)])
        sweep(arena)
        assert [kind for kind, _ in told(park.lead)] == ["WO_ROUTED"] * number


def late_notices(park: Park, order_id: str) -> dict[tuple[str, str], int]:
    """How often everybody was told that an order is overdue, or still open long after."""
    people = (park.tech, park.lead, park.ops, park.manager)
    kinds = [(person.user_id, kind) for person in people for kind, about in told(person) if about == order_id]
    return Counter(one for one in kinds if one[1] in ("WO_DUE_SOON", "WO_OVERDUE", "WO_ESCALATED"))


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
