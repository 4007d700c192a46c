"""The work orders of schedules: each occurrence makes one, at its time, whatever happens to the sweep."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get
from chalicelib.core.sweep import PAGE_SIZE
from chalicelib.maintenance.checklists.tables import Checklist, checklist_key
from chalicelib.maintenance.schedules.sweep import MAX_OCCURRENCES, OccurrenceOutcome, make_scheduled_orders
from chalicelib.maintenance.schedules.tables import SCHEDULE_SHARDS
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row
from tests.builders.maintenance import ITEMS, NORTH, SOUTH, Park, checklist_record, load, ride_record
from tests.builders.recurrence import Parts, dates_of, rules, text_of
from tests.builders.schedules import (
    PATH,
    made_dates,
    made_orders,
    schedule_body,
    scheduled,
    sign_in_again,
    stored_schedule,
)
from tests.builders.world import OTHER, World
from tests.environment import examples

MARCH = [f"2026-03-{day:02}" for day in range(1, 32)]


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people; it is Sunday, 1 March 2026, 10:00 in Amsterdam."""
    return Park(world)


def swept(world: World, page: int = PAGE_SIZE) -> Counter[OccurrenceOutcome]:
    """One pass, and what it did."""
    return make_scheduled_orders(world.parts.dependencies, "sweep-1", lambda: 60.0, page).outcomes


def until(world: World, moment: str) -> None:
    """Let the time pass until a moment in UTC."""
    left = datetime.fromisoformat(moment).replace(tzinfo=UTC) - world.clock.now()
    world.clock.advance(seconds=left.total_seconds())


def test_the_order_is_made_lead_days_before_and_due_at_the_local_moment(world: World, park: Park) -> None:
    schedule_id = scheduled(park, rrule="FREQ=MONTHLY;BYMONTHDAY=30", leadDays=3, instructions="Grease it.")["id"]
    until(world, "2026-03-27T04:59:59")
    assert swept(world) == {}
    until(world, "2026-03-27T05:00:00")
    assert swept(world) == {OccurrenceOutcome.MADE: 1}
    [order] = made_orders(world, schedule_id, "2026-03-30")
    assert order is not None
    assert (order.due_at, order.state, order.priority) == (datetime(2026, 3, 30, 4, tzinfo=UTC), "ROUTED", "MEDIUM")
    assert (order.instructions, order.game_zone, order.item_text) == ("Grease it.", NORTH, "Check A-1")
    assert swept(world) == {}


def test_an_order_of_a_schedule_is_like_any_other(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=1)
    sign_in_again(park)
    world.sweep_maintenance()
    order_id = f"{schedule_id}.2026-03-02"
    assert park.checklist_view()["status"] == "HELD"
    [event] = park.lead.get(f"/v1/work-orders/{order_id}").json["timeline"]
    assert (event["action"], event["actor"], event["role"]) == ("ROUTED", "Hugo Prins", "MAINT_TL")
    row = audit_row(world, order_id, "WORK_ORDER_ROUTED")
    assert (row.actor_id, row.org_id) == ("system:sweep", "demo")
    assert park.assign(order_id).status == 200
    assert park.start(order_id).status == 200


def test_open_orders_of_the_item_do_not_matter(world: World, park: Park) -> None:
    park.routed()
    schedule_id = scheduled(park)["id"]
    for _ in range(3):
        world.clock.advance(days=1)
        assert swept(world) == {OccurrenceOutcome.MADE: 1}
    assert made_dates(world, schedule_id) == MARCH[1:4]


def test_a_sweep_that_slept_makes_each_missed_occurrence_once(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=10)
    assert swept(world) == {OccurrenceOutcome.MADE: 1}
    assert swept(world) == {}
    assert made_dates(world, schedule_id) == MARCH[1:11]
    orders = made_orders(world, schedule_id, *MARCH[1:11])
    assert [order and order.due_at.day for order in orders] == list(range(2, 12))


def test_a_pass_makes_a_limited_number_and_the_next_goes_on(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=MAX_OCCURRENCES + 5)
    swept(world)
    assert len(made_dates(world, schedule_id)) == MAX_OCCURRENCES
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1 : MAX_OCCURRENCES + 6]


def test_a_pass_without_time_makes_nothing(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=1)
    make_scheduled_orders(world.parts.dependencies, "sweep-1", lambda: 0.0)
    assert made_dates(world, schedule_id) == []


@pytest.mark.parametrize("end", ["COUNT=3", "UNTIL=20260303", "UNTIL=20260303T050000Z"])
def test_a_rule_ends(world: World, park: Park, end: str) -> None:
    schedule = scheduled(park, rrule=f"FREQ=DAILY;{end}")
    for _ in range(9):
        world.clock.advance(days=1)
        swept(world)
    assert made_dates(world, schedule["id"]) == MARCH[1:3]
    sign_in_again(park)
    shown = park.lead.get(f"{PATH}/{schedule['id']}").json
    assert (shown["next"], shown["paused"], shown["version"]) == (None, False, 1)


def test_across_both_changes_of_the_clocks_each_date_has_one_order(world: World, park: Park) -> None:
    spring = scheduled(park, at="02:30", startsOn="2026-03-28", rrule="FREQ=DAILY;COUNT=3")["id"]
    autumn = scheduled(park, at="02:30", startsOn="2026-10-24", rrule="FREQ=DAILY;COUNT=3")["id"]
    until(world, "2026-03-27T00:00:00")
    for _ in range(24 * 4):
        world.clock.advance(hours=1)
        swept(world)
    until(world, "2026-10-23T00:00:00")
    for _ in range(24 * 4):
        world.clock.advance(hours=1)
        swept(world)
    days = ["2026-10-24", "2026-10-25", "2026-10-26"]
    assert made_dates(world, spring) == MARCH[27:30]
    assert made_dates(world, autumn) == days
    moments = [order and f"{order.due_at:%H:%M}" for order in made_orders(world, spring, *MARCH[27:30])]
    assert moments == ["01:30", "01:30", "00:30"]
    assert [order and f"{order.due_at:%H:%M}" for order in made_orders(world, autumn, *days)] == [
        "00:30",
        "00:30",
        "01:30",
    ]


def test_29_february_comes_every_four_years(world: World, park: Park) -> None:
    schedule = scheduled(park, rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    assert schedule["next"]["date"] == "2028-02-29"
    until(world, "2028-02-29T05:00:00")
    swept(world)
    assert made_dates(world, schedule["id"]) == ["2028-02-29"]
    assert stored_schedule(schedule["id"]).next_on == "2032-02-29"


def test_what_is_paused_makes_nothing_and_goes_on_from_now(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]

    def pause(*, paused: bool) -> None:
        sign_in_again(park)
        assert park.lead.patch(f"{PATH}/{schedule_id}", {"paused": paused}).status == 200

    for day in range(1, 11):
        world.clock.advance(days=1)
        if day in (3, 7):
            pause(paused=day == 3)
        swept(world)
    assert made_dates(world, schedule_id) == [*MARCH[1:3], *MARCH[8:11]]


def test_a_deleted_schedule_makes_nothing_and_its_orders_stay(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=1)
    swept(world)
    sign_in_again(park)
    park.lead.delete(f"{PATH}/{schedule_id}")
    world.clock.advance(days=1)
    assert swept(world) == {}
    assert made_orders(world, schedule_id, MARCH[1])[0] is not None


def test_a_schedule_that_is_moved_back_makes_no_date_again(world: World, park: Park) -> None:
    schedule_id = scheduled(park, leadDays=5)["id"]
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:6]
    assert park.lead.patch(f"{PATH}/{schedule_id}", {"at": "09:00"}).json["next"]["date"] == MARCH[1]
    swept(world)
    world.clock.advance(days=1)
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:7]


def test_an_item_that_is_gone_pauses_the_schedule_and_says_why(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    load(park.manager, "checklists", checklist_record(items=ITEMS[1:]))
    world.clock.advance(days=1)
    assert swept(world) == {OccurrenceOutcome.STOPPED: 1}
    assert swept(world) == {}
    sign_in_again(park)
    shown = park.lead.get(f"{PATH}/{schedule_id}").json
    reason = "The checklist does not have this item any more."
    assert (shown["paused"], shown["pausedReason"], shown["next"], shown["version"]) == (True, reason, None, 2)
    assert audit_row(world, schedule_id, "SCHEDULE_STOPPED").actor_id == "system:sweep"
    resumed = park.lead.patch(f"{PATH}/{schedule_id}", {"paused": False, "itemRef": "A-2"}).json
    assert (resumed["paused"], resumed["pausedReason"]) == (False, None)
    world.clock.advance(days=1)
    assert swept(world) == {OccurrenceOutcome.MADE: 1}


def test_a_schedule_follows_its_ride_to_another_zone(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    load(park.manager, "rides", ride_record(zone=SOUTH))
    world.clock.advance(days=1)
    swept(world)
    [order] = made_orders(world, schedule_id, MARCH[1])
    assert order is not None
    assert (order.game_zone, stored_schedule(schedule_id).game_zone) == (SOUTH, SOUTH)
    lead = park.person("MAINT_TL", game_zone=SOUTH)
    assert [one["id"] for one in lead.get(PATH).json["schedules"]] == [schedule_id]


def test_a_schedule_follows_its_checklist_to_another_ride(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    load(park.manager, "rides", {**ride_record("CA-01", SOUTH), "name": "Carousel"})
    moved = checklist_record(ride="CA-01")
    items = [{**item, "text": "New text"} for item in moved["items"]]
    load(park.manager, "checklists", {**moved, "name": "New name", "items": items})
    world.clock.advance(days=1)
    swept(world)
    lead = park.person("MAINT_TL", game_zone=SOUTH)
    shown = lead.get(f"{PATH}/{schedule_id}").json
    assert (shown["rideCode"], shown["ride"], shown["gameZone"]) == ("CA-01", "Carousel", SOUTH)
    assert (shown["checklist"], shown["itemText"], shown["version"]) == ("New name", "New text", 1)
    assert [order.ride_code for order in made_orders(world, schedule_id, MARCH[1]) if order] == ["CA-01"]


def test_the_orders_of_who_has_left_are_made_all_the_same(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    admin = world.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{park.lead.user_id}", {"status": "DISABLED"}).status == 200
    world.clock.advance(days=1)
    assert swept(world) == {OccurrenceOutcome.MADE: 1}
    assert made_dates(world, schedule_id) == MARCH[1:2]


def test_every_organisation_has_its_own(world: World, park: Park) -> None:
    theirs = Park(world, OTHER)
    ids = scheduled(park)["id"], scheduled(theirs)["id"]
    world.clock.advance(days=1)
    assert swept(world) == {OccurrenceOutcome.MADE: 2}
    assert made_dates(world, ids[0]) == made_dates(world, ids[1], OTHER) == MARCH[1:2]


def test_many_schedules_of_one_checklist_are_made_in_one_pass(world: World, park: Park) -> None:
    ids = [scheduled(park, itemRef=ITEMS[number % 3])["id"] for number in range(12)]
    world.clock.advance(days=1)
    assert swept(world, page=2) == {OccurrenceOutcome.MADE: 12}
    assert [made_dates(world, schedule_id) for schedule_id in ids] == [MARCH[1:2]] * 12


def test_a_pass_with_nothing_due_reads_the_shards_and_nothing_else(
    world: World, park: Park, engine: EmbeddedEngine
) -> None:
    scheduled(park)
    calls: Counter[str] = Counter()
    with engine.before(None, lambda operation, _: calls.update([operation])):
        swept(world)
    assert calls == {"Query": SCHEDULE_SHARDS.count}


@pytest.mark.parametrize("operation", ["Query", "GetItem", "BatchGetItem", "TransactWriteItems"])
@pytest.mark.parametrize("after", [False, True])
def test_a_sweep_that_fails_anywhere_leaves_all_or_nothing(
    world: World, park: Park, engine: EmbeddedEngine, operation: str, *, after: bool
) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=1)
    engine.fail_next(operation, "InternalServerError", times=20, after=after)
    with suppress(Unavailable):
        swept(world)
    engine.remove_hooks()
    assert made_dates(world, schedule_id) in ([], MARCH[1:2])
    is_made = made_orders(world, schedule_id, MARCH[1])[0] is not None
    assert (stored_schedule(schedule_id).next_on == MARCH[2]) == is_made
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:2]


def crash_before_occurrence(number: int) -> Callable[[str, dict[str, Any]], None]:
    """Return a callback that lets the sweep die before the transaction of an occurrence, and before all later calls."""
    occurrences = 0

    def callback(name: str, request: dict[str, Any]) -> None:
        nonlocal occurrences
        occurrences += name == "TransactWriteItems" and "SCHEDULE" in str(request)
        if occurrences >= number:
            raise ConnectionError

    return callback


@pytest.mark.parametrize("number", range(1, 6))
def test_a_sweep_that_dies_between_two_occurrences_is_continued(
    world: World, park: Park, engine: EmbeddedEngine, number: int
) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=4)
    with engine.before(None, crash_before_occurrence(number)):
        assert swept(world)[OccurrenceOutcome.FAILED] == (number <= 4)
    assert made_dates(world, schedule_id) == MARCH[1:number]
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:5]


def test_a_sweep_within_a_sweep_makes_nothing_twice(world: World, park: Park, engine: EmbeddedEngine) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=3)
    for _ in range(3):
        with engine.before("TransactWriteItems", lambda *_: world.sweep_maintenance(), times=1):
            assert swept(world)[OccurrenceOutcome.FAILED] == 0
        world.clock.advance(days=1)
    assert made_dates(world, schedule_id) == MARCH[1:6]


@pytest.mark.parametrize("change", [{"paused": True}, {"rrule": "FREQ=DAILY;INTERVAL=2"}, None])
def test_a_change_at_the_same_moment_comes_before_or_after(
    world: World, park: Park, engine: EmbeddedEngine, change: dict[str, Any] | None
) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=1)
    sign_in_again(park)

    def meet(*_: object) -> None:
        path = f"{PATH}/{schedule_id}"
        answer = park.lead.delete(path) if change is None else park.lead.patch(path, change)
        assert answer.status in (200, 204)

    with engine.before("TransactWriteItems", meet, times=1):
        assert swept(world) == {OccurrenceOutcome.SETTLED: 1}
    assert made_dates(world, schedule_id) == []


def test_a_sweep_that_overtakes_a_change_leaves_it_the_next_occurrence(
    world: World, park: Park, engine: EmbeddedEngine
) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=1)
    sign_in_again(park)
    with engine.before("TransactWriteItems", lambda *_: world.sweep_maintenance(), times=1):
        assert park.lead.patch(f"{PATH}/{schedule_id}", {"leadDays": 1}).status == 200
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:3]
    world.clock.advance(days=1)
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:4]


def checklist(park: Park) -> Checklist:
    """The checklist of a park as it is stored: how many orders it ever had, and the ids of the open ones."""
    found = get(checklist_key(park.org_id, park.checklist))
    assert found is not None
    return found


def test_what_a_sleeping_sweep_has_missed_is_made_after_an_edit_too(world: World, park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    world.clock.advance(days=3)
    sign_in_again(park)
    answer = park.lead.patch(f"{PATH}/{schedule_id}", {"at": "05:00"})
    assert answer.json["next"]["date"] == MARCH[1]
    swept(world)
    assert made_dates(world, schedule_id) == MARCH[1:4]


@settings(max_examples=examples(16), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules(), lead_days=st.integers(0, 9), sleeps=st.lists(st.integers(1, 15), min_size=1, max_size=4))
def test_the_orders_are_those_of_the_model_however_the_sweep_sleeps(
    world: World, rule: Parts, lead_days: int, sleeps: list[int]
) -> None:
    park = Park(world, ride=f"RC-{next(world.numbers)}", checklist=f"CL-{next(world.numbers)}")
    start = world.clock.now().date()
    first = start + timedelta(days=1)  # 06:00 of the day of the start has passed
    answer = park.lead.post(PATH, schedule_body(park, rrule=text_of(rule), leadDays=lead_days))
    if answer.status == 422:
        assert [day for day in dates_of(rule, start, start + timedelta(days=4000)) if day >= first] == []
        return
    for days in sleeps:
        world.clock.advance(days=days)
        while swept(world):
            pass
    expected = dates_of(rule, start, world.clock.now().date() + timedelta(days=lead_days))
    ids = {f"{answer.json['id']}.{day}" for day in expected if day >= first}
    stored = checklist(park)
    assert (stored.open_orders or set(), stored.routed) == (ids, len(ids))
