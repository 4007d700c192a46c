"""Tests of modules and packs: recording and listing them, and what a seal and a PASS need."""

import json
from collections.abc import Callable

import pytest

from chalicelib.core.store import get
from chalicelib.manufacturing.quality.tests.tables import record_key
from chalicelib.manufacturing.traceability.tables import serial_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import CHARGED, INSULATED, MODULE_TESTS, TESTS, Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, World

LARGEST = 3_000_000
"""The largest response in bytes, including the quoting of its envelope."""


def insulation(value: float, unit: str = "MOhm") -> Data:
    return {"Insulation": {"value": value, "unit": unit}}


def details(answer: Answer) -> Data:
    found: Data = answer.json["error"]["details"]
    return found


def recorded(line: Line, unit: Data, query: str = "") -> Data:
    answer = line.viewer.get(f"/v1/units/{unit['serial']}/tests{query}")
    assert answer.status == 200, answer
    assert len(json.dumps(answer.text)) < LARGEST
    page: Data = answer.json
    return page


def planned_pack(line: Line) -> Data:
    return line.ready_pack(line.batch(tests=TESTS))


def all_tests(line: Line, unit: Data, limit: int, step: str = "") -> list[Data]:
    """Return all tests, page by page."""
    chosen = f"&step={step}" if step else ""
    page = recorded(line, unit, f"?limit={limit}{chosen}")
    found = page["data"]
    while page["meta"]["nextCursor"] is not None:
        assert len(page["data"]) <= limit
        page = recorded(line, unit, f"?limit={limit}&cursor={page['meta']['nextCursor']}{chosen}")
        found += page["data"]
    return list(found)


def stored_often(line: Line, unit: Data, number: int, measurements: Data) -> None:
    """Record a test, and store it so often, with the steps A and B in turn."""
    data(line.record_test(unit, "A", measurements=measurements), 201)
    pk = line.stored_pack(unit).pk
    first = get(record_key(pk, 1))
    assert first is not None
    values = {name: value for name, value in first.attribute_values.items() if name not in ("pk", "sk")}
    for place in range(2, number + 1):
        record_key(pk, place).new(**values | {"number": place, "step": "AB"[(place - 1) % 2]}).save()


def test_test_is_recorded_with_everything_and_shown(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    sent: Data = {
        "station": "EOL-2",
        "program": "eol 4.2",
        "startedAt": "2026-03-15T12:40:00Z",
        "finishedAt": "2026-03-15T13:52:10+01:00",
        "measurements": insulation(812.4000000000001),
    }
    made = data(line.record_test(pack, **sent), 201)
    assert made == {
        **sent,
        "finishedAt": "2026-03-15T12:52:10Z",
        "measurements": insulation(812.4),
        "number": 1,
        "step": "EOL",
        "result": "PASS",
        "passed": True,
        "attempt": 1,
        "recordedAt": made["recordedAt"],
        "recordedBy": line.name_of(line.qa),
        "recordedById": line.qa.user_id,
    }
    assert recorded(line, pack) == {"success": True, "data": [made], "meta": {"nextCursor": None}}
    assert data(line.viewer.get(f"/v1/packs/{pack['id']}"))["tests"] == [made]
    row, changes = line.row(pack["id"], "TEST_RECORDED")
    assert row.entity_type == "pack"
    assert json.dumps(changes).count("812.4") == 1


@pytest.mark.parametrize(
    ("result", "value", "failures"),
    [
        ("PASS", 500, []),
        ("PASS", 499.9999996, []),  # rounded to 500
        ("PASS", 499.9, [{"name": "Insulation", "problem": "below"}]),
        ("FAIL", 800, []),
        ("PASS", None, [{"name": "Insulation", "problem": "missing"}]),
    ],
)
def test_test_passes_by_its_result_and_within_the_limits(
    world: World, result: str, value: float | None, failures: list[Data]
) -> None:
    line = Line(world)
    pack = planned_pack(line)
    measured = {} if value is None else insulation(value)
    made = data(line.record_test(pack, result=result, measurements=measured), 201)
    assert made.get("failures", []) == failures
    assert made["passed"] == (result == "PASS" and not failures)
    assert line.dispose(pack, "PASS").status == (200 if made["passed"] else 409)


def test_pass_needs_the_newest_test_of_every_required_step(world: World) -> None:
    line = Line(world)
    steps = [*TESTS, {"step": "Capacity", "required": True}]
    pack = line.ready_pack(line.batch(tests=steps))

    def problems() -> list[Data]:
        answer = line.dispose(pack, "PASS")
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        assert len(details(answer)["missing"]) == len(details(answer)["tests"])
        return list(details(answer)["tests"])

    assert problems() == [{"step": "EOL", "problem": "missing"}, {"step": "Capacity", "problem": "missing"}]
    data(line.record_test(pack, measurements=INSULATED), 201)
    data(line.record_test(pack, measurements=insulation(3)), 201)
    data(line.record_test(pack, "Capacity"), 201)
    data(line.record_test(pack, "Leak", "FAIL"), 201)  # not required
    assert problems() == [{"step": "EOL", "problem": "failed"}]
    data(line.record_test(pack, measurements=INSULATED, startedAt="2020-01-01T00:00:00Z"), 201)
    assert data(line.dispose(pack, "PASS"))["status"] == "FINALIZED"


def test_measurements_and_tests_that_are_missing_are_named_together(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch(tests=TESTS, limits={"Voltage": {"min": 1, "unit": "V"}}))
    answer = line.dispose(pack, "PASS")
    assert details(answer)["missing"] == ["Voltage is missing", "step EOL has no test"]
    assert [entry["name"] for entry in details(answer)["measurements"]] == ["Voltage"]
    for disposition in ("QUARANTINE", "FAIL"):
        data(line.dispose(pack, disposition))


def test_earlier_tests_do_not_count_after_rework_or_a_return(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    data(line.record_test(pack, measurements=INSULATED), 201)
    data(line.rework(pack))
    in_rework = data(line.record_test(pack, measurements=INSULATED), 201)
    assert "attempt" not in in_rework
    data(line.seal("packs", pack))
    assert details(line.dispose(pack, "PASS"))["tests"] == [{"step": "EOL", "problem": "outdated"}]
    assert data(line.record_test(pack, measurements=INSULATED), 201)["attempt"] == 2
    data(line.dispose(pack, "PASS"))
    data(line.ship(pack))
    data(line.take_back(pack), 201)
    assert details(line.dispose(pack, "PASS"))["tests"] == [{"step": "EOL", "problem": "outdated"}]
    assert [test["number"] for test in recorded(line, pack)["data"]] == [3, 2, 1]


def test_module_is_sealed_only_after_its_tests(world: World) -> None:
    line = Line(world)
    module = line.full_module(line.batch(moduleTests=MODULE_TESTS))
    answer = line.seal("modules", module)
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert details(answer)["tests"] == [{"step": "OCV", "problem": "missing"}]
    failed = data(line.record_test(module, "OCV", measurements={"Voltage": {"value": 149, "unit": "V"}}), 201)
    assert failed["failures"] == [{"name": "Voltage", "problem": "below"}]
    assert details(line.seal("modules", module))["tests"] == [{"step": "OCV", "problem": "failed"}]
    made = data(line.record_test(module, "OCV", measurements=CHARGED), 201)
    assert made["moduleVersion"] == line.stored_module(module).version
    assert "attempt" not in made
    data(line.seal("modules", module))
    assert data(line.viewer.get(f"/v1/modules/{module['id']}"))["tests"] == [failed, made]


def test_module_is_tested_again_after_a_cell_was_exchanged(world: World) -> None:
    line = Line(world)
    module = line.full_module(line.batch(moduleTests=MODULE_TESTS))
    data(line.record_test(module, "OCV", measurements=CHARGED), 201)
    data(line.unbind(module, line.cells_of(module)[0]))
    data(line.bind(module, line.serial("C")))
    assert details(line.seal("modules", module))["tests"] == [{"step": "OCV", "problem": "outdated"}]
    data(line.record_test(module, "OCV", measurements=CHARGED), 201)
    data(line.seal("modules", module))


def test_steps_of_packs_are_not_those_of_modules(world: World) -> None:
    line = Line(world)
    batch = line.batch(moduleTests=MODULE_TESTS, tests=[])
    module = line.full_module(batch)
    data(line.record_test(module, "EOL", measurements=insulation(1, "kOhm")), 201)  # no limits, any unit
    assert line.seal("modules", module).status == 409


def test_units_are_tested_in_every_status(world: World) -> None:
    line = Line(world)
    batch = line.batch(tests=TESTS)
    pack, module = line.pack(batch), line.module(batch)
    assert "attempt" not in data(line.record_test(pack, measurements=INSULATED), 201)
    data(line.void(pack))
    data(line.scrap(module))
    for unit in (pack, module):
        data(line.record_test(unit, "Autopsy", "FAIL"), 201)
    passed = planned_pack(line)
    data(line.record_test(passed, measurements=INSULATED), 201)
    data(line.dispose(passed, "PASS"))
    data(line.record_test(passed, "EOL", "FAIL"), 201)
    assert data(line.viewer.get(f"/v1/packs/{passed['id']}"))["disposition"] == "PASS"


def test_serials_without_unit_are_refused(world: World) -> None:
    line, theirs = Line(world), Line(world, OTHER)
    their_pack = theirs.ready_pack(theirs.batch())
    module = line.full_module(line.batch())
    cell = {"serial": line.cells_of(module)[0]}
    for unit in ({"serial": "unknown"}, their_pack):
        answers = [line.record_test(unit), line.viewer.get(f"/v1/units/{unit['serial']}/tests")]
        assert [(answer.status, answer.code) for answer in answers] == [(404, "NOT_FOUND")] * 2
        assert details(answers[0])["serial"] == unit["serial"]
    answers = [line.record_test(cell), line.viewer.get(f"/v1/units/{cell['serial']}/tests")]
    assert [(answer.status, set(answer.fields)) for answer in answers] == [(422, {"serial"})] * 2
    assert recorded(theirs, their_pack)["data"] == []


def test_scanned_serial_names_the_unit(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.module(batch, "M-77")
    made = line.qa.post("/v1/units/(21)M-77/tests", {"step": "A", "result": "PASS", "measurements": {}})
    assert data(made, 201)["number"] == 1
    assert len(recorded(line, {"serial": "(21)M-77"})["data"]) == 1


def test_every_invalid_field_is_named(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    body = {
        "step": " ",
        "station": "x" * 65,
        "startedAt": "2026-03-15T12:40:00",
        "finishedAt": "yesterday",
        "result": "OK",
        "measurements": {"A": {"value": "1", "unit": "V"}, "B": {"value": 2e9, "unit": "V"}},
        "program": "",
        "operator": "me",
    }
    answer = line.qa.post(f"/v1/units/{pack['serial']}/tests", body)
    assert answer.status == 422
    assert set(answer.fields) == {*(set(body) - {"measurements"}), "measurements.A.value", "measurements.B.value"}
    reversed_times = {"startedAt": "2026-03-15T12:40:00Z", "finishedAt": "2026-03-15T12:39:59Z"}
    assert set(line.record_test(pack, **reversed_times).fields) == {"finishedAt"}
    many = {f"M{number}": {"value": 1, "unit": "V"} for number in range(201)}
    assert set(line.record_test(pack, measurements=many).fields) == {"measurements"}
    assert set(line.record_test(pack, measurements=insulation(5, "kOhm")).fields) == {"measurements.Insulation.unit"}
    assert recorded(line, pack)["data"] == []


def test_only_quality_records_tests(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    answer = line.production.post(
        f"/v1/units/{pack['serial']}/tests", {"step": "A", "result": "PASS", "measurements": {}}
    )
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_repeated_request_records_one_test(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    answers = [line.record_test(pack, measurements=INSULATED, key="k") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(recorded(line, pack)["data"]) == 1


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_tests_are_listed_by_page_and_step(world: World, limit: int) -> None:
    line = Line(world)
    pack = planned_pack(line)
    stored_often(line, pack, 11, insulation(7))
    assert [test["number"] for test in all_tests(line, pack, limit)] == list(range(11, 0, -1))
    assert [test["number"] for test in all_tests(line, pack, limit, "A")] == [11, 9, 7, 5, 3, 1]
    assert all_tests(line, pack, limit, "C") == []
    cursor = recorded(line, pack, "?limit=1")["meta"]["nextCursor"]
    answer = line.viewer.get(f"/v1/units/{planned_pack(line)['serial']}/tests?cursor={cursor}")
    assert (answer.status, set(answer.fields)) == (422, {"cursor"})


def test_responses_are_bounded_for_five_hundred_tests_of_two_hundred_measurements(
    world: World, engine: EmbeddedEngine
) -> None:
    line, letter = Line(world), "\N{BATTERY}"
    names = [f"{number:03d}{letter * 61}" for number in range(200)]
    pack = planned_pack(line)
    stored_often(line, pack, 500, {name: {"value": -987654321.123456, "unit": letter * 16} for name in names})
    answer = line.viewer.get(f"/v1/packs/{pack['id']}")
    assert answer.status == 200
    assert len(json.dumps(answer.text)) < LARGEST
    for query in ("?limit=100", "?limit=100&step=C"):
        with counted_trips(engine) as made:
            page = recorded(line, pack, query)
        assert len(made) == 2
        assert page["meta"]["nextCursor"] is not None
        assert len(page["data"]) < 100


def test_recording_takes_three_round_trips(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch(tests=TESTS, moduleTests=MODULE_TESTS)
    module = line.full_module(batch)

    def trips_of(call: Callable[[], object]) -> int:
        with counted_trips(engine) as made:
            call()
        return len(made)

    for _ in range(2):
        assert trips_of(lambda: data(line.record_test(module, "OCV", measurements=CHARGED), 201)) == 3
    assert trips_of(lambda: data(line.seal("modules", module))) == 3


def test_units_of_earlier_versions_are_tested(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    number = get(serial_key(pack["serial"]))
    assert number is not None
    number.sku_id = None
    number.save()
    assert data(line.record_test(pack, measurements=insulation(3)), 201)["passed"] is False
