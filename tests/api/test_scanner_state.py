"""The scanner's view."""

from __future__ import annotations

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.picking import REF, STATE, Scanner, at_work, claim, line, load, log_messages, record, scanner_state
from tests.builders.settings import set_time_zone
from tests.builders.world import World

READ_MODEL = {
    "header",
    "queueCount",
    "lastUpdated",
    "metrics",
    "assignment",
    "order_summary",
    "order_progress",
    "order_log",
    "performance",
}
SETTINGS = "/v1/organisation/settings/picking"


def test_without_assignment_it_shows_the_queue_count(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"), record("PA-3", role="operative"))
    anna = world.person("picker", full_name="Anna Visser")
    shown = scanner_state(anna)
    assert shown["user"] == {"id": anna.user_id, "role": "picker", "display_name": "Anna Visser"}
    assert (shown["view"], shown["queueCount"], shown["assignment"]["active"]) == ("picker", 2, False)
    assert shown["metrics"] == {"live_rate_display": "-", "total_units": 0, "perf_score_display": "-"}
    assert (shown["order_progress"], shown["order_log"]) == ({"percent": "0%"}, [])


def test_values_are_in_data_and_at_the_top_level(world: World) -> None:
    shown = scanner_state(at_work(world))
    assert set(shown) == READ_MODEL | {"user", "view", "data"}
    assert shown["data"] == {name: shown[name] for name in READ_MODEL}


def test_all_values_follow_from_the_ledger(world: World) -> None:
    anna = at_work(world)  # a minute ago
    scanner = Scanner(world, anna)
    scanner.send_scans(2)  # two seconds
    world.clock.advance(seconds=58)
    shown = scanner_state(anna)
    assert shown["header"] == f"SO-{REF} - Zomer & Zoon"
    assert shown["lastUpdated"] == "2026-03-01T09:01:02Z"
    assert shown["metrics"] == {"live_rate_display": "60.0 / h", "total_units": 2, "perf_score_display": "50.0%"}
    assert shown["assignment"] == {
        "active": True,
        "assignment_id": REF,
        "customer": "Zomer & Zoon",
        "order_label": f"SO-{REF}",
        "zone": "Ambient",
        "route": "North",
        "started_at": "2026-03-01T09:00:00Z",
        "status": "active",
        "shared": False,
        "on_break": False,
    }
    assert shown["order_summary"] == {
        "qty": 8,
        "locations": 2,
        "pallets": 1,
        "rate": "60 / h",
        "eta": "09:08",
        "eta_at": "2026-03-01T09:08:00Z",
        "progress_pct": 25,
    }
    assert shown["order_progress"] == {"percent": "25%"}
    assert shown["order_log"][0] == {
        "message": "Picked 1 of SKU-1 at A-01 (2 of 5)",
        "at": "09:01:02",
        "level": "info",
        "at_utc": "2026-03-01T09:01:02Z",
    }
    assert shown["performance"] == {
        "score_pct": 50.0,
        "rule_version": "picking-performance-2",
        "inputs": {"units": 2, "worked_seconds": 120, "standard_units_per_hour": 120},
    }


@pytest.mark.parametrize(
    ("name", "eta", "at"), [("Europe/Amsterdam", "10:08", "10:01:02"), ("Asia/Kathmandu", "14:53", "14:46:02")]
)
def test_times_are_shown_in_the_time_zone_of_the_organisation(world: World, name: str, eta: str, at: str) -> None:
    set_time_zone(world, name)
    anna = at_work(world)
    Scanner(world, anna).send_scans(2)
    world.clock.advance(seconds=58)
    shown = scanner_state(anna)
    assert (shown["order_summary"]["eta"], shown["order_summary"]["eta_at"]) == (eta, "2026-03-01T09:08:00Z")
    assert (shown["order_log"][0]["at"], shown["order_log"][0]["at_utc"]) == (at, "2026-03-01T09:01:02Z")


def test_scans_in_a_forgotten_break_count_as_work(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 100)]))
    scanner.send_event("break_toggle")
    world.clock.advance(minutes=10)
    for _ in range(20):
        world.clock.advance(seconds=30)
        assert scanner.send(scanner.scan()) == ["accepted"]
    shown = scanner.state()
    assert not shown["assignment"]["on_break"]
    assert shown["performance"]["inputs"]["worked_seconds"] == 60 + 19 * 30
    assert shown["performance"]["score_pct"] < 100


def test_breaks_wraps_and_delays_do_not_lower_the_rate(world: World) -> None:
    scanner = Scanner(world, at_work(world))
    for kind in ("wrap", "delay"):
        scanner.send_scans(1)
        scanner.send_event(kind)
        world.clock.advance(minutes=10)
    scanner.send_scans(1)
    scanner.send_event("break_toggle")
    world.clock.advance(minutes=30)
    shown = scanner.state()
    assert shown["assignment"]["on_break"]
    assert shown["performance"]["inputs"]["worked_seconds"] == 61
    scanner.send_event("break_toggle")
    world.clock.advance(seconds=59)
    shown = scanner.state()
    assert not shown["assignment"]["on_break"]
    assert (shown["metrics"]["live_rate_display"], shown["metrics"]["total_units"]) == ("90.0 / h", 3)


def test_pallets_are_planned_or_built_ones(world: World) -> None:
    load(world, record("planned", lines=[line(1, pallet="P1"), line(2, pallet="P2"), line(3, pallet="P2")]))
    bo = world.person("picker")
    claim(bo)
    assert scanner_state(bo)["order_summary"]["pallets"] == 2
    scanner = Scanner(world, at_work(world))
    built = []
    for act in ("scan", "wrap", "scan"):
        scanner.send_scans(1) if act == "scan" else scanner.send_event(act)
        built.append(scanner.state()["order_summary"]["pallets"])
    assert built == [1, 1, 2]


def test_unknown_scan_is_a_warning(world: World) -> None:
    scanner = Scanner(world, at_work(world))
    scanner.send_scans(1, "what is this")
    assert log_messages(scanner.state())[0] == "! No line has the code what is this"


def test_shared_assignment_has_separate_rates_and_an_earlier_eta(world: World) -> None:
    anna = at_work(world, lines=[line(1, 100)])
    scanner = Scanner(world, anna)
    scanner.send_event("shared_pick")
    bo = world.person("picker")
    claim(bo)
    world.clock.advance(minutes=1)
    scanner.send_scans(6)
    Scanner(world, bo).send_scans(4)
    mine, theirs = scanner_state(anna), scanner_state(bo)
    assert (mine["metrics"]["total_units"], theirs["metrics"]["total_units"]) == (6, 4)
    assert mine["order_summary"] == theirs["order_summary"]
    assert mine["assignment"]["shared"]
    # Three minutes and twenty seconds of work for ten units: 180 an hour, by two of them.
    assert mine["order_summary"]["rate"] == "180 / h"
    assert mine["order_summary"]["eta_at"] == "2026-03-01T09:17:10Z"


@pytest.mark.parametrize(
    ("role", "view"), [("picker", "picker"), ("operative", "operative"), ("supervisor", "role"), ("gm", "role")]
)
def test_the_view_follows_from_the_role(world: World, role: str, view: str) -> None:
    assert scanner_state(world.person(role))["view"] == view


def test_organisation_sets_the_standard_rate(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).send_scans(1)
    admin = world.person("SYSTEM_ADMIN")
    assert admin.put(SETTINGS, {"picker_units_per_hour": 60}).status == 200
    inputs = scanner_state(anna)["performance"]["inputs"]
    assert inputs["standard_units_per_hour"] == 60
    assert admin.get(SETTINGS).json["data"] == {"picker_units_per_hour": 60, "operative_units_per_hour": 80}
    assert set(admin.put(SETTINGS, {"operative_units_per_hour": 0}).fields) == {"operative_units_per_hour"}
    operative = at_work(world, role="operative", ref="PA-9")
    assert scanner_state(operative)["performance"]["inputs"]["standard_units_per_hour"] == 80


def test_reading_requires_the_permission(world: World) -> None:
    answer = world.person("courier").get(STATE)
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_reading_takes_two_round_trips(world: World, engine: EmbeddedEngine) -> None:
    anna = at_work(world)
    calls: list[str] = []
    for operation in ("BatchGetItem", "GetItem", "Query"):
        engine.before(operation, lambda name, _: calls.append(name))
    scanner_state(anna)
    assert calls[0] == "BatchGetItem"
    assert sorted(calls[1:]) == ["BatchGetItem", "Query"]  # in parallel


def test_queue_is_counted_up_to_one_hundred(world: World) -> None:
    load(world, *(record(f"PA-{number}") for number in range(105)))
    assert scanner_state(world.person("picker"))["queueCount"] == 100


def test_health_has_the_contracts_fields(world: World) -> None:
    answer = world.call("GET", "/health")
    assert (answer.status, set(answer.json), answer.json["status"]) == (200, {"status", "version"}, "ok")


def test_eta_beyond_ten_years_is_null(world: World) -> None:
    anna = at_work(world, lines=[line(number, 1_000_000) for number in range(1, 11)])
    world.clock.advance(hours=9)
    scanner = Scanner(world, world.signed_in(anna.org_id, anna.user_id, anna.role))
    scanner.send_scans(1, "SKU-1")
    shown = scanner.state()["order_summary"]
    assert (shown["rate"], shown["eta"], shown["eta_at"], shown["progress_pct"]) == ("0.1 / h", None, None, 0)
