"""The sweep over due dates: who is told, when, and that each is told once."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import app
from chalicelib.core.sweep import PAGE_SIZE, RESERVE_S
from chalicelib.maintenance.rules import CLOCKED, ON_HAND, WorkOrderState
from chalicelib.maintenance.workorders.sweep import ReminderOutcome, remind_due
from chalicelib.maintenance.workorders.tables import NOTICE_SHARDS
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.notices import check_count, listed, send
from tests.builders.reminders import SOON, ZONE, changed, in_hand, stored, told
from tests.builders.world import OTHER, Person, World

HOURS_4 = timedelta(hours=4)


def swept(world: World, remaining_s: float = 60.0, page: int = PAGE_SIZE) -> Counter[ReminderOutcome]:
    """One pass, and what it did."""
    return remind_due(world.parts.dependencies, "sweep-1", lambda: remaining_s, page).outcomes


@pytest.fixture
def lead(world: World) -> Person:
    """A team lead."""
    return world.person("MAINT_TL", game_zone=ZONE)


@pytest.fixture
def tech(world: World, lead: Person) -> Person:
    """A technician, who reports to the lead."""
    return world.person("TECH", game_zone=ZONE, reports_to=lead.user_id)


def test_the_technician_is_reminded_two_hours_before_and_told_after(world: World, tech: Person, lead: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() + HOURS_4)
    world.clock.advance(hours=1, minutes=59, seconds=59)
    assert swept(world) == {}
    world.clock.advance(seconds=1)
    assert swept(world) == {ReminderOutcome.DUE_SOON: 1}
    assert (told(tech), told(lead)) == ([("WO_DUE_SOON", order_id)], [])
    world.clock.advance(hours=2)
    assert swept(world) == {ReminderOutcome.SETTLED: 1}  # the due moment itself is still in time
    world.clock.advance(milliseconds=1)
    assert swept(world) == {ReminderOutcome.OVERDUE: 1}
    assert (told(tech)[1:], told(lead)) == ([("WO_OVERDUE", order_id)], [("WO_OVERDUE", order_id)])


def test_each_is_told_once_however_often_is_swept(world: World, tech: Person) -> None:
    in_hand(world, tech, world.clock.now() + SOON)
    outcomes: Counter[ReminderOutcome] = Counter()
    for _ in range(30):
        outcomes += swept(world)
        world.clock.advance(minutes=10)
    assert (
        outcomes[ReminderOutcome.DUE_SOON],
        outcomes[ReminderOutcome.OVERDUE],
        outcomes[ReminderOutcome.FAILED],
    ) == (1, 1, 0)
    assert [what for what, _ in told(tech)] == ["WO_DUE_SOON", "WO_OVERDUE"]


def test_the_texts_say_which_order_what_and_how_long(world: World, tech: Person, lead: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() + timedelta(minutes=95), lead=lead)
    code = stored(order_id).code
    swept(world)
    world.clock.advance(minutes=96)
    later = world.signed_in(tech.org_id, tech.user_id, "TECH"), world.signed_in(lead.org_id, lead.user_id, "MAINT_TL")
    swept(world)
    texts = [[(item["title"], item["body"]) for item in listed(person)["items"]] for person in later]
    assert texts == [
        [
            (f"{code} is overdue", "Carousel: Lamp is broken"),
            (f"{code} is due soon", "1 h 35 min left. Carousel: Lamp is broken"),
        ],
        [(f"{code} is overdue", "It is assigned to Theo. Carousel: Lamp is broken")],
    ]


def test_the_lead_is_who_assigned_it_and_whom_the_technician_reports_to(
    world: World, tech: Person, lead: Person
) -> None:
    assigner, nobody = world.person("MAINT_TL", game_zone=ZONE), world.person("MAINT_TL", game_zone=ZONE)
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4, lead=assigner)
    swept(world)
    assert [told(person) for person in (lead, assigner, nobody)] == [[("WO_OVERDUE", order_id)]] * 2 + [[]]


def test_who_is_both_is_told_once(world: World, tech: Person, lead: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4, lead=lead)
    swept(world)
    assert told(lead) == [("WO_OVERDUE", order_id)]


def test_what_is_overdue_already_is_not_due_soon(world: World, tech: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() - timedelta(hours=1))
    for _ in range(3):
        swept(world)
    assert told(tech) == [("WO_OVERDUE", order_id)]


@pytest.mark.parametrize("state", sorted(set(WorkOrderState) - CLOCKED))
def test_what_is_closed_or_on_hold_is_nobodys_reminder(world: World, tech: Person, state: WorkOrderState) -> None:
    in_hand(world, tech, world.clock.now() - HOURS_4, state=state)
    assert swept(world) == {}


@pytest.mark.parametrize("state", sorted(CLOCKED - ON_HAND))
def test_what_nobody_has_in_hand_is_told_to_the_leads_of_its_zone(
    world: World, tech: Person, state: WorkOrderState
) -> None:
    here, there, lead = (world.person("MAINT_TL", game_zone=zone) for zone in (ZONE, "South", None))
    order_id = in_hand(world, tech, world.clock.now() + SOON, lead=lead, state=state)
    assert swept(world) == {ReminderOutcome.DUE_SOON: 1}
    world.clock.advance(hours=2, seconds=1)
    assert swept(world) == {ReminderOutcome.OVERDUE: 1}
    assert told(here) == [("WO_DUE_SOON", order_id), ("WO_OVERDUE", order_id)]
    assert [told(person) for person in (tech, lead, there)] == [[], [], []]


@pytest.mark.parametrize("values", [{"status": "DISABLED"}, {"game_zone": "South"}])
def test_work_of_a_technician_who_is_gone_is_told_to_the_leads_of_its_zone(
    world: World, tech: Person, values: dict[str, str]
) -> None:
    here, admin = world.person("MAINT_TL", game_zone=ZONE), world.person("SYSTEM_ADMIN")
    order_id = in_hand(world, tech, world.clock.now() + SOON)
    field = {"game_zone": "gameZone"}
    body = {field.get(name, name): value for name, value in values.items()}
    assert admin.patch(f"/v1/users/{tech.user_id}", body).status == 200
    swept(world)
    world.clock.advance(hours=2, seconds=1)
    swept(world)
    assert told(here) == [("WO_DUE_SOON", order_id), ("WO_OVERDUE", order_id)]


def test_what_is_in_progress_is_due_like_what_was_assigned(world: World, tech: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() + SOON, state=WorkOrderState.IN_PROGRESS)
    swept(world)
    assert told(tech) == [("WO_DUE_SOON", order_id)]


def test_who_gets_an_order_after_its_reminder_is_not_reminded_again(world: World, tech: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() + SOON)
    swept(world)
    other = world.person("TECH", game_zone=ZONE)
    changed(world, order_id, technician_id=other.user_id)
    assert swept(world) == {}
    world.clock.advance(hours=2, seconds=1)
    swept(world)
    assert told(other) == [("WO_OVERDUE", order_id)]


def test_what_the_leads_were_told_of_a_returned_order_is_not_told_to_who_gets_it(world: World, tech: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() + SOON)
    changed(world, order_id, state=WorkOrderState.RETURNED.value)
    assert swept(world) == {ReminderOutcome.DUE_SOON: 1}
    other = world.person("TECH", game_zone=ZONE)
    changed(world, order_id, state=WorkOrderState.ASSIGNED.value, technician_id=other.user_id)
    assert swept(world) == {}
    world.clock.advance(hours=2, seconds=1)
    assert swept(world) == {ReminderOutcome.OVERDUE: 1}
    assert (told(tech), told(other)) == ([], [("WO_OVERDUE", order_id)])


@pytest.mark.parametrize("state", [WorkOrderState.DONE, WorkOrderState.ON_HOLD])
def test_an_order_that_leaves_in_the_middle_of_the_sweep_is_told_to_nobody(
    world: World, tech: Person, lead: Person, engine: EmbeddedEngine, state: WorkOrderState
) -> None:
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4)

    def leave(*_: object) -> None:
        changed(world, order_id, state=state.value)

    with engine.before("TransactWriteItems", leave, times=1):
        assert swept(world) == {ReminderOutcome.SETTLED: 1}
    assert (told(tech), told(lead), check_count(tech)) == ([], [], 0)


def test_an_order_that_is_returned_in_the_middle_of_the_sweep_is_told_to_the_leads_of_its_zone(
    world: World, tech: Person, engine: EmbeddedEngine
) -> None:
    here, order_id = world.person("MAINT_TL", game_zone=ZONE), in_hand(world, tech, world.clock.now() - HOURS_4)

    def leave(*_: object) -> None:
        changed(world, order_id, state=WorkOrderState.RETURNED.value)

    with engine.before("TransactWriteItems", leave, times=1):
        assert swept(world) == {ReminderOutcome.OVERDUE: 1}
    assert (told(tech), told(here)) == ([], [("WO_OVERDUE", order_id)])


def test_an_order_that_goes_to_somebody_else_in_the_middle_of_the_sweep_is_told_to_them(
    world: World, tech: Person, engine: EmbeddedEngine
) -> None:
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4)
    other = world.person("TECH", game_zone=ZONE)

    def hand_on(*_: object) -> None:
        changed(world, order_id, technician_id=other.user_id)

    with engine.before("TransactWriteItems", hand_on, times=1):
        assert swept(world) == {ReminderOutcome.OVERDUE: 1}
    assert (told(tech), told(other)) == ([], [("WO_OVERDUE", order_id)])


def test_a_step_that_the_sweep_overtakes_is_neither_stale_nor_told_again(
    world: World, tech: Person, engine: EmbeddedEngine
) -> None:
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4)
    with engine.before("TransactWriteItems", lambda *_: world.sweep_maintenance(), times=1):
        changed(world, order_id, state=WorkOrderState.IN_PROGRESS.value)
    assert (stored(order_id).state, stored(order_id).version, told(tech)) == (
        "IN_PROGRESS",
        2,
        [("WO_OVERDUE", order_id)],
    )
    assert swept(world) == {}


def test_many_are_due_at_once_and_all_are_told_in_one_pass(world: World, tech: Person) -> None:
    many = NOTICE_SHARDS.count * 3
    orders = [in_hand(world, tech, world.clock.now() + SOON) for _ in range(many)]
    assert swept(world) == {ReminderOutcome.DUE_SOON: many}
    assert sorted(order_id for _, order_id in told(tech)) == sorted(orders)
    assert check_count(tech) == many


def test_what_does_not_fit_into_a_page_is_told_all_the_same(world: World, tech: Person) -> None:
    for _ in range(20):
        in_hand(world, tech, world.clock.now() + SOON)
    assert swept(world, page=1) == {ReminderOutcome.DUE_SOON: 20}


def test_a_pass_ends_in_time_and_the_next_goes_on(world: World, tech: Person) -> None:
    for _ in range(20):
        in_hand(world, tech, world.clock.now() + SOON)
    asked = iter([RESERVE_S, RESERVE_S - 0.1])
    first = remind_due(world.parts.dependencies, "sweep-1", lambda: next(asked), page=1).outcomes
    assert 1 <= first[ReminderOutcome.DUE_SOON] <= NOTICE_SHARDS.count
    assert swept(world, RESERVE_S - 0.1) == {}
    assert first + swept(world) == {ReminderOutcome.DUE_SOON: 20}


def test_an_order_that_fails_holds_no_other_back_and_is_told_by_the_next_pass(
    world: World, tech: Person, engine: EmbeddedEngine
) -> None:
    orders = [in_hand(world, tech, world.clock.now() + SOON) for _ in range(4)]

    def fail(_: str, request: dict[str, Any]) -> None:
        if orders[1] in str(request):
            raise ConnectionError

    with engine.before("TransactWriteItems", fail):
        assert swept(world) == {ReminderOutcome.DUE_SOON: 3, ReminderOutcome.FAILED: 1}
    assert swept(world) == {ReminderOutcome.DUE_SOON: 1}


def test_every_organisation_is_told_of_its_own(world: World, tech: Person) -> None:
    theirs = world.person("TECH", OTHER, game_zone=ZONE)
    orders = [in_hand(world, person, world.clock.now() + SOON) for person in (tech, theirs)]
    swept(world)
    assert [told(person) for person in (tech, theirs)] == [[("WO_DUE_SOON", order_id)] for order_id in orders]


def test_the_trail_says_that_the_sweep_did_it(world: World, tech: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4)
    swept(world)
    row = audit_row(world, order_id, "WORK_ORDER_OVERDUE")
    assert (row.actor_id, row.request_id, diff(row)) == ("system:sweep", "sweep-1", {})


def test_the_version_that_the_app_holds_stays_good(world: World, tech: Person) -> None:
    order_id = in_hand(world, tech, world.clock.now() - HOURS_4)
    swept(world)
    assert stored(order_id).version == 1


def test_a_pass_with_nothing_due_asks_once_per_shard_and_writes_nothing(
    world: World, tech: Person, engine: EmbeddedEngine
) -> None:
    in_hand(world, tech, world.clock.now() + HOURS_4)
    send(world, tech, "something else")
    calls: Counter[str] = Counter()
    with engine.before(None, lambda operation, _: calls.update([operation])):
        swept(world)
    assert calls == {"Query": NOTICE_SHARDS.count}


def test_a_page_is_bounded(world: World, tech: Person, engine: EmbeddedEngine) -> None:
    asked: list[int] = []
    with engine.before("Query", lambda _, request: asked.append(request["Limit"])):
        swept(world)
    assert asked == [PAGE_SIZE] * NOTICE_SHARDS.count


@pytest.mark.parametrize(("remaining_ms", "told_of"), [(58_000, 1), (1_000, 0)])
def test_the_function_on_the_schedule_minds_the_time_that_it_has(
    world: World, tech: Person, remaining_ms: int, told_of: int
) -> None:
    in_hand(world, tech, world.clock.now() + SOON)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: remaining_ms)
    names = ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
    app.maintenance_sweep(dict.fromkeys(names, ""), context)
    assert len(told(tech)) == told_of
