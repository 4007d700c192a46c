"""The performance of picking: what is counted for whom, on which day and in which zone."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.picking import REF, Scanner, at_work, check_replay, claim, close, line, load, record, release, uuid4
from tests.builders.settings import set_time_zone
from tests.builders.world import DEMO, OTHER, Answer, World

PATH = "/v1/picking/performance"
PERIOD = "from=2026-02-01&to=2026-04-30"
EAN = "5901234123457"


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker who holds an assignment of a thousand units, at nine o'clock."""
    return holding(world, zone="Ambient", lines=[line(1, 1000, barcodes=[EAN])])


def holding(world: World, ref: str = REF, **fields: Any) -> Scanner:
    """Return the scanner of a picker who has just claimed a new assignment."""
    scanner = Scanner(world, at_work(world, assignment_ref=ref, **fields), ref)
    world.clock.advance(minutes=-1)
    return scanner


def performance(world: World, by: str = "person", period: str = PERIOD) -> dict[str, Any]:
    """Return the report as a supervisor reads it."""
    answer = world.person("supervisor").get(f"{PATH}?{period}&by={by}")
    assert answer.status == 200, answer.text
    report: dict[str, Any] = answer.json
    return report


def figures(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return units, hours, rate, score and scans without a line."""
    return tuple(row[name] for name in ("units", "hours_worked", "rate", "score_pct", "scans_without_line"))


def by_day(world: World) -> dict[str, tuple[Any, ...]]:
    """Return units and hours of each day."""
    return {row["day"]: figures(row)[:2] for row in performance(world, "day")["rows"]}


def later(world: World, scanner: Scanner, minutes: float, *events: str) -> None:
    """Let the picker send events, scans by their codes, after some minutes."""
    world.clock.advance(minutes=minutes)
    scanner.person = world.signed_in(scanner.person.org_id, scanner.person.user_id, "picker")
    sent = [scanner.event(one) if one.isidentifier() else scanner.scan(one) for one in events]
    assert scanner.send(*sent) == ["accepted"] * len(sent)


def test_units_hours_rate_and_score_are_counted_for_the_person(world: World, scanner: Scanner) -> None:
    later(world, scanner, 30, *[EAN] * 60)
    report = performance(world)
    [row] = report["rows"]
    assert (row["user_id"], row["user_name"]) == (scanner.person.user_id, "Anna")
    assert figures(row) == (60, 0.5, 120, 100, 0) == figures(report["total"])
    assert (report["from"], report["to"], report["by"], report["timezone"]) == (
        "2026-02-01",
        "2026-04-30",
        "person",
        "UTC",
    )


def test_scans_of_codes_that_no_line_has_are_counted(world: World, scanner: Scanner) -> None:
    later(world, scanner, 6, EAN, "4006381333931", "(414)9521234000778(254)ELSEWHERE", EAN)
    [row] = performance(world)["rows"]
    assert (row["units"], row["scans_without_line"]) == (2, 2)


def test_breaks_wraps_and_delays_are_no_work(world: World, scanner: Scanner) -> None:
    for pause in ("break_toggle", "wrap", "delay"):
        later(world, scanner, 12, pause)
        later(world, scanner, 60, EAN)
    assert performance(world)["total"]["hours_worked"] == 0.6


def test_an_undone_break_was_work(world: World, scanner: Scanner) -> None:
    later(world, scanner, 12, "break_toggle")
    later(world, scanner, 60, "undo")
    assert performance(world)["total"]["hours_worked"] == 1.2


def test_an_undone_scan_does_not_count(world: World, scanner: Scanner) -> None:
    later(world, scanner, 12, EAN, EAN, "undo")
    assert figures(performance(world)["total"])[:2] == (1, 0.2)


def test_each_zone_and_each_day_has_a_row(world: World) -> None:
    for ref, zone in (("PA-1", "Ambient"), ("PA-2", "Frozen"), ("PA-3", "")):
        scanner = holding(world, ref, zone=zone, lines=[line(1, 9)])
        later(world, scanner, 6, "SKU-1")
        close(world.person("supervisor"), ref)
        world.clock.advance(hours=24)
    assert {row["zone"]: row["units"] for row in performance(world, "zone")["rows"]} == {
        "": 1,
        "Ambient": 1,
        "Frozen": 1,
    }
    assert by_day(world) == {"2026-03-01": (1, 0.1), "2026-03-02": (1, 0.1), "2026-03-03": (1, 0.1)}


def test_the_score_is_measured_by_the_standards_of_the_roles(world: World) -> None:
    for role, ref in (("picker", "PA-1"), ("operative", "PA-2")):
        scanner = holding(world, ref, role=role, lines=[line(1, 1000)])
        world.clock.advance(hours=1)
        assert set(scanner.send(*(scanner.scan("SKU-1") for _ in range(80)))) == {"accepted"}
        close(world.person("supervisor"), ref)
    assert figures(performance(world)["total"]) == (160, 2, 80, 80, 0)


def test_work_over_midnight_counts_on_both_days(world: World, scanner: Scanner) -> None:
    world.clock.advance(hours=14)
    later(world, scanner, 30, EAN, "break_toggle")
    later(world, scanner, 60, EAN, EAN)
    later(world, scanner, 30, EAN)
    assert by_day(world) == {"2026-03-01": (1, 14.5), "2026-03-02": (3, 0.5)}
    check_replay(world)


def test_days_begin_at_midnight_in_the_time_zone_of_the_organisation(world: World) -> None:
    set_time_zone(world, "Asia/Kathmandu")
    scanner = holding(world, lines=[line(1, 1000)])
    world.clock.advance(hours=9)
    later(world, scanner, 14, "SKU-1")
    later(world, scanner, 2, "SKU-1", "SKU-1")
    assert by_day(world) == {"2026-03-01": (1, 9.25), "2026-03-02": (2, 0.02)}
    assert performance(world)["timezone"] == "Asia/Kathmandu"
    check_replay(world)


def test_a_late_scan_counts_on_the_day_on_which_it_happened(world: World, scanner: Scanner) -> None:
    later(world, scanner, 30, EAN)
    late = scanner.scan()
    world.clock.advance(hours=24)
    later(world, scanner, 0, EAN)
    assert by_day(world)["2026-03-01"][0] == 1
    assert scanner.send(late) == ["accepted"]
    assert {day: units for day, (units, _) in by_day(world).items()} == {"2026-03-01": 2, "2026-03-02": 1}
    check_replay(world)


def test_a_scan_that_is_undone_the_next_day_leaves_its_own_day(world: World, scanner: Scanner) -> None:
    later(world, scanner, 30, EAN, EAN)
    later(world, scanner, 24 * 60, "undo")
    assert {day: units for day, (units, _) in by_day(world).items()} == {"2026-03-01": 1, "2026-03-02": 0}
    check_replay(world)


def test_a_break_that_is_undone_after_midnight_counts_on_both_days(world: World, scanner: Scanner) -> None:
    world.clock.advance(hours=14)
    later(world, scanner, 30, "break_toggle")
    later(world, scanner, 60, "undo")
    assert by_day(world) == {"2026-03-01": (0, 15), "2026-03-02": (0, 0.5)}
    check_replay(world)


def test_work_moves_to_the_zone_that_a_later_import_names(world: World, scanner: Scanner) -> None:
    later(world, scanner, 30, EAN)
    load(world, record(zone="Frozen", lines=[line(1, 1000, barcodes=[EAN])]))
    later(world, scanner, 30, EAN)
    assert [(row["zone"], *figures(row)[:2]) for row in performance(world, "zone")["rows"]] == [("Frozen", 2, 1)]


def test_everybody_who_shares_an_assignment_has_their_own_work(world: World, scanner: Scanner) -> None:
    later(world, scanner, 6, "shared_pick")
    second = Scanner(world, world.person("picker", full_name="Bert"))
    claim(second.person)
    later(world, second, 6, EAN, EAN)
    later(world, scanner, 6, EAN)
    rows = {row["user_name"]: figures(row)[:2] for row in performance(world)["rows"]}
    assert rows == {"Anna": (1, 0.3), "Bert": (2, 0.1)}
    release(world.person("supervisor"))
    rows = {row["user_name"]: figures(row)[:2] for row in performance(world)["rows"]}
    assert rows == {"Anna": (1, 0.3), "Bert": (2, 0.2)}
    check_replay(world)


def test_the_completion_of_a_long_shared_assignment_counts_for_all_of_its_holders(
    world: World, scanner: Scanner
) -> None:
    later(world, scanner, 6, "shared_pick")
    for number in range(7):
        claim(world.person("picker", full_name=f"Picker {number}"))
    world.clock.advance(minutes=60)
    close(world.person("supervisor"))
    assert performance(world)["total"]["hours_worked"] == 8.1
    assert len(performance(world)["rows"]) == 8
    check_replay(world)


def test_an_event_that_a_supervisor_accepts_counts_on_its_day(world: World, scanner: Scanner) -> None:
    stranger = Scanner(world, world.person("picker", full_name="Bert"))
    sent = stranger.scan(client_event_id=uuid4())
    assert stranger.send(sent) == ["not_your_assignment"]
    world.clock.advance(hours=24)
    path = f"/v1/picking/rejected-events/{sent['client_event_id']}/accept"
    assert world.person("supervisor").post(path, {}).status == 200
    [bert] = [row for row in performance(world)["rows"] if row["user_name"] == "Bert"]
    assert figures(bert)[:2] == (1, 0)
    assert by_day(world)["2026-03-01"][0] == 1


def test_a_failed_transaction_counts_nothing_twice(world: World, scanner: Scanner, engine: EmbeddedEngine) -> None:
    world.clock.advance(minutes=6)
    batch = [scanner.scan() for _ in range(5)]
    engine.fail_next("TransactWriteItems", "ThrottlingException", 1)
    scanner.batch(batch)
    assert scanner.send(*batch) == ["duplicate"] * 5
    assert figures(performance(world)["total"])[:2] == (5, 0.1)


def test_work_of_another_organisation_is_not_shown(world: World, scanner: Scanner) -> None:
    later(world, scanner, 6, EAN)
    answer = world.person("supervisor", OTHER).get(f"{PATH}?{PERIOD}")
    assert (answer.status, answer.json["rows"], answer.json["total"]["units"]) == (200, [], 0)
    assert answer.json["total"]["rate"] is None
    assert scanner.person.org_id == DEMO


@pytest.mark.parametrize("role", ["picker", "operative", "packer", "dispatcher"])
def test_who_may_not_read_the_performance_is_refused(world: World, role: str) -> None:
    assert world.person(role).get(f"{PATH}?{PERIOD}").status == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2026-01-01&to=2026-04-03", "from"),
        ("from=2025-01-01", "from"),
        ("from=2026-03-02", "from"),
        ("from=yesterday", "from"),
        ("from=2026-02-30", "from"),
        ("by=role", "by"),
        ("from=0001-01-01", "from"),
    ],
)
def test_an_invalid_period_is_refused(world: World, query: str, field: str) -> None:
    answer = world.person("supervisor").get(f"{PATH}?{query}")
    assert (answer.status, set(answer.fields)) == (422, {field}), answer.text


@pytest.mark.parametrize("period", ["from=2026-01-30&to=2026-05-01", "from=9999-12-31&to=9999-12-31", "to=0001-01-01"])
def test_a_period_of_up_to_92_days_is_accepted(world: World, period: str) -> None:
    assert performance(world, period=period)["rows"] == []


def test_the_period_is_the_last_week_unless_it_is_named(world: World, scanner: Scanner) -> None:
    later(world, scanner, 6, EAN)
    world.clock.advance(hours=6 * 24)
    report = performance(world, period="")
    assert (report["from"], report["to"], len(report["rows"])) == ("2026-03-01", "2026-03-07", 1)
    world.clock.advance(hours=24)
    assert performance(world, period="")["rows"] == []


def test_units_of_weight_are_shown_without_trailing_zeros(world: World) -> None:
    scanner = holding(world, zone="Ambient", lines=[line(1, 3, uom="kg")])
    later(world, scanner, 30, "(01)05901234123457(3103)002500")
    assert csv_of(world, "&by=zone").text.split("\r\n")[1].startswith("Ambient,2.5,")


def csv_of(world: World, query: str, accept: str = "text/csv") -> Answer:
    answer = world.person("supervisor").get(f"{PATH}?{PERIOD}{query}", Accept=accept)
    assert answer.status == 200
    return answer


def test_the_report_can_be_had_as_csv(world: World, scanner: Scanner) -> None:
    later(world, scanner, 30, *[EAN] * 30)
    answer = csv_of(world, "")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="performance-2026-02-01-2026-04-30.csv"'
    assert answer.text.split("\r\n") == [
        "user_id,user_name,units,hours_worked,rate,score_pct,scans_without_line",
        f"{scanner.person.user_id},Anna,30,0.50,60.0,50.0,0",
        "",
    ]
    assert csv_of(world, "&by=zone").text.split("\r\n")[1] == "Ambient,30,0.50,60.0,50.0,0"
    assert csv_of(world, "&by=day").text.split("\r\n")[1] == "2026-03-01,30,0.50,60.0,50.0,0"


@pytest.mark.parametrize(
    ("accept", "is_csv"),
    [
        ("text/csv, application/json;q=0.9", True),
        ("TEXT/CSV", True),
        ("*/*", False),
        ("application/json, text/csv;q=0.5", False),
        ("text/csv;q=0", False),
        ("text/html", False),
    ],
)
def test_the_accept_header_decides_between_json_and_csv(world: World, accept: str, is_csv: bool) -> None:
    assert csv_of(world, "", accept).headers["Content-Type"].startswith("text/csv") == is_csv


def test_a_name_is_no_formula_in_the_csv(world: World) -> None:
    scanner = Scanner(world, at_work(world, full_name="=1+1", lines=[line(1, 9)]))
    later(world, scanner, 6, "SKU-1")
    assert ",'=1+1," in csv_of(world, "").text


def test_the_read_takes_two_round_trips_however_long_the_ledgers_are(
    world: World, scanner: Scanner, engine: EmbeddedEngine
) -> None:
    def calls() -> dict[str, int]:
        seen: dict[str, int] = {}
        boss = world.person("supervisor")
        for operation in ("Query", "BatchGetItem", "GetItem", "Scan"):
            engine.before(operation, lambda name, _: seen.update({name: seen.get(name, 0) + 1}))
        assert boss.get(f"{PATH}?{PERIOD}").status == 200
        engine.remove_hooks()
        return seen

    before = calls()
    later(world, scanner, 6, *[EAN] * 200)
    assert calls() == before == {"BatchGetItem": 1, "Query": 14}
