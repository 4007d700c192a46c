"""`python -m infra.rebuild manufacturing` gives cells of earlier versions their lots again."""

import pytest

from chalicelib.manufacturing.traceability.tables import (
    LotCell,
    LotUse,
    SerialNumber,
    lot_cell_key,
    lot_key,
    serial_key,
)
from infra import rebuild
from tests.builders.manufacturing import Line, data, holder_of, registered
from tests.builders.world import DEMO, World


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the printed lines."""
    exit_code = rebuild.main(["manufacturing", *arguments])
    return exit_code, capsys.readouterr().out.splitlines()


def affected(line: Line, lot: str) -> list[str]:
    return [one["id"] for one in line.viewer.get(f"/v1/trace/affected?cellLot={lot}").json["data"]]


def unlist(lot: str, serial: str) -> None:
    """Leave a lot as earlier versions did, which listed no single cells."""
    key = lot_cell_key(DEMO, lot, serial)
    LotCell.get(key.pk, key.sk).delete()


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def test_cells_that_an_earlier_version_forgot_get_their_lots(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    batch = line.batch(cellsPerModule=3)
    first, module = line.module(batch), line.module(batch)
    data(line.bind_tray(first, ["C-1", "C-2"], "L-1"))
    for cell in ("C-1", "C-2"):
        data(line.unbind(first, cell))
        unlist("L-1", cell)
        registered_key = serial_key(cell)
        SerialNumber.get(registered_key.pk, registered_key.sk).delete()
    data(line.bind(module, "C-2"))  # the earlier version did not know its lot any more
    assert affected(line, "L-1") == []
    code, lines = run(capsys)
    assert (code, lines[-1].split(", ")[1]) == (1, "2 differ")
    assert "demo C-1: is not registered" in lines
    assert "demo C-2: does not have its lot L-1" in lines
    assert run(capsys, "--write")[0] == 0
    assert run(capsys)[0] == 0
    assert affected(line, "L-1") == ["C-1", module["id"]]
    assert (holder_of("C-1"), holder_of("C-2")) == (None, module["id"])
    assert line.bind(module, "C-1", "L-2").code == "LOT_CONFLICT"
    shown = data(line.viewer.get(f"/v1/modules/{module['id']}"))["cells"]
    assert [(cell["serial"], cell["lot"]) for cell in shown] == [("C-2", "L-1")]


def test_cell_that_was_given_another_lot_is_recalled_by_both(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "C-1", "L-1"))
    data(line.unbind(module, "C-1"))
    unlist("L-1", "C-1")
    registered_key = serial_key("C-1")
    SerialNumber.get(registered_key.pk, registered_key.sk).delete()
    data(line.bind(module, "C-1", "L-2"))
    assert run(capsys, "--write")[0] == 0
    number = registered("C-1")
    assert number is not None
    assert number.lot == "L-2"
    assert affected(line, "L-1") == affected(line, "L-2") == [module["id"]]


def test_counts_by_the_case_of_a_lot_are_folded(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    module = line.full_module(line.batch(), "L-1")
    key = lot_key(DEMO, "L-1", module["id"])
    LotUse.get(key.pk, key.sk).delete()
    LotUse("demo#LOT#L-1", key.sk, module_id=module["id"], lot="L-1", cells=2).save()
    assert affected(line, "l-1") == []
    assert run(capsys)[0] == 1
    assert run(capsys, "--write")[0] == 0
    assert run(capsys)[0] == 0
    assert affected(line, "l-1") == [module["id"]]
    assert LotUse.get(key.pk, key.sk).cells == 2
