"""Simultaneous requests around the lots of cells: blocks, corrections and moves."""

from collections.abc import Callable, Sequence
from functools import partial

from tests.builders.manufacturing import Line, data, registered
from tests.builders.world import Answer, World
from tests.races.crowd import at_once

SCANNERS = 64


def test_no_cell_is_bound_after_its_lot_is_blocked(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=4)
    data(line.production.post("/v1/cell-lots", {"lot": "BAD"}), 201)
    modules = [line.module(batch) for _ in range(SCANNERS - 1)]

    def scan(number: int) -> Sequence[Answer]:
        return [line.bind(modules[number], f"{number}-{place}", "bad") for place in range(3)]

    def block() -> Sequence[Answer]:
        answer = line.qa.patch("/v1/cell-lots/BAD/status", {"status": "BLOCKED", "reason": "swollen"})
        late = line.bind(modules[0], "late", "BAD")
        return [answer, late]

    calls: list[Callable[[], Sequence[Answer]]] = [*(partial(scan, number) for number in range(len(modules))), block]
    *answers_of, (answer, late) = at_once(calls)
    assert (answer.status, late.code) == (200, "LOT_BLOCKED")
    for module, answers in zip(modules, answers_of, strict=True):
        codes = [one.code if one.status != 200 else "" for one in answers]
        assert set(codes) <= {"", "LOT_BLOCKED"}
        assert codes == sorted(codes), "a cell was bound after another was refused"
        assert line.stored_module(module).bound == codes.count("")


def test_recall_finds_a_cell_once_while_it_is_moved_and_corrected(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other = line.module(batch), line.module(batch)
    data(line.bind(one, "C-1", "L-0"))

    def move() -> list[Answer]:
        return [line.unbind(one, "C-1"), line.bind(other, "C-1"), line.unbind(other, "C-1"), line.bind(one, "C-1")]

    def correct(number: int) -> list[Answer]:
        body = {"lot": f"L-{number}", "reason": "misread"}
        return [line.qa.patch("/v1/cells/C-1/lot", body)]

    calls: list[Callable[[], list[Answer]]] = [move, *(partial(correct, number) for number in (1, 2, 3))]
    answers = at_once(calls)
    given = [number for number, (answer,) in enumerate(answers[1:], 1) if answer.status == 200]
    assert {answer.status for each in answers for answer in each} <= {200, 409}
    number = registered("C-1")
    assert number is not None
    place = number.holder_id or "C-1"
    for lot in ("L-0", *(f"L-{number}" for number in given)):
        found = line.viewer.get(f"/v1/trace/affected?cellLot={lot}").json["data"]
        assert [(unit["id"], unit["cells"]) for unit in found] == [(place, 1)], lot
