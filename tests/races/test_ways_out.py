"""Simultaneous requests around what ends the work on a batch, module or pack."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from tests.builders.manufacturing import Line, data, registered
from tests.builders.world import Answer, World
from tests.races.crowd import at_once

SCANNERS = 64


def test_no_cell_is_bound_after_the_batch_is_completed(arena: World) -> None:
    line = Line(arena)
    outcomes: Counter[tuple[int, str]] = Counter()
    for turn in range(2):
        batch = line.batch(cellsPerModule=2, modulesPerPack=1)
        line.finished_pack(batch)
        modules = [line.module(batch) for _ in range(SCANNERS - 1)]

        def scan(number: int, turn: int = turn, modules: list[dict[str, str]] = modules) -> list[Answer]:
            """Fill a module and seal it."""
            module, cells = modules[number], [f"{turn}-{number}-{place}" for place in range(2)]
            return [*(line.bind(module, cell) for cell in cells), line.seal("modules", module)]

        def complete(path: str = f"/v1/batches/{batch['id']}/complete") -> list[Answer]:
            return [line.qa.patch(path)]

        calls: list[Callable[[], list[Answer]]] = [complete, *(partial(scan, number) for number in range(len(modules)))]
        answers_of = at_once(calls)
        assert [answer.status for answer in answers_of[0]] == [200]
        for module, answers in zip(modules, answers_of[1:], strict=True):
            stored, cells = line.stored_module(module), line.cells_of(module)
            assert len(cells) == stored.bound == sum(answer.status == 200 for answer in answers[:2])
            assert (stored.status == "SEALED") == (answers[2].status == 200)
            assert all((number := registered(cell)) and number.holder_id == module["id"] for cell in cells)
            outcomes.update((answer.status, answer.code if answer.status == 409 else "") for answer in answers)
            late = [line.bind(module, f"late-{module['id']}"), line.seal("modules", module)]
            assert {answer.status for answer in late} == {409}
        assert line.stored_batch(batch).status == "COMPLETED"
        assert line.counted("module", batch["id"])["SEALED"] - 1 == sum(
            line.stored_module(module).status == "SEALED" for module in modules
        )
    assert set(outcomes) <= {(200, ""), (409, "WORKFLOW_VIOLATION")}
    assert data(line.viewer.get("/v1/batches?status=COMPLETED"))
