"""The report on work orders: what is counted for whom, on which day and in which zone."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.maintenance import ITEMS, SOUTH, Park, add_photo, checklist_record, load, ride_record
from tests.builders.reports import PATH, PERIOD, asked, by_technician, figures, total
from tests.builders.settings import set_time_zone
from tests.builders.world import OTHER, World

TWO_HOURS = {"meanTimeToRepairHours": 2, "labourMinutes": 120}


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with one ride, at nine o'clock on 1 March."""
    return Park(world)


def repaired(park: Park, hours: float = 2, **fields: Any) -> str:
    """Return the id of an order that is done after some hours of work."""
    order_id = park.started(photo=True, **fields)
    park.later(hours=hours)
    assert park.finish(order_id).status == 200
    return order_id


def test_a_repair_counts_as_opened_and_done_with_its_time_and_its_labour(park: Park) -> None:
    repaired(park)
    assert total(park) == {"opened": 1, "done": 1, **TWO_HOURS}
    assert by_technician(park) == {"": {"opened": 1}, park.tech.user_id: {"done": 1, **TWO_HOURS}}


def test_holds_are_no_time_of_repair_and_no_labour(park: Park) -> None:
    order_id = park.started(photo=True)
    park.later(hours=1)
    park.hold(order_id)
    park.later(hours=5)
    park.resume(order_id)
    park.later(hours=1)
    park.finish(order_id)
    assert total(park) == {"opened": 1, "done": 1, **TWO_HOURS}


def test_labour_counts_for_everybody_who_worked_and_the_time_to_repair_since_the_last_start(park: Park) -> None:
    second = park.person("TECH", full_name="Noor")
    order_id = park.started()
    park.later(hours=1)
    assert park.assign(order_id, second).status == 200
    park.later(minutes=30)
    second = park.world.signed_in(second.org_id, second.user_id, "TECH")
    park.start(order_id, second)
    add_photo(park.world, order_id)
    park.later(minutes=45)
    assert park.finish(order_id, second).status == 200
    assert by_technician(park) == {
        "": {"opened": 1},
        park.tech.user_id: {"labourMinutes": 60},
        second.user_id: {"done": 1, "meanTimeToRepairHours": 0.75, "labourMinutes": 45},
    }


def test_work_that_was_returned_is_labour(park: Park) -> None:
    order_id = park.started()
    park.later(minutes=20)
    park.give_back(order_id)
    assert total(park) == {"opened": 1, "labourMinutes": 20}


def test_a_cancelled_order_counts_as_opened(park: Park) -> None:
    park.cancel(park.routed()["id"])
    assert total(park) == {"opened": 1}


def test_a_reopened_order_is_taken_back_from_the_day_on_which_it_was_done(park: Park) -> None:
    order_id = repaired(park)
    park.later(hours=48)
    park.reopen(order_id)
    assert total(park, "from=2026-03-01&to=2026-03-01") == {"opened": 1, "labourMinutes": 120}
    assert total(park, "from=2026-03-02&to=2026-03-31") == {}
    park.assign(order_id)
    park.start(order_id)
    add_photo(park.world, order_id)
    park.later(hours=1)
    park.finish(order_id)
    assert total(park, "from=2026-03-02&to=2026-03-31") == {
        "done": 1,
        "meanTimeToRepairHours": 1,
        "labourMinutes": 60,
    }


def test_what_a_vendor_did_has_no_time_to_repair(park: Park) -> None:
    order_id = park.outsourced(photo=True)
    park.later(hours=3)
    assert park.lead.patch(f"/v1/work-orders/{order_id}/vendor-done", {"fixNote": "Motor replaced"}).status == 200
    assert total(park) == {"opened": 1, "done": 1}


# --- overdue -----------------------------------------------------------------------------------------------------


def test_an_open_order_counts_as_overdue_from_the_moment_after_its_due_date(park: Park) -> None:
    park.routed(priority="CRITICAL")
    park.later(hours=4)
    assert total(park) == {"opened": 1}
    park.later(minutes=1)
    assert total(park) == {"opened": 1, "overdue": 1}


def test_an_order_that_was_finished_late_stays_overdue_on_the_day_of_its_due_date(park: Park) -> None:
    order_id = park.started(photo=True, priority="CRITICAL")
    park.later(hours=30)
    assert total(park, "from=2026-03-01&to=2026-03-01") == {"opened": 1, "overdue": 1}
    park.finish(order_id)
    assert total(park, "from=2026-03-01&to=2026-03-01") == {"opened": 1, "overdue": 1}
    assert total(park, "from=2026-03-02&to=2026-03-02") == {
        "done": 1,
        "meanTimeToRepairHours": 30,
        "labourMinutes": 1800,
    }
    assert by_technician(park)[park.tech.user_id]["overdue"] == 1


def test_an_order_that_is_held_before_its_due_date_is_not_overdue(park: Park) -> None:
    order_id = park.started(priority="CRITICAL")
    park.hold(order_id)
    park.later(hours=9)
    assert "overdue" not in total(park)
    park.resume(order_id)
    assert "overdue" not in total(park)


def test_an_order_that_is_held_after_its_due_date_counts_once(park: Park) -> None:
    order_id = park.started(priority="CRITICAL")
    park.later(hours=5)
    for step in (park.hold, park.resume, park.hold, park.cancel):
        assert step(order_id).status == 200
        park.later(hours=1)
        assert total(park)["overdue"] == 1


def test_an_order_with_a_later_due_date_is_not_overdue(park: Park) -> None:
    order_id = park.routed(priority="CRITICAL")["id"]
    park.later(hours=5)
    assert total(park)["overdue"] == 1
    park.lead.patch(f"/v1/work-orders/{order_id}", {"priority": "LOW"})
    assert "overdue" not in total(park)


def test_a_due_date_after_the_period_is_not_counted(park: Park) -> None:
    park.routed(priority="HIGH")
    park.later(hours=25)
    assert total(park, "from=2026-03-01&to=2026-03-01") == {"opened": 1}
    assert total(park, "from=2026-03-02&to=2026-03-02") == {"overdue": 1}


# --- rides, zones, days ------------------------------------------------------------------------------------------


def second_ride(park: Park) -> None:
    assert load(park.manager, "rides", ride_record("RC-08")).status == 200
    assert load(park.manager, "checklists", checklist_record("CL-8", "RC-08")).status == 200


def test_time_between_failures_is_that_between_openings_of_the_same_ride(park: Park) -> None:
    second_ride(park)
    for hours in (10, 20):
        park.routed()
        park.later(hours=hours)
    park.cancel(park.routed()["id"])
    for hours in (1, 0):
        park.routed(checklistRef="CL-8")
        park.later(hours=hours)
    rows = asked(park.lead).json["rows"]
    assert [(row["rideCode"], row["rideName"], row["meanTimeBetweenFailuresHours"]) for row in rows] == [
        ("RC-07", "Ride RC-07", 15),
        ("RC-08", "Ride RC-08", 1),
    ]
    assert total(park)["meanTimeBetweenFailuresHours"] == 10.33
    assert all(
        row["meanTimeBetweenFailuresHours"] is None for row in asked(park.lead, f"{PERIOD}&by=technician").json["rows"]
    )


def test_a_ride_that_was_opened_once_in_the_period_has_no_time_between_failures(park: Park) -> None:
    park.routed()
    park.later(hours=24)
    park.routed()
    assert "meanTimeBetweenFailuresHours" not in total(park, "from=2026-03-02&to=2026-03-02")


def test_leads_read_the_report_of_their_own_zone_and_store_managers_that_of_all(park: Park) -> None:
    south = Park(park.world, zone=SOUTH, ride="RC-99", checklist="CL-99")
    repaired(south)
    park.later(minutes=1)
    park.routed()
    park.routed()
    assert total(park)["opened"] == 2
    assert figures(asked(park.ops).json["total"])["opened"] == 2
    rows = asked(park.manager, f"{PERIOD}&by=zone").json["rows"]
    assert [(row["zone"], row["opened"], row["done"]) for row in rows] == [("North", 2, 0), ("South", 1, 1)]


def test_days_begin_at_midnight_in_the_time_zone_of_the_organisation(world: World) -> None:
    set_time_zone(world, "Asia/Kathmandu")
    park = Park(world)
    order_id = park.started(photo=True)
    park.later(hours=9)
    park.routed()
    park.later(hours=1)
    park.finish(order_id)
    report = asked(park.lead, "from=2026-03-01&to=2026-03-01").json
    assert (figures(report["total"]), report["timezone"]) == (
        {"opened": 2, "meanTimeBetweenFailuresHours": 9},
        "Asia/Kathmandu",
    )
    assert total(park, "from=2026-03-02&to=2026-03-02")["done"] == 1


def test_an_order_keeps_the_time_zone_in_which_it_was_made(park: Park) -> None:
    order_id = park.started(photo=True)
    park.later(hours=14)
    park.finish(order_id)
    set_time_zone(park.world, "Asia/Kathmandu")
    park.reopen(order_id)
    assert total(park) == {"opened": 1, "labourMinutes": 840}


def test_orders_of_another_organisation_are_not_shown(park: Park) -> None:
    repaired(park)
    other = park.world.person("STORE_MANAGER", OTHER)
    report = asked(other).json
    assert (report["rows"], figures(report["total"])) == ([], {})


# --- labour and parts that people enter ---------------------------------------------------------------------------


def test_small_costs_have_no_exponent_in_the_csv(park: Park) -> None:
    path = f"/v1/work-orders/{park.assigned()}/parts"
    body = {"name": "Grease", "quantity": 0.0001, "unitCost": 0.0001, "currency": "EUR"}
    assert park.tech.post(path, body).status == 201
    assert asked(park.lead, Accept="text/csv").text.split("\r\n")[1].endswith(",0.0001,0.00000001 EUR")


def test_labour_and_parts_that_people_add_count_until_they_are_removed(park: Park) -> None:
    order_id = repaired(park)

    def add(kind: str, **fields: Any) -> str:
        answer = park.tech.post(f"/v1/work-orders/{order_id}/{kind}", fields)
        assert answer.status == 201, answer.text
        return f"/v1/work-orders/{order_id}/{kind}/{answer.json['id']}"

    labour = add("labour", minutes=30)
    part = add("parts", name="Chain", quantity=2.5, unitCost=4.92, currency="EUR")
    add("parts", name="Oil", quantity=1)
    add("parts", name="Bolt", quantity=4, unitCost=0.75)
    assert total(park) == {
        "opened": 1,
        "done": 1,
        "meanTimeToRepairHours": 2,
        "labourMinutes": 150,
        "partsQuantity": 7.5,
        "partsCosts": [{"currency": None, "amount": 3}, {"currency": "EUR", "amount": 12.3}],
    }
    assert asked(park.lead, Accept="text/csv").text.split("\r\n")[1].endswith(",7.5,3; 12.3 EUR")
    park.later(hours=48)
    assert [park.tech.delete(path).status for path in (labour, part)] == [204, 204]
    assert total(park, "from=2026-03-01&to=2026-03-01") == {
        "opened": 1,
        "done": 1,
        "partsQuantity": 5,
        "partsCosts": [{"currency": None, "amount": 3}],
        **TWO_HOURS,
    }


# --- the request -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["TECH", "picker", "supervisor", "dispatcher", "VIEW_ONLY"])
def test_who_may_not_read_reports_is_refused(world: World, role: str) -> None:
    assert world.person(role, game_zone="North").get(f"{PATH}?{PERIOD}").status == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2025-01-01&to=2026-01-02", "from"),
        ("from=2026-03-02", "from"),
        ("from=yesterday", "from"),
        ("by=day", "by"),
        ("zone=North", "zone"),
    ],
)
def test_an_invalid_period_is_refused(park: Park, query: str, field: str) -> None:
    answer = park.lead.get(f"{PATH}?{query}")
    assert (answer.status, set(answer.fields)) == (422, {field}), answer.text


@pytest.mark.parametrize("period", ["from=2025-03-01&to=2026-03-01", "from=9999-12-31&to=9999-12-31", "to=0001-01-01"])
def test_a_period_of_up_to_366_days_is_accepted(park: Park, period: str) -> None:
    assert asked(park.lead, period).json["rows"] == []


def test_the_period_is_the_last_thirty_days_unless_it_is_named(park: Park) -> None:
    park.routed()
    park.later(hours=29 * 24)
    report = asked(park.lead, "").json
    assert (report["from"], report["to"], report["total"]["opened"]) == ("2026-03-01", "2026-03-30", 1)
    park.later(hours=24)
    assert asked(park.lead, "").json["total"]["opened"] == 0


def test_a_lead_without_a_zone_gets_an_empty_report(park: Park) -> None:
    park.routed()
    lead = park.world.person("MAINT_TL")
    assert asked(lead).json["rows"] == []


def test_the_report_can_be_had_as_csv(park: Park) -> None:
    repaired(park)
    answer = asked(park.lead, f"{PERIOD}&by=ride", Accept="text/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="work-orders-2026-02-15-2026-06-30.csv"'
    names = (
        "opened,done,overdue,meanTimeToRepairHours,meanTimeBetweenFailuresHours,labourMinutes,partsQuantity,partsCosts"
    )
    assert answer.text.split("\r\n") == [f"rideCode,rideName,{names}", "RC-07,Ride RC-07,1,1,0,2.00,,120,0,", ""]
    technicians = asked(park.lead, f"{PERIOD}&by=technician", Accept="text/csv").text.split("\r\n")
    assert technicians[:2] == [f"technicianId,technicianName,{names}", ",,1,0,0,,,0,0,"]
    assert technicians[2].startswith(f"{park.tech.user_id},Mees van Dijk,0,1,")


def test_the_read_takes_two_round_trips_however_many_orders_there_are(park: Park, engine: EmbeddedEngine) -> None:
    def calls() -> dict[str, int]:
        seen: dict[str, int] = {}
        for operation in ("Query", "BatchGetItem", "GetItem", "Scan"):
            engine.before(operation, lambda name, _: seen.update({name: seen.get(name, 0) + 1}))
        asked(park.lead, "from=2026-02-15&to=2026-03-31")
        engine.remove_hooks()
        return seen

    before = calls()
    for item in ITEMS * 4:
        repaired(park, hours=0.1, item=item)
    assert calls() == before == {"BatchGetItem": 1, "Query": 3}
