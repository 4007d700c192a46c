"""Tests that are recorded while a unit is sealed or passed."""

from collections.abc import Callable
from functools import partial

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import CHARGED, INSULATED, MODULE_TESTS, TESTS, Data, Line, data
from tests.builders.world import Answer, World
from tests.races.crowd import at_once

COMMIT = "TransactWriteItems"
STATIONS = 16


def before_commit(engine: EmbeddedEngine, act: Callable[[], object], request: Callable[[], Answer]) -> Answer:
    """Make the request, and call `act` just before its first commit."""

    def call(*_: object) -> None:
        act()

    with engine.before(COMMIT, call, times=1):
        return request()


def numbers(line: Line, unit: Data) -> list[int]:
    answer = line.viewer.get(f"/v1/units/{unit['serial']}/tests?limit=100")
    return [test["number"] for test in answer.json["data"]]


@pytest.mark.parametrize("result", ["PASS", "FAIL"])
def test_pass_counts_the_test_that_arrives_before_its_commit(
    arena: World, embedded: EmbeddedEngine, result: str
) -> None:
    line = Line(arena)
    pack = line.ready_pack(line.batch(tests=TESTS))
    data(line.record_test(pack, measurements=INSULATED), 201)
    another = partial(line.record_test, pack, result=result, measurements=INSULATED)
    answer = before_commit(embedded, lambda: data(another(), 201), lambda: line.dispose(pack, "PASS"))
    assert answer.status == (200 if result == "PASS" else 409)
    assert numbers(line, pack) == [2, 1]


def test_seal_counts_the_test_that_arrives_before_its_commit(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch(moduleTests=MODULE_TESTS))
    data(line.record_test(module, "OCV", measurements=CHARGED), 201)
    fail = partial(line.record_test, module, "OCV", "FAIL")
    answer = before_commit(embedded, lambda: data(fail(), 201), lambda: line.seal("modules", module))
    assert answer.json["error"]["details"]["tests"] == [{"step": "OCV", "problem": "failed"}]


def test_test_of_a_pack_that_is_reworked_meanwhile_does_not_count(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    pack = line.ready_pack(line.batch(tests=TESTS))

    def rework() -> None:
        data(line.rework(pack))
        data(line.seal("packs", pack))

    data(before_commit(embedded, rework, lambda: line.record_test(pack, measurements=INSULATED)), 201)
    assert line.dispose(pack, "PASS").status == 409


def test_test_of_a_module_that_is_changed_meanwhile_does_not_count(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch(moduleTests=MODULE_TESTS))

    def exchange() -> None:
        data(line.unbind(module, line.cells_of(module)[0]))
        data(line.bind(module, line.serial("C")))

    data(before_commit(embedded, exchange, lambda: line.record_test(module, "OCV", measurements=CHARGED)), 201)
    assert line.seal("modules", module).status == 409


def test_no_test_is_lost_among_many_and_a_pass(arena: World) -> None:
    line = Line(arena)
    pack = line.ready_pack(line.batch(tests=TESTS))
    data(line.record_test(pack, measurements=INSULATED), 201)

    def record(place: int) -> Answer:
        return line.record_test(pack, "EOL", "FAIL" if place % 2 else "PASS", measurements=INSULATED)

    answers = at_once([partial(line.dispose, pack, "PASS"), *(partial(record, place) for place in range(STATIONS))])
    recorded = [answer.json["data"]["number"] for answer in answers[1:] if answer.status == 201]
    assert answers[0].status in (200, 409)
    assert {answer.status for answer in answers[1:]} <= {201, 409}  # those whose attempts are used up are not recorded
    report = line.viewer.get("/v1/reports/line").json["data"]["total"]
    assert report["tests"] == len(recorded) + 1
    assert report["passed"] == (answers[0].status == 200)
    assert sorted([1, *recorded]) == sorted(numbers(line, pack)) == list(range(1, len(recorded) + 2))
