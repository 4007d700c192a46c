"""Random sequences of steps on the production line, checked against a model after every step."""

from collections import Counter, defaultdict
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.table import Item
from chalicelib.manufacturing.tables import batch_key, module_key, pack_key
from chalicelib.manufacturing.traceability.tables import serial_key
from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
from tests.builders.manufacturing import Data, Line
from tests.builders.world import DEMO, Answer
from tests.environment import examples
from tests.faults import recounts, snapshot

StoredT = TypeVar("StoredT", bound=Item)

CELLS = [f"C-{number}" for number in range(12)]
LOTS = [None, "L1", "L2"]
LIMITS = {"U": {"min": 1, "max": 2, "unit": "V"}}
UNSEALED = ("DRAFT", "IN_PROGRESS")
VALUES = [0.5, 1, 2, 2.5]

pick, a_cell = st.integers(0, 99), st.sampled_from(CELLS)


class Shift(RuleBasedStateMachine):
    """One SKU of two cells a module and two modules a pack, and the expected state of every entity."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        self.world = fresh_world(engine)
        self.line = Line(self.world)
        self.sku = self.line.sku(limits=LIMITS)
        self.batches: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.packs: dict[str, str] = {}
        self.batch_of: dict[str, str] = {}
        self.cells: dict[str, list[str]] = defaultdict(list)
        self.lots: dict[str, str | None] = {}
        self.inside: dict[str, list[str]] = defaultdict(list)
        self.seen: dict[str, int] = {}
        self.freed: set[str] = set()
        self.sold: set[str] = set()
        self.decided: dict[str, str] = {}
        self.serials: dict[str, str] = {}
        self.new_batch()
        self.start(0)

    # --- steps ----------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.modules) > 3 and len(self.batches) < 3)
    @rule()
    def new_batch(self) -> None:
        self.batches[self.line.draft_batch(self.sku)["id"]] = "DRAFT"

    @precondition(lambda self: len(self.batches) > 1)
    @rule(number=pick)
    def start(self, number: int) -> None:
        batch = self.any(self.batches, number)
        answer = self.line.production.patch(f"/v1/batches/{batch}/start")
        if self.expect(answer, self.batches[batch] == "DRAFT"):
            self.batches[batch] = "IN_PROGRESS"

    @precondition(lambda self: self.packs)
    @rule(number=pick)
    def complete(self, number: int) -> None:
        batch = self.any(self.batches, number)
        packs = {state for pack, state in self.packs.items() if self.batch_of[pack] == batch} - {"VOID"}
        done = bool(packs) and packs <= {"FINALIZED", "SHIPPED"}
        answer = self.line.supervisor.patch(f"/v1/batches/{batch}/complete")
        if self.expect(answer, self.batches[batch] == "IN_PROGRESS" and done):
            self.batches[batch] = "COMPLETED"

    @precondition(lambda self: "IN_PROGRESS" in self.batches.values() and len(self.modules) < 9)
    @rule(number=pick)
    def new_module_in_running_batch(self, number: int) -> None:
        running = {batch: state for batch, state in self.batches.items() if state == "IN_PROGRESS"}
        self.make_module(self.any(running, number))

    @precondition(lambda self: len(self.batches) > 1)
    @rule(number=pick)
    def new_module_in_any_batch(self, number: int) -> None:
        self.make_module(self.any(self.batches, number))

    def make_module(self, batch: str) -> None:
        body = {"batchId": batch, "serial": self.line.serial("M")}
        answer = self.line.production.post("/v1/modules", body)
        if self.expect(answer, self.batches[batch] == "IN_PROGRESS", 201):
            self.modules[answer.json["data"]["id"]] = "DRAFT"
            self.batch_of[answer.json["data"]["id"]] = batch

    @precondition(lambda self: self.modules)
    @rule(number=pick, cell=a_cell, lot=st.sampled_from(LOTS))
    def bind(self, number: int, cell: str, lot: str | None) -> None:
        self.bind_all(self.any(self.modules, number), [cell], lot, tray=False)

    @precondition(lambda self: self.modules)
    @rule(number=pick, cells=st.lists(a_cell, min_size=1, max_size=3, unique=True), lot=st.sampled_from(LOTS))
    def bind_tray(self, number: int, cells: list[str], lot: str | None) -> None:
        self.bind_all(self.any(self.modules, number), cells, lot, tray=True)

    @precondition(lambda self: self.modules)
    @rule(number=pick)
    def fill_and_seal(self, number: int) -> None:
        """The most frequent step, so that packs are created."""
        unsealed = {module: state for module, state in self.modules.items() if state in UNSEALED}
        module = self.any(unsealed or self.modules, number)
        free = [cell for cell in CELLS if cell not in self.lots]
        room = 2 - len(self.cells[module])
        if unsealed and room and len(free) >= room:
            self.bind_all(module, free[:room], "L1", tray=True)
        self.seal_one(module)

    @precondition(lambda self: self.modules)
    @rule(number=pick, cell=a_cell)
    def unbind_any_cell(self, number: int, cell: str) -> None:
        self.unbind(self.any(self.modules, number), cell)

    @precondition(lambda self: any(self.modules[module] in UNSEALED for module in self.cells))
    @rule(number=pick)
    def unbind_bound_cell(self, number: int) -> None:
        where = {cell: one for one, held in self.cells.items() for cell in held if self.modules[one] in UNSEALED}
        if where:
            cell = self.any(where, number)
            self.unbind(where[cell], cell)

    def unbind(self, module: str, cell: str) -> None:
        answer = self.line.unbind({"id": module}, cell)
        open_still = self.modules[module] == "IN_PROGRESS"
        if self.expect(answer, open_still and cell in self.cells[module]):
            self.cells[module].remove(cell)
            del self.lots[cell]

    @precondition(lambda self: self.modules)
    @rule(number=pick)
    def seal_module(self, number: int) -> None:
        self.seal_one(self.any(self.modules, number))

    def seal_one(self, module: str) -> None:
        ready = self.modules[module] == "IN_PROGRESS" and len(self.cells[module]) == 2
        if self.expect(self.line.seal("modules", {"id": module}), ready and self.is_running(module)):
            self.modules[module] = "SEALED"

    @precondition(lambda self: len(self.modules) > 1)
    @rule(number=pick, chosen=st.lists(pick, max_size=2))
    def new_pack(self, number: int, chosen: list[int]) -> None:
        parts = list(dict.fromkeys(self.any(self.modules, one) for one in chosen)) if self.modules else []
        self.make_pack(self.any(self.batches, number), parts)

    def make_pack(self, batch: str, parts: list[str]) -> None:
        body: Data = {"batchId": batch, "serial": self.line.serial("P"), "moduleIds": parts}
        answer = self.line.production.post("/v1/packs", body)
        if self.expect(answer, self.batches[batch] == "IN_PROGRESS" and all(map(self.can_be_packed, parts)), 201):
            pack = answer.json["data"]["id"]
            self.packs[pack] = "IN_PROGRESS" if parts else "DRAFT"
            self.serials[pack] = body["serial"]
            self.batch_of[pack] = batch
            self.inside[pack] = parts

    @precondition(lambda self: sum(map(self.can_be_packed, self.modules)) >= 2)
    @rule(number=pick)
    def pack_sealed_modules(self, number: int) -> None:
        """The most frequent step, so that packs are tested."""
        running = {batch: state for batch, state in self.batches.items() if state == "IN_PROGRESS"}
        if running:
            self.make_pack(self.any(running, number), list(filter(self.can_be_packed, self.modules))[:2])
            self.seal_pack(0)

    @precondition(lambda self: self.packs and self.modules)
    @rule(number=pick, chosen=pick)
    def bind_module(self, number: int, chosen: int) -> None:
        pack, module = self.any(self.packs, number), self.any(self.modules, chosen)
        open_still = self.packs[pack] in ("DRAFT", "IN_PROGRESS", "REWORK") and len(self.inside[pack]) < 2
        answer = self.line.bind_module({"id": pack}, {"id": module})
        if self.expect(answer, open_still and self.can_be_packed(module)):
            self.packs[pack] = self.packs[pack].replace("DRAFT", "IN_PROGRESS")
            self.inside[pack].append(module)

    @precondition(lambda self: self.packs)
    @rule(number=pick)
    def seal_pack(self, number: int) -> None:
        pack = self.any(self.packs, number)
        ready = self.packs[pack] in ("IN_PROGRESS", "REWORK") and len(self.inside[pack]) == 2
        if self.expect(self.line.seal("packs", {"id": pack}), ready):
            self.packs[pack] = "READY_FOR_EOL"

    @precondition(lambda self: self.packs)
    @rule(
        number=pick, disposition=st.sampled_from(["PASS", "FAIL", "QUARANTINE"]), value=st.sampled_from([None, *VALUES])
    )
    def decide(self, number: int, disposition: str, value: float | None) -> None:
        ready = {pack: state for pack, state in self.packs.items() if state == "READY_FOR_EOL"}
        pack = self.any(ready or self.packs, number)
        measured = {} if value is None else {"measurements": {"U": {"value": value, "unit": "V"}}}
        answer = self.line.dispose({"id": pack}, disposition, **measured)
        good = disposition != "PASS" or (value is not None and 1 <= value <= 2)
        if self.expect(answer, self.packs[pack] == "READY_FOR_EOL" and good) and disposition != "QUARANTINE":
            self.packs[pack] = "FINALIZED"
            self.decided[pack] = disposition

    @precondition(lambda self: any(self.inside.values()))
    @rule(number=pick, any_module=st.booleans())
    def unbind_module(self, number: int, any_module: bool) -> None:
        held = {pack: state for pack, state in self.packs.items() if self.inside[pack]}
        pack = self.any(held or self.packs, number)
        module = self.any(self.modules, number) if any_module or not self.inside[pack] else self.inside[pack][0]
        possible = self.packs[pack] in ("IN_PROGRESS", "REWORK") and module in self.inside[pack]
        if self.expect(self.line.unbind_module({"id": pack}, {"id": module}), possible):
            self.inside[pack].remove(module)

    @precondition(lambda self: len(self.modules) > 4)
    @rule(number=pick, cells=st.sampled_from(["free", "scrap"]))
    def scrap(self, number: int, cells: str) -> None:
        module = self.any(self.modules, number)
        packed = any(module in parts for parts in self.inside.values())
        answer = self.line.scrap({"id": module}, cells)
        if self.expect(answer, self.modules[module] != "SCRAPPED" and not packed):
            self.modules[module] = "SCRAPPED"
            if cells == "free":
                self.freed.add(module)
                for cell in self.cells.pop(module, []):
                    del self.lots[cell]

    @precondition(lambda self: self.packs)
    @rule(number=pick)
    def rework(self, number: int) -> None:
        pack = self.any(self.packs, number)
        failed = self.packs[pack] == "FINALIZED" and self.decided[pack] == "FAIL"
        if self.expect(self.line.rework({"id": pack}), failed or self.packs[pack] == "READY_FOR_EOL"):
            self.packs[pack] = "REWORK"
            self.decided.pop(pack, None)

    @precondition(lambda self: len(self.packs) > 1)
    @rule(number=pick)
    def void(self, number: int) -> None:
        pack = self.any(self.packs, number)
        if self.expect(self.line.void({"id": pack}), self.packs[pack] not in ("SHIPPED", "VOID")):
            self.packs[pack] = "VOID"
            self.inside[pack] = []
            self.decided.pop(pack, None)

    @precondition(lambda self: self.decided)
    @rule(number=pick)
    def ship(self, number: int) -> None:
        pack = self.any(self.decided, number)
        possible = self.packs[pack] == "FINALIZED" and self.decided[pack] == "PASS"
        if self.expect(self.line.ship({"id": pack}), possible):
            self.packs[pack] = "SHIPPED"
            self.sold.add(pack)

    @precondition(lambda self: self.packs)
    @rule(number=pick)
    def take_back(self, number: int) -> None:
        shipped = {pack: state for pack, state in self.packs.items() if state == "SHIPPED"}
        pack = self.any(shipped or self.packs, number)
        answer = self.line.take_back({"serial": self.serials[pack]})
        if self.expect(answer, self.packs[pack] == "SHIPPED", 201):
            self.packs[pack] = "READY_FOR_EOL"
            del self.decided[pack]

    # --- expectations ------------------------------------------------------------------------------------------

    @staticmethod
    def any(entities: dict[str, str], number: int) -> str:
        """Return one of these ids; smaller numbers give newer ones."""
        return list(reversed(entities))[number % len(entities)]

    @staticmethod
    def expect(answer: Answer, possible: bool, status: int = 200) -> bool:
        """Return `possible`, after checking that the answer is a success if it is true and else a conflict."""
        assert answer.status == (status if possible else 409), answer
        return possible

    def bind_all(self, module: str, cells: list[str], lot: str | None, *, tray: bool) -> None:
        bind: Any = self.line.bind_tray if tray else self.line.bind
        answer = bind({"id": module}, cells if tray else cells[0], lot)
        fits = (
            self.modules[module] in UNSEALED and len(self.cells[module]) + len(cells) <= 2 and self.is_running(module)
        )
        free = not any(cell in self.lots for cell in cells)
        if self.expect(answer, fits and free):
            self.modules[module] = "IN_PROGRESS"
            self.cells[module] += cells
            self.lots |= dict.fromkeys(cells, lot)
        elif fits:
            used = {one["serial"]: one["moduleId"] for one in answer.json["error"]["details"]["duplicates"]}
            where = {cell: holder for holder, held in self.cells.items() for cell in held}
            assert used == {cell: where[cell] for cell in cells if cell in self.lots}

    def is_running(self, assembly: str) -> bool:
        """Return whether parts of the batch can be bound and sealed."""
        return self.batches[self.batch_of[assembly]] == "IN_PROGRESS"

    def can_be_packed(self, module: str) -> bool:
        return self.modules[module] == "SEALED" and not any(module in parts for parts in self.inside.values())

    # --- invariants ---------------------------------------------------------------------------------------

    @invariant()
    def state_is_as_expected(self) -> None:
        """Everything is read in one batch, to keep a step quick."""
        keys = self.keys()
        self.stored_items = get_many(keys, self.world.clock)
        self.check_modules()
        self.check_registry()
        self.check_packs_and_batches()
        self.check_recalls()
        assert not list(recounts.manufacturing(snapshot.taken(DEMO)))

    def keys(self) -> list[ItemKey[Any]]:
        keys: list[ItemKey[Any]] = [serial_key(cell) for cell in CELLS]
        keys += [batch_key(DEMO, batch) for batch in self.batches]
        keys += [module_key(DEMO, module) for module in self.modules]
        keys += [pack_key(DEMO, pack) for pack in self.packs]
        return keys

    def stored(self, key: ItemKey[StoredT]) -> StoredT:
        item = self.stored_items.get(key)
        assert item is not None, key
        return item

    def check_modules(self) -> None:
        where = {module: pack for pack, parts in self.inside.items() for module in parts}
        for module, status in self.modules.items():
            stored, cells = self.stored(module_key(DEMO, module)), self.cells[module]
            assert (stored.status, stored.pack_id, stored.bound) == (status, where.get(module), len(cells))
            assert status != "SEALED" or len(cells) == 2
            if self.seen.get(module) != stored.version and module not in self.freed:
                assert self.line.cells_of({"id": module}) == cells
                self.seen[module] = stored.version

    def check_registry(self) -> None:
        where = {cell: module for module, cells in self.cells.items() for cell in cells}
        for cell in CELLS:
            number = self.stored_items.get(serial_key(cell))
            holder = None if number is None or number.holder_id in self.freed else number.holder_id
            assert holder == where.get(cell)

    def check_packs_and_batches(self) -> None:
        for pack, status in self.packs.items():
            stored = self.stored(pack_key(DEMO, pack))
            assert (stored.status, stored.bound) == (status, len(self.inside[pack]))
            assert stored.disposition == self.decided.get(pack) or status in ("READY_FOR_EOL", "VOID")
            assert status not in ("READY_FOR_EOL", "FINALIZED", "SHIPPED") or len(self.inside[pack]) == 2
        for batch, status in self.batches.items():
            states = {pack: state for pack, state in self.packs.items() if self.batch_of[pack] == batch}
            kept, voided = self.stored(batch_key(DEMO, batch)), list(states.values()).count("VOID")
            ended = [self.decided[pack] for pack, state in states.items() if state in ("FINALIZED", "SHIPPED")]
            assert (kept.status, kept.packs, kept.packs_voided) == (status, len(states) - voided, voided)
            assert (kept.packs_passed, kept.packs_failed) == (ended.count("PASS"), ended.count("FAIL"))
            assert kept.packs_open == len(states) - voided - len(ended)

    def check_recalls(self) -> None:
        """A recall names the units that hold cells of the lot, each with their number, and the customers of packs."""
        where = {module: pack for pack, parts in self.inside.items() for module in parts}
        for lot in filter(None, LOTS):
            expected: Counter[str] = Counter()
            for module, cells in self.cells.items():
                expected[where.get(module, module)] += sum(self.lots[cell] == lot for cell in cells)
            found = self.line.viewer.get(f"/v1/trace/affected?cellLot={lot}&limit=100").json["data"]
            assert {unit["id"]: unit["cells"] for unit in found} == +expected
            assert {unit["id"] for unit in found if unit.get("customer")} == self.sold & (+expected).keys()


def test_entities_registry_ledgers_and_totals_agree_after_any_steps(engine: EmbeddedEngine) -> None:
    class Machine(Shift):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=examples(16, everyday=1 / 4), stateful_step_count=40)
    )
