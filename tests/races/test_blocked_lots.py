"""Scanners that bind cells of a lot at the moment when it is blocked."""

from collections.abc import Callable, Sequence
from functools import partial

from tests.builders.manufacturing import Line, data
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
