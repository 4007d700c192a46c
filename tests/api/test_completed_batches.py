"""In a completed batch nothing is created, bound or sealed any more."""

from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import Answer, World


def completed(line: Line) -> tuple[Data, list[Data]]:
    """Return a completed batch, and three of its modules: without cells, with one of two, and full."""
    batch = line.batch()
    modules = [line.module(batch), line.module(batch), line.full_module(batch)]
    data(line.bind(modules[1], line.serial("C")))
    line.finished_pack(batch)
    return data(line.qa.patch(f"/v1/batches/{batch['id']}/complete")), modules


def refused(answer: Answer, batch: Data, action: str) -> None:
    """Check that a step of a module is refused because of its batch."""
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    details = answer.json["error"]["details"]
    assert (details["action"], details["batchId"]) == (action, batch["id"])
    assert details["missing"] == [f"batch {batch['id']} is COMPLETED"]


def test_nothing_is_bound_or_sealed_in_a_completed_batch(world: World) -> None:
    line = Line(world)
    batch, (empty, partial, full) = completed(line)
    refused(line.bind(empty, "C-1"), batch, "bind-cell")
    refused(line.bind(partial, "C-1", "L"), batch, "bind-cell")
    refused(line.bind_tray(empty, ["C-1", "C-2"]), batch, "bind-cells")
    refused(line.seal("modules", full), batch, "seal")
    assert registered("C-1") is None
    states = [line.stored_module(module).status for module in (empty, partial, full)]
    assert states == ["DRAFT", "IN_PROGRESS", "IN_PROGRESS"]


def test_cells_leave_modules_of_a_completed_batch(world: World) -> None:
    line = Line(world)
    _, (_, partial, _) = completed(line)
    cell = line.cells_of(partial)[0]
    assert data(line.unbind(partial, cell))["cellsBound"] == 0
    other = line.module(line.batch())
    assert line.bind(other, cell).status == 200


def test_sealed_module_of_a_completed_batch_is_bound_to_a_pack_of_another(world: World) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    module = line.sealed_module(batch)
    line.finished_pack(batch)
    data(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))
    running = data(line.production.patch(f"/v1/batches/{line.draft_batch(batch['sku'])['id']}/start"))
    assert data(line.bind_module(line.pack(running), module))["modulesBound"] == 1
