"""The overview: what runs today in each domain that the caller may see."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.activity import MAX_COUNTED, count_activity
from chalicelib.core.clock import iso
from chalicelib.core.hourly_counts import HOURS
from chalicelib.core.store import Query
from chalicelib.dispatch.orders.tables import ORDER_HOURS
from chalicelib.packing.shipments.tables import Shipment, open_keys, shipment_key
from infra.local.engine import EmbeddedEngine
from tests.builders import packing, picking
from tests.builders.dispatch import NOWHERE, cancel_order, carried, duty, end_waits, on_duty, order, time_out
from tests.builders.maintenance import Park
from tests.builders.manufacturing import Line
from tests.builders.picking import Scanner, at_work, claim, line, load, record
from tests.builders.shelves import Note, Storehouse
from tests.builders.time import START
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Person, World

PATH = "/v1/overview"
SECTIONS = {"dispatch", "picking", "packing", "maintenance", "manufacturing"}


def overview(person: Person) -> dict[str, Any]:
    answer = person.world.call("GET", PATH, token=person.fresh_token())
    assert answer.status == 200, answer
    shown: dict[str, Any] = answer.json
    return shown


def happened(hours: Mapping[str, list[float]]) -> dict[str, dict[int, float]]:
    """The numbers that are not 0, by name and by hours ago."""
    assert {len(values) for values in hours.values()} == {HOURS}
    return {
        name: {HOURS - 1 - index: value for index, value in enumerate(values) if value}
        for name, values in hours.items()
        if any(values)
    }


def numbers(states: Mapping[str, int]) -> dict[str, int]:
    """The states with anything in them."""
    return {name: number for name, number in states.items() if number}


@pytest.fixture
def admin(world: World) -> Person:
    return world.person("SYSTEM_ADMIN")


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        ("SYSTEM_ADMIN", SECTIONS),
        ("dispatcher", {"dispatch"}),
        ("supervisor", {"picking", "packing"}),
        ("packer", {"packing"}),
        ("MAINT_TL", {"maintenance"}),
        ("VIEW_ONLY", {"manufacturing"}),
        ("courier", set()),
        ("customer", set()),
    ],
)
def test_a_section_is_for_those_who_may_list_its_domain(world: World, role: str, sections: set[str]) -> None:
    assert set(overview(world.person(role))) == {"firstHour"} | sections


def test_a_caller_must_be_signed_in(world: World) -> None:
    assert world.call("GET", PATH).status == 401


def test_a_permission_with_a_narrower_scope_shows_no_section(world: World, admin: Person) -> None:
    codes = ["dispatch.order.manage", "picking.assignment.read", "packing.shipment.read", "manufacturing.pack.read"]
    narrow = {"permissions": [{"code": code, "scope": "own"} for code in codes]}
    assert admin.put("/v1/roles/VIEW_ONLY", narrow).status == 200
    assert set(overview(world.person("VIEW_ONLY"))) == {"firstHour"}


def test_orders_are_counted_by_state_and_by_hour(world: World) -> None:
    dispatcher, customer = world.person("dispatcher"), world.person("customer")
    couriers = [on_duty(world.person("courier")) for _ in range(4)]
    placed = [order(customer) for _ in couriers]
    by_courier = {courier.user_id: courier for courier in couriers}
    for one, state in zip(placed, ("accepted", "arrived", "picked_up"), strict=False):
        carried(by_courier[one["assigned_courier"]], one, state)
    assert cancel_order(customer, placed[3]["id"]).status == 200
    duty(by_courier[placed[3]["assigned_courier"]], available=False)
    order(customer, **NOWHERE)
    end_waits(world)
    world.clock.advance(minutes=90)
    shown = overview(dispatcher)["dispatch"]
    assert numbers(shown["states"]) == {
        "accepted": 1,
        "arrived": 1,
        "pickedUp": 1,
        "noNearbyDriver": 1,
        "canceledByCustomer": 1,
    }
    assert happened(shown["hours"]) == {"created": {2: 5}, "noNearbyDriver": {2: 1}, "canceledByCustomer": {2: 1}}
    assert shown["atLeast"] == []


def test_a_delivered_order_and_one_that_nobody_took_are_counted_when_they_end(world: World) -> None:
    dispatcher, customer = world.person("dispatcher"), world.person("customer")
    courier = on_duty(world.person("courier"))
    carried(courier, order(customer))
    order(customer)
    time_out(world)
    end_waits(world)
    shown = overview(dispatcher)["dispatch"]
    assert numbers(shown["states"]) == {"delivered": 1, "noNearbyDriver": 1}
    assert happened(shown["hours"]) == {"created": {0: 2}, "delivered": {0: 1}, "noNearbyDriver": {0: 1}}


def test_hours_are_those_of_utc_and_go_by(world: World) -> None:
    dispatcher, customer = world.person("dispatcher"), world.person("customer")
    order(customer, **NOWHERE)
    end_waits(world)
    world.clock.advance(minutes=29)
    assert overview(dispatcher)["firstHour"].startswith(iso(START - timedelta(hours=23))[:19])
    for hours in range(1, HOURS):
        world.clock.advance(hours=1)
        shown = overview(dispatcher)["dispatch"]
        assert happened(shown["hours"])["created"] == {hours: 1}
        assert shown["states"]["noNearbyDriver"] == (START.hour + hours < HOURS)
    world.clock.advance(hours=1)
    assert happened(overview(dispatcher)["dispatch"]["hours"]) == {}


def test_assignments_and_units_are_counted_and_an_undo_is_subtracted(world: World) -> None:
    supervisor = world.person("supervisor")
    load(world, record("PA-0", lines=[line(1, 5.5)], priority=1), record("PA-8"), record("PA-9"))
    picker = world.person("picker")
    ref = claim(picker)["assignment_id"]
    scanner = Scanner(world, picker, ref)
    scanner.send_scans(3)
    world.clock.advance(hours=1)
    shown = overview(supervisor)["picking"]
    assert (numbers(shown["states"]), shown["atLeast"]) == ({"queued": 2, "active": 1}, [])
    units = happened(shown["hours"])["units"]
    assert units == {1: picking.stored(ref).units}
    scanner.send_event("undo")
    assert happened(overview(supervisor)["picking"]["hours"])["units"] == {1: 3, 0: -1}
    assert picking.close(picker, ref).status == 200
    shown = overview(supervisor)["picking"]
    assert numbers(shown["states"]) == {"queued": 2, "closed": 1}
    assert happened(shown["hours"]) == {"created": {1: 3}, "closed": {0: 1}, "units": {1: 3, 0: -1}}


def test_an_assignment_that_an_undo_opens_again_is_not_counted_as_completed(world: World) -> None:
    supervisor = world.person("supervisor")
    picker = at_work(world, lines=[line(1, 2)])
    scanner = Scanner(world, picker)
    scanner.send_scans(2)
    assert overview(supervisor)["picking"]["states"]["completed"] == 1
    scanner.send_event("undo")
    shown = overview(supervisor)["picking"]
    assert numbers(shown["states"]) == {"active": 1}
    assert happened(shown["hours"]) == {"created": {0: 1}, "units": {0: 1}}


def test_shipments_are_counted_by_status(world: World, admin: Person) -> None:
    for number in ("SH-1", "SH-2"):
        packing.loaded(admin, "shipments", packing.shipment_record(number, packing.line_record(1, quantity=1)))
    packing.loaded(admin, "license-plates", packing.plate_record("LP-1", 1, "SH-1"))
    box = packing.new_box(admin)
    packing.packed(admin, box, 1)
    shown = overview(world.person("packer"))["packing"]
    assert (numbers(shown["states"]), happened(shown["hours"])) == ({"pending": 1, "packing": 1}, {"created": {0: 2}})
    assert packing.close_box(admin, box).status == 200
    assert packing.complete_shipment(admin).status == 200
    shown = overview(world.person("packer"))["packing"]
    assert numbers(shown["states"]) == {"pending": 1, "packed": 1}
    assert happened(shown["hours"]) == {"created": {0: 2}, "packed": {0: 1}}


def test_work_orders_are_those_of_the_callers_zone_or_of_all(world: World, admin: Person) -> None:
    north = Park(world)
    south = Park(world, zone="South", ride="RC-8", checklist="CL-8")
    north.finish(north.started(photo=True))
    north.routed(priority="CRITICAL")
    south.give_back(south.started())
    south.outsource(south.routed()["id"])
    shown = overview(north.lead)["maintenance"]
    assert numbers(shown["states"]) == {"routed": 1, "done": 1}
    assert happened(shown["hours"]) == {"created": {0: 2}, "done": {0: 1}}
    assert overview(south.lead)["maintenance"]["states"]["outsourced"] == 1
    shown = overview(admin)["maintenance"]
    assert numbers(shown["states"]) == {"routed": 1, "returned": 1, "outsourced": 1, "done": 1}
    assert happened(shown["hours"]) == {"created": {0: 4}, "done": {0: 1}}
    lost = world.person("MAINT_TL")
    assert numbers(overview(lost)["maintenance"]["states"]) == {}


def test_a_role_that_may_not_list_work_orders_sees_no_number_of_them(world: World, admin: Person) -> None:
    park = Park(world)
    park.routed()
    narrow = {"permissions": [{"code": "maintenance.workorder.list", "scope": "own"}]}
    assert admin.put("/v1/roles/MAINT_TL", narrow).status == 200
    assert park.lead.get("/v1/work-orders").code == "ACCESS_DENIED"
    assert overview(park.lead).get("maintenance") is None


def test_work_orders_are_overdue_and_due_soon_as_the_organisation_has_set(world: World) -> None:
    park = Park(world)
    for priority in ("CRITICAL", "HIGH"):
        park.routed(priority=priority)
    seen = []
    for hours in (0, 2, 2, 1):
        world.clock.advance(hours=hours)
        shown = overview(park.lead)["maintenance"]
        seen.append((shown["overdue"], shown["dueSoon"]))
    assert seen == [(0, 0), (0, 1), (0, 1), (1, 0)]
    settings = "/v1/organisation/settings/maintenance"
    assert world.person("SYSTEM_ADMIN").put(settings, {"dueSoonHours": 24}).status == 200
    shown = overview(park.lead)["maintenance"]
    assert (shown["overdue"], shown["dueSoon"]) == (1, 1)


def test_the_line_is_counted_by_its_status_counters(world: World) -> None:
    made = Line(world)
    batch = made.batch(cellsPerModule=1, modulesPerPack=1)
    made.draft_batch()
    made.module(batch)
    made.full_module(batch)
    made.finished_pack(batch)
    made.finished_pack(batch, "FAIL")
    made.ready_pack(batch)
    assert made.dispose(made.ready_pack(batch), "QUARANTINE").status == 200
    assert made.rework(made.ready_pack(batch)).status == 200
    returned = made.finished_pack(batch)
    assert made.ship(returned).status == 200
    assert made.take_back(returned).status == 201
    made.pack(batch)
    shown = overview(made.viewer)["manufacturing"]
    assert numbers(shown["states"]) == {
        "batchesDraft": 1,
        "batchesInProgress": 1,
        "modulesDraft": 1,
        "modulesInProgress": 1,
        "modulesSealed": 6,
        "packsDraft": 1,
        "packsReadyForEol": 3,
        "packsInQuarantine": 1,
        "packsInRework": 1,
        "packsPassed": 2,
        "packsFailed": 1,
    }
    assert happened(shown["hours"]) == {
        "modulesSealed": {0: 6},
        "packsSealed": {0: 6},
        "packsPassed": {0: 2},
        "packsFailed": {0: 1},
    }


def test_a_completed_batch_is_counted_today(world: World) -> None:
    made = Line(world)
    batch = made.batch(cellsPerModule=1, modulesPerPack=1)
    made.finished_pack(batch)
    assert made.admin.patch(f"/v1/batches/{batch['id']}/complete").status == 200
    assert overview(made.viewer)["manufacturing"]["states"]["batchesCompleted"] == 1


def test_nothing_of_another_organisation_is_counted(world: World, admin: Person) -> None:
    order(world.person("customer"), **NOWHERE)
    load(world, record())
    Park(world).routed()
    Line(world).sealed_module(Line(world).batch(cellsPerModule=1))
    packing.loaded(admin, "shipments", packing.shipment_record())
    shown = overview(world.person("SYSTEM_ADMIN", OTHER))
    for name in SECTIONS:
        assert (numbers(shown[name]["states"]), happened(shown[name]["hours"])) == ({}, {}), name


def test_a_state_with_very_many_is_a_lower_bound(world: World, admin: Person) -> None:
    shard, now = open_keys(DEMO)[0], world.clock.now()
    for number in range(MAX_COUNTED // 8):
        key = shipment_key(DEMO, f"seeded-{number}")
        values = {"shipment_number": "", "so_number": "", "customer_name": "", "org_id": DEMO, "status": "pending"}
        times = {"created_at": now, "updated_at": now}
        key.new(shipment_id=key.pk, open_key=shard, open_order=f"{number:04d}", **values, **times).save()
    shown = overview(admin)["packing"]
    assert (shown["states"]["pending"], shown["atLeast"]) == (MAX_COUNTED // 8, ["packing", "pending"])
    Shipment(shipment_key(DEMO, "seeded-0").pk, "SHIPMENT").delete()
    assert overview(admin)["packing"]["atLeast"] == []


def test_no_partition_is_counted_further_than_its_share_of_the_limit(world: World, engine: EmbeddedEngine) -> None:
    Storehouse(engine)
    for number in range(30):
        Note("demo#NOTES", f"{number:03d}", text="note").save()
    full, empty = Query(Note, "demo#NOTES"), Query(Note, "demo#NONE")
    activity = count_activity(
        {"many": [full, *[empty] * 99], "few": [full, empty], "none": [empty]}, ORDER_HOURS, world.clock.now(), DEMO
    )
    assert activity.counts.numbers == {"many": 10, "few": 30, "none": 0}
    assert activity.counts.at_least == ["many"]


def test_the_overview_takes_two_round_trips_and_no_scan(world: World, admin: Person, engine: EmbeddedEngine) -> None:
    at_work(world)
    order(world.person("customer"))
    with counted_trips(engine) as trips:
        overview(admin)
    assert len(trips) == 2
    assert set(trips.made[1]) == {"Query", "BatchGetItem"}
    assert trips.calls <= 64


def test_an_overview_that_has_not_changed_is_not_sent_again(world: World) -> None:
    dispatcher, customer = world.person("dispatcher"), world.person("customer")
    tag = dispatcher.get(PATH).headers["ETag"]
    world.clock.advance(minutes=1)
    assert dispatcher.get(PATH, if_none_match=tag).status == 304
    order(customer, **NOWHERE)
    assert dispatcher.get(PATH, if_none_match=tag).status == 200
