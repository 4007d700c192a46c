"""Recall cases against an independent model: whatever was done, a recall by a lot finds exactly its cells."""

from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
from tests.builders.manufacturing import Line, data
from tests.builders.recalls import correct_lot, opened, recalled, units_of
from tests.environment import examples

CELLS, LOTS = [f"C-{number}" for number in range(4)], ["L1", "L2"]
STEPS = (
    "bind",
    "bind",
    "bind",
    "unbind",
    "correct",
    "seal",
    "pack",
    "take_out",
    "void",
    "ship",
    "take_back",
    "scrap",
    "discard",
)
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.sampled_from(CELLS), st.sampled_from([None, *LOTS])), min_size=4, max_size=16
)


class Plant:
    """Modules of one cell, packs of one module, and where each cell should be."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.line = Line(fresh_world(engine))
        self.batch = self.line.batch(cellsPerModule=1, modulesPerPack=1)
        self.used: set[str] = set()
        self.ever: dict[str, set[str]] = defaultdict(set)
        self.module: dict[str, dict[str, Any]] = {}
        self.pack: dict[str, dict[str, Any]] = {}
        self.customer: dict[str, str] = {}
        self.gone: set[str] = set()

    def bind(self, cell: str, lot: str | None) -> None:
        module = self.line.module(self.batch)
        answer = self.line.bind(module, cell, lot)
        if answer.status == 200:
            self.module[cell] = module
            self.used.add(cell)
            if lot is not None:
                self.ever[lot].add(cell)

    def correct(self, cell: str, lot: str | None) -> None:
        if lot is not None and correct_lot(self.line, cell, lot).status == 200:
            self.ever[lot].add(cell)

    def unbind(self, cell: str, _: str | None) -> None:
        if cell in self.module and self.line.unbind(self.module[cell], cell).status == 200:
            del self.module[cell]

    def seal(self, cell: str, _: str | None) -> None:
        if cell in self.module:
            self.line.seal("modules", self.module[cell])

    def pack_up(self, cell: str) -> None:
        if cell in self.module and cell not in self.pack:
            pack = self.line.pack(self.batch)
            if self.line.bind_module(pack, self.module[cell]).status == 200:
                self.pack[cell] = pack

    def take_out(self, cell: str, _: str | None) -> None:
        if cell in self.pack and self.line.unbind_module(self.pack[cell], self.module[cell]).status == 200:
            del self.pack[cell]

    def void(self, cell: str, _: str | None) -> None:
        if cell in self.pack and self.line.void(self.pack[cell]).status == 200:
            del self.pack[cell]

    def ship(self, cell: str, lot: str | None) -> None:
        if cell in self.pack:
            self.line.seal("packs", self.pack[cell])
            self.line.dispose(self.pack[cell], "PASS")
            if self.line.ship(self.pack[cell], f"Customer {lot}").status == 200:
                self.customer[self.pack[cell]["id"]] = f"Customer {lot}"

    def take_back(self, cell: str, _: str | None) -> None:
        if cell in self.pack:
            self.line.take_back(self.pack[cell])

    def scrap(self, cell: str, _: str | None) -> None:
        if cell in self.module and self.line.scrap(self.module[cell]).status == 200:
            del self.module[cell]

    def discard(self, cell: str, _: str | None) -> None:
        if cell in self.module and self.line.scrap(self.module[cell], "scrap").status == 200:
            self.gone.add(cell)

    def do(self, name: str, cell: str, lot: str | None) -> None:
        if name == "pack":
            self.pack_up(cell)
        else:
            getattr(self, name)(cell, lot)

    def expected(self, cell: str) -> tuple[str, str | None, str | None, str | None]:
        """Return the status of a cell, its module, its pack, and its customer."""
        module, pack = self.module.get(cell), self.pack.get(cell)
        status = "REMOVED" if module is None else "SCRAPPED" if cell in self.gone else "BOUND"
        customer = None if pack is None else self.customer.get(pack["id"])
        return (status, None if module is None else module["id"], None if pack is None else pack["id"], customer)


def found(unit: dict[str, Any]) -> tuple[str, str | None, str | None, str | None]:
    return (unit["status"], unit.get("moduleId"), unit.get("packId"), unit.get("customer"))


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(before=steps, after=steps)
def test_recall_by_every_lot_finds_exactly_the_units_of_the_model(
    engine: EmbeddedEngine, before: list[Any], after: list[Any]
) -> None:
    plant = Plant(engine)
    for one in before:
        plant.do(*one)
    line, frozen = plant.line, {}
    for lot in LOTS:
        units = recalled(line, lots=[lot])
        assert {serial: found(unit) for serial, unit in units.items()} == {
            cell: plant.expected(cell) for cell in plant.ever[lot]
        }
        frozen[lot] = opened(line, lots=[lot])
    lists = {lot: units_of(line, case) for lot, case in frozen.items()}
    line.world.clock.advance(seconds=1)
    for one in after:
        plant.do(*one)
    assert {lot: units_of(line, case) for lot, case in frozen.items()} == lists
    everything = recalled(line, lots=LOTS, serials=CELLS)
    assert set(everything) == plant.used
    for cell, unit in everything.items():
        assert found(unit) == plant.expected(cell)
    assert data(line.viewer.get(f"/v1/recalls/{frozen['L1']['id']}"))["units"] == len(lists["L1"])
