"""The report on the line: yields, failures by measurement, Cp and Cpk, by SKU, batch and station."""

import csv
import io
from decimal import Decimal
from functools import partial
from random import Random

import pytest

from chalicelib.core.store import Query
from chalicelib.manufacturing.quality.reports.tables import DISPOSED, LineTotalKey, line_total_key
from chalicelib.manufacturing.quality.tables import DISPOSITION, DispositionRecord
from chalicelib.manufacturing.quality.tests.tables import TEST, UnitTestRecord
from infra.local.engine import EmbeddedEngine
from tests.builders.line_report import COUNTS, asked, counts, expected_capability, recounted, report
from tests.builders.manufacturing import INSULATED, MODULE_TESTS, TESTS, Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, World

LIMITS = {"Voltage": {"min": 350, "max": 420.5, "unit": "V"}}


def volts(value: float) -> Data:
    return {"Voltage": {"value": value, "unit": "V"}}


def row_of(line: Line, query: str) -> Data:
    """Return the only row of a report."""
    [row] = report(line.viewer, query)["rows"]
    return dict(row)


def test_first_pass_yield_counts_first_dispositions(world: World) -> None:
    line = Line(world)
    batch = line.batch(limits=LIMITS, cellsPerModule=1, modulesPerPack=1)
    first = line.ready_pack(batch)
    data(line.dispose(first, "PASS", measurements=volts(384)))
    held = line.ready_pack(batch)
    data(line.dispose(held, "QUARANTINE", measurements=volts(349)))
    data(line.dispose(held, "PASS", measurements=volts(351)))
    reworked = line.ready_pack(batch)
    data(line.dispose(reworked, "FAIL", measurements=volts(425)))
    data(line.rework(reworked))
    data(line.seal("packs", reworked))
    data(line.dispose(reworked, "PASS", measurements=volts(400)))
    opened = line.ready_pack(batch)  # reworked before the first disposition
    data(line.rework(opened))
    data(line.seal("packs", opened))
    data(line.dispose(opened, "PASS", measurements=volts(390)))
    data(line.ship(opened))
    data(line.take_back(opened), 201)
    data(line.dispose(opened, "FAIL"))
    check_first_passes(line, batch)


def check_first_passes(line: Line, batch: Data) -> None:
    """Check the report on the packs of the test above."""
    row = row_of(line, "by=batch")
    assert counts(row) == {"firstDispositions": 4, "firstPassed": 2, "passed": 4, "failed": 2, "quarantined": 1}
    assert (row["firstPassYield"], row["finalYield"], row["testYield"]) == (0.5, 0.666667, None)
    assert (row["batchId"], row["skuId"], row["skuName"], row["station"]) == (
        batch["id"], batch["skuId"], batch["sku"]["name"], None,
    )  # fmt: skip
    [voltage] = row["measurements"]
    values = [Decimal(value) for value in (384, 349, 351, 425, 400, 390)]
    expected = expected_capability(values, Decimal(350), Decimal("420.5"))
    assert {name: voltage[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert (voltage["count"], voltage["below"], voltage["above"], voltage["missing"]) == (6, 1, 1, 0)
    assert (voltage["source"], voltage["step"], voltage["min"], voltage["max"]) == ("disposition", None, 350, 420.5)
    total = report(line.viewer)["total"]
    assert {name: total[name] for name in COUNTS} == {name: row[name] for name in COUNTS}


def test_tests_count_by_sku_and_station(world: World) -> None:
    line = Line(world)
    batch = line.batch(tests=TESTS, moduleTests=MODULE_TESTS, cellsPerModule=1, modulesPerPack=1)
    module = line.full_module(batch)
    for value, station in ((149, "OCV-1"), (160, "OCV-2")):
        data(line.record_test(module, "OCV", station=station, measurements=volts(value)), 201)
    data(line.seal("modules", module))
    pack = line.pack(batch, [module])
    data(line.seal("packs", pack))
    data(line.record_test(pack, station="EOL-1", measurements={}), 201)
    data(line.record_test(pack, "Leak", "FAIL", measurements=volts(1)), 201)
    data(line.record_test(pack, station="EOL-1", measurements=INSULATED), 201)
    data(line.dispose(pack, "PASS"))
    row = row_of(line, "by=sku")
    assert counts(row) == {"firstDispositions": 1, "firstPassed": 1, "passed": 1, "tests": 5, "testsFailed": 3}
    assert row["testYield"] == 0.4
    measured = {(entry["source"], entry["step"], entry["name"]): entry for entry in row["measurements"]}
    assert set(measured) == {("moduleTest", "OCV", "Voltage"), ("packTest", "EOL", "Insulation")}
    ocv, eol = measured["moduleTest", "OCV", "Voltage"], measured["packTest", "EOL", "Insulation"]
    assert (ocv["count"], ocv["below"], ocv["mean"]) == (2, 1, 154.5)
    assert (eol["count"], eol["missing"], eol["mean"], eol["standardDeviation"], eol["cp"], eol["cpk"]) == (
        1, 1, 812.5, None, None, None,
    )  # fmt: skip
    rows = {row["station"]: counts(row) for row in report(line.viewer, "by=station")["rows"]}
    assert rows == {
        None: {"tests": 1, "testsFailed": 1},
        "OCV-1": {"tests": 1, "testsFailed": 1},
        "OCV-2": {"tests": 1},
        "EOL-1": {"firstDispositions": 1, "firstPassed": 1, "passed": 1, "tests": 2, "testsFailed": 1},
    }


def test_counts_equal_a_recount_after_many_steps(world: World) -> None:
    line, random = Line(world), Random(7)
    batches = [line.batch(tests=TESTS, cellsPerModule=1, modulesPerPack=1) for _ in range(2)]
    packs = [line.ready_pack(random.choice(batches)) for _ in range(6)]
    for _ in range(60):
        pack = random.choice(packs)
        step = random.choice(["test", "test", "PASS", "FAIL", "QUARANTINE", "rework"])
        if step == "test":
            station, result = random.choice(["A", "B", None]), random.choice(["PASS", "PASS", "FAIL"])
            fields = {} if station is None else {"station": station}
            data(line.record_test(pack, "EOL", result, measurements=INSULATED, **fields), 201)
        elif step == "rework":
            line.rework(pack)
            line.seal("packs", pack)
        else:
            line.dispose(pack, step)
    tests: list[UnitTestRecord] = []
    decided: list[DispositionRecord] = []
    for pk in [line.stored_pack(pack).pk for pack in packs]:
        tests += Query(UnitTestRecord, pk, range_condition=UnitTestRecord.sk.startswith(TEST)).all()
        of_pack = DispositionRecord.sk.startswith(DISPOSITION)
        decided += Query(DispositionRecord, pk, range_condition=of_pack).all()
    for by in ("sku", "batch", "station"):
        answer = report(line.viewer, f"by={by}")
        assert counts(answer["total"]) == recounted(decided, tests)
        assert sum(entry["count"] for row in answer["rows"] for entry in row["measurements"]) == len(tests)


def test_days_are_those_of_the_organisation(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    general = "/v1/organisation/settings/general"
    assert line.admin.put(general, {"timezone": "Pacific/Kiritimati"}).status == 200
    data(line.record_test(pack), 201)  # at 09:00 UTC
    local = report(line.viewer)
    assert (local["timezone"], local["to"]) == ("Pacific/Kiritimati", "2026-03-01")
    world.clock.advance(hours=2)
    line = Line(world)  # signed in again
    data(line.record_test(pack, result="FAIL"), 201)
    assert counts(row_of(line, "from=2026-03-01&to=2026-03-01")) == {"tests": 1}
    assert counts(row_of(line, "from=2026-03-02&to=2026-03-02")) == {"tests": 1, "testsFailed": 1}
    assert report(line.viewer, "to=2026-02-28")["rows"] == []


def test_csv_has_a_row_for_each_measurement(world: World) -> None:
    line = Line(world)
    batch = line.batch(tests=TESTS)
    pack = line.ready_pack(batch)
    for value in (500, 600):
        data(line.record_test(pack, measurements={"Insulation": {"value": value, "unit": "MOhm"}}), 201)
    data(line.record_test(line.ready_pack(line.batch())), 201)
    answer = asked(line.viewer, "by=batch", accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    found = {row["batchId"]: (row["tests"], row["step"], row["name"], row["mean"], row["cpk"]) for row in rows}
    assert found.pop(batch["id"]) == ("2", "EOL", "Insulation", "550", "0.235702")
    assert list(found.values()) == [("1", "", "", "", "")]
    assert "line-" in answer.headers["Content-Disposition"]
    by_station = asked(line.viewer, "by=station", accept="text/csv").text.splitlines()[0]
    assert by_station.startswith("station,firstDispositions,")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2025-03-01&to=2026-03-02", "from"),
        ("from=yesterday", "from"),
        ("by=colour", "by"),
        ("per=sku", "per"),
    ],
)
def test_invalid_queries_are_refused(world: World, query: str, field: str) -> None:
    answer = Line(world).viewer.get(f"/v1/reports/line?{query}")
    assert (answer.status, set(answer.fields)) == (422, {field})


def test_report_of_a_year_takes_two_round_trips_and_shows_no_other_organisation(
    world: World, engine: EmbeddedEngine
) -> None:
    line, theirs = Line(world), Line(world, OTHER)
    data(theirs.record_test(theirs.ready_pack(theirs.batch())), 201)
    with counted_trips(engine) as made:
        answer = report(line.viewer, "from=2025-03-02&to=2026-03-02&by=station")
    assert len(made) == 2
    assert (answer["rows"], answer["total"]["tests"]) == ([], 0)


def test_report_with_too_many_rows_is_refused(world: World) -> None:
    line = Line(world)
    sku = {"sku_id": "SKU-1", "sku_name": "A", "tests": 1}
    for number in range(5001):
        about = LineTotalKey("2026-03-01", DISPOSED, f"BAT-{number}")
        line_total_key(line.org_id, about, number % 4).new(**sku).save()
    answer = line.viewer.get("/v1/reports/line?from=2026-03-01&to=2026-03-01&by=batch")
    assert (answer.status, set(answer.fields)) == (422, {"from"})
    assert counts(row_of(line, "from=2026-03-01&to=2026-03-01&by=sku")) == {"tests": 5001}


def test_steps_of_a_day_stay_within_three_round_trips(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch(tests=TESTS))
    record = partial(line.record_test, pack, measurements=INSULATED)
    for call, status in ((record, 201), (record, 201), (partial(line.dispose, pack, "PASS"), 200)):
        with counted_trips(engine) as made:
            data(call(), status)
        assert len(made) == 3
