"""Random sequences of steps on the production line, checked against a model after every step."""

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.table import Item
from chalicelib.manufacturing.tables import Module, batch_key, module_key, pack_key
from chalicelib.manufacturing.traceability.tables import serial_key
from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import DEMO, Answer
from tests.environment import examples
from tests.faults import recounts, snapshot

StoredT = TypeVar("StoredT", bound=Item)

CELLS = [f"C-{number}" for number in range(20)]
LOTS = [None, "L1", "L2"]
LIMITS = {"U": {"min": 1, "max": 2, "unit": "V"}}
UNSEALED = ("DRAFT", "IN_PROGRESS")
OPEN = ("DRAFT", "IN_PROGRESS", "REWORK")
TESTS = [{"step": "EOL", "required": True}]
VALUES = [1, 2, 1.5, 2.5, 0.5]
STEPS = (
    "test_well",
    "test_badly",
    "PASS",
    "FAIL",
    "QUARANTINE",
    "rework",
    "unbind_module",
    "bind_module",
    "seal",
    "void",
    "ship",
    "take_back",
)
"""The steps of a pack: a disposition, or the name of a method."""
TYPICAL = (
    ("test_well", "PASS", "ship", "take_back", "PASS", "ship"),
    ("test_well", "PASS", "ship", "take_back", "test_well", "PASS", "ship"),
    ("FAIL", "ship", "rework", "unbind_module", "bind_module", "seal", "PASS", "test_well", "PASS"),
    ("test_well", "rework", "test_well", "seal", "QUARANTINE", "PASS", "test_well", "PASS", "ship"),
    ("test_well", "test_badly", "PASS"),
    ("rework", "unbind_module", "seal", "bind_module", "seal"),
    ("take_back", "rework", "void"),
)

pick, a_cell = st.integers(0, 99), st.sampled_from(CELLS)


class Shift(RuleBasedStateMachine):
    """One SKU of two cells a module and two modules a pack, and the expected state of every entity."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        self.world = fresh_world(engine)
        self.line = Line(self.world)
        self.sku = self.line.sku(limits=LIMITS, tests=TESTS)
        self.batches: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.packs: dict[str, str] = {}
        self.batch_of: dict[str, str] = {}
        self.cells: dict[str, list[str]] = defaultdict(list)
        self.lots: dict[str, str | None] = {}
        self.kept: dict[str, str] = {}
        self.ever: dict[str, set[str]] = {}
        """Every lot of each cell that was ever bound."""
        self.held: dict[str, str] = {}
        """The values of open holds: serial numbers and ids of batches."""
        self.inside: dict[str, list[str]] = defaultdict(list)
        self.seen: dict[str, int] = {}
        self.freed: set[str] = set()
        self.sold: set[str] = set()
        self.decided: dict[str, str] = {}
        self.tested: dict[str, bool] = {}
        """Whether the newest test of each pack passed, of those that were tested since they were sealed."""
        self.serials: dict[str, str] = {}
        self.begin()

    def begin(self) -> None:
        """Make two packs, one in quarantine and one that passed."""
        self.new_batch()
        self.start(1)
        for _ in range(4):
            self.make_module(next(iter(self.batches)))
            self.fill_and_seal(1)
        for disposition in ("QUARANTINE", "PASS"):
            self.pack_sealed_modules(0)
            self.test_well(next(reversed(self.packs)))
            self.decide(next(reversed(self.packs)), disposition, 1)

    # --- steps ----------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.modules) > 3 and len(self.batches) < 3)
    @rule()
    def new_batch(self) -> None:
        self.batches[self.line.draft_batch(self.sku)["id"]] = "DRAFT"

    @precondition(lambda self: len(self.batches) > 1)
    @rule(number=pick)
    def start(self, number: int) -> None:
        batch = self.likely(self.batches, ("DRAFT",), number)
        answer = self.line.production.patch(f"/v1/batches/{batch}/start")
        if self.expect(answer, self.batches[batch] == "DRAFT"):
            self.batches[batch] = "IN_PROGRESS"

    @precondition(lambda self: any(map(self.is_done, self.batches)))
    @rule(number=pick)
    def complete(self, number: int) -> None:
        batch = self.any(self.batches, number)
        answer = self.line.supervisor.patch(f"/v1/batches/{batch}/complete")
        if self.expect(answer, self.is_done(batch)):
            self.batches[batch] = "COMPLETED"

    @precondition(lambda self: "DRAFT" in self.batches.values())
    @rule(number=pick)
    def void_batch(self, number: int) -> None:
        batch = self.likely(self.batches, ("DRAFT",), number)
        is_open = self.batches[batch] in ("DRAFT", "IN_PROGRESS")
        if self.expect(self.line.void_batch({"id": batch}), is_open and not self.states_in(batch)):
            self.batches[batch] = "VOID"

    @precondition(lambda self: len(self.modules) < 12)
    @rule(number=pick)
    def new_module(self, number: int) -> None:
        self.make_module(self.likely(self.batches, ("IN_PROGRESS",), number))

    def make_module(self, batch: str) -> None:
        body = {"batchId": batch, "serial": self.line.serial("M")}
        answer = self.line.production.post("/v1/modules", body)
        if self.expect(answer, self.batches[batch] == "IN_PROGRESS", 201):
            self.modules[answer.json["data"]["id"]] = "DRAFT"
            self.serials[answer.json["data"]["id"]] = body["serial"]
            self.batch_of[answer.json["data"]["id"]] = batch

    @precondition(lambda self: self.modules)
    @rule(number=pick, cell=a_cell, lot=st.sampled_from(LOTS))
    def bind(self, number: int, cell: str, lot: str | None) -> None:
        self.bind_all(self.likely(self.modules, UNSEALED, number), [cell], lot, tray=False)

    @precondition(lambda self: self.modules)
    @rule(number=pick, cells=st.lists(a_cell, min_size=1, max_size=3, unique=True), lot=st.sampled_from(LOTS))
    def bind_tray(self, number: int, cells: list[str], lot: str | None) -> None:
        self.bind_all(self.likely(self.modules, UNSEALED, number), cells, lot, tray=True)

    @precondition(lambda self: self.modules)
    @rule(number=pick)
    def fill_and_seal(self, number: int) -> None:
        """The most frequent step, so that packs are created."""
        unsealed = {module: state for module, state in self.modules.items() if state in UNSEALED}
        module = self.any(unsealed or self.modules, number)
        taken = {*self.lots, *self.held.values()}
        free = [cell for cell in CELLS if cell not in taken and self.kept.get(cell, "L1") == "L1"]
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

    def seal_one(self, module: str) -> None:
        ready = self.modules[module] == "IN_PROGRESS" and len(self.cells[module]) == 2
        ready = ready and not self.is_held(module)
        if self.expect(self.line.seal("modules", {"id": module}), ready and self.is_running(module)):
            self.modules[module] = "SEALED"

    @precondition(lambda self: len(self.modules) > 1)
    @rule(number=pick, chosen=st.lists(pick, max_size=2))
    def new_pack(self, number: int, chosen: list[int]) -> None:
        parts = list(dict.fromkeys(self.any(self.modules, one) for one in chosen)) if self.modules else []
        self.make_pack(self.likely(self.batches, ("IN_PROGRESS",), number), parts)

    def make_pack(self, batch: str, parts: list[str]) -> None:
        body: Data = {"batchId": batch, "serial": self.line.serial("P"), "moduleIds": parts}
        answer = self.line.production.post("/v1/packs", body)
        held = parts and (batch in self.held.values() or any(map(self.is_held, parts)))
        fits = self.batches[batch] == "IN_PROGRESS" and all(map(self.can_be_packed, parts))
        if self.expect(answer, fits and not held, 201):
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
            self.seal(next(reversed(self.packs)))

    @precondition(lambda self: self.packs)
    @rule(number=pick, steps=st.one_of(st.sampled_from(TYPICAL), st.lists(st.sampled_from(STEPS), max_size=3)))
    def treat_pack(self, number: int, steps: Sequence[str]) -> None:
        """Take several steps of one pack, so that packs are shipped, come back, and are reworked."""
        pack = self.likely(self.packs, ("READY_FOR_EOL", "FINALIZED", "SHIPPED", "REWORK"), number)
        for step in steps:
            if step in ("PASS", "FAIL", "QUARANTINE"):
                self.decide(pack, step, VALUES[number % len(VALUES)])
            else:
                getattr(self, step)(pack)
            self.state_is_as_expected()

    @precondition(lambda self: self.packs and self.modules)
    @rule(number=pick, chosen=pick)
    def bind_any_module(self, number: int, chosen: int) -> None:
        self.bind_module(self.likely(self.packs, OPEN, number), self.likely(self.modules, ("SEALED",), chosen))

    def bind_module(self, pack: str, module: str | None = None) -> None:
        free = next(filter(self.can_be_packed, self.modules), next(iter(self.modules)))
        module = module or free
        open_still = self.packs[pack] in OPEN and len(self.inside[pack]) < 2
        answer = self.line.bind_module({"id": pack}, {"id": module})
        possible = open_still and self.can_be_packed(module) and not self.is_pack_held(pack, module)
        if self.expect(answer, possible):
            self.packs[pack] = self.packs[pack].replace("DRAFT", "IN_PROGRESS")
            self.inside[pack].append(module)

    @precondition(lambda self: self.packs and self.modules)
    @rule(number=pick, chosen=pick)
    def unbind_any_module(self, number: int, chosen: int) -> None:
        self.unbind_module(self.likely(self.packs, OPEN, number), self.any(self.modules, chosen))

    def unbind_module(self, pack: str, module: str | None = None) -> None:
        module = module or next(iter(self.inside[pack]), next(iter(self.modules)))
        possible = self.packs[pack] in ("IN_PROGRESS", "REWORK") and module in self.inside[pack]
        if self.expect(self.line.unbind_module({"id": pack}, {"id": module}), possible):
            self.inside[pack].remove(module)

    def seal(self, pack: str) -> None:
        ready = self.packs[pack] in ("IN_PROGRESS", "REWORK") and len(self.inside[pack]) == 2
        ready = ready and not self.is_pack_held(pack)
        if self.expect(self.line.seal("packs", {"id": pack}), ready):
            self.packs[pack] = "READY_FOR_EOL"

    def decide(self, pack: str, disposition: str, value: float) -> None:
        answer = self.line.dispose({"id": pack}, disposition, measurements={"U": {"value": value, "unit": "V"}})
        passes = 1 <= value <= 2 and self.tested.get(pack, False) and not self.is_pack_held(pack)
        good = disposition != "PASS" or passes
        if self.expect(answer, self.packs[pack] == "READY_FOR_EOL" and good) and disposition != "QUARANTINE":
            self.packs[pack] = "FINALIZED"
            self.decided[pack] = disposition

    def test_well(self, pack: str) -> None:
        self.record_test(pack, has_passed=True)

    def test_badly(self, pack: str) -> None:
        self.record_test(pack, has_passed=False)

    def record_test(self, pack: str, *, has_passed: bool) -> None:
        data(self.line.record_test({"serial": self.serials[pack]}, result="PASS" if has_passed else "FAIL"), 201)
        is_sealed = self.packs[pack] in ("READY_FOR_EOL", "FINALIZED", "SHIPPED")
        self.tested[pack] = has_passed and is_sealed

    def rework(self, pack: str) -> None:
        failed = self.packs[pack] == "FINALIZED" and self.decided[pack] == "FAIL"
        if self.expect(self.line.rework({"id": pack}), failed or self.packs[pack] == "READY_FOR_EOL"):
            self.packs[pack] = "REWORK"
            self.decided.pop(pack, None)
            self.tested.pop(pack, None)

    def void(self, pack: str) -> None:
        if self.expect(self.line.void({"id": pack}), self.packs[pack] not in ("SHIPPED", "VOID")):
            self.packs[pack] = "VOID"
            self.inside[pack] = []
            self.decided.pop(pack, None)

    def ship(self, pack: str) -> None:
        passed = self.packs[pack] == "FINALIZED" and self.decided[pack] == "PASS"
        possible = passed and not self.is_pack_held(pack)
        if self.expect(self.line.ship({"id": pack}), possible):
            self.packs[pack] = "SHIPPED"
            self.sold.add(pack)

    def take_back(self, pack: str) -> None:
        answer = self.line.take_back({"serial": self.serials[pack]})
        if self.expect(answer, self.packs[pack] == "SHIPPED", 201):
            self.packs[pack] = "READY_FOR_EOL"
            del self.decided[pack]
            self.tested.pop(pack, None)

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

    @precondition(lambda self: self.kept)
    @rule(cell=a_cell, lot=st.sampled_from(["L1", "L2", "L3"]))
    def correct_lot(self, cell: str, lot: str) -> None:
        """Give a cell another lot, wherever it is."""
        answer = self.line.qa.patch(f"/v1/cells/{cell}/lot", {"lot": lot, "reason": "wrong label"})
        if cell not in self.ever or self.kept.get(cell) == lot:
            assert answer.status == (422 if cell in self.ever else 404)
            return
        assert answer.status == 200, answer
        self.kept[cell] = lot
        self.ever[cell].add(lot)
        if cell in self.lots:
            self.lots[cell] = lot

    @precondition(lambda self: self.packs)
    @rule(number=pick, what=st.sampled_from(["pack", "module", "cell", "batch", "module's batch", "any cell"]))
    def hold(self, number: int, what: str) -> None:
        """Hold something of a pack, try to finish the pack, and mostly release the hold."""
        pack = self.likely(self.packs, ("READY_FOR_EOL", "FINALIZED", "REWORK"), number)
        module = next(iter(self.inside[pack]), next(iter(self.modules)))
        values = {
            "pack": self.serials[pack],
            "module": self.serials[module],
            "cell": next(iter(self.cells[module]), CELLS[0]),
            "batch": self.batch_of[pack],
            "module's batch": self.batch_of[module],
            "any cell": CELLS[number % len(CELLS)],
        }
        body = {"kind": "BATCH" if "batch" in what else "SERIAL", "value": values[what], "reason": "swollen"}
        hold_id = data(self.line.qa.post("/v1/holds", body), 201)["id"]
        self.held[hold_id] = values[what]
        for step in ("seal", "test_well", "PASS", "ship"):
            self.decide(pack, step, 1) if step == "PASS" else getattr(self, step)(pack)
        if number % 3:
            self.release(0)

    @precondition(lambda self: self.held)
    @rule(number=pick)
    def release(self, number: int) -> None:
        hold_id = self.any(self.held, number)
        data(self.line.supervisor.post(f"/v1/holds/{hold_id}/release", {"reason": "measured again"}))
        del self.held[hold_id]

    # --- expectations ------------------------------------------------------------------------------------------

    @classmethod
    def likely(cls, entities: dict[str, str], states: Container[str], number: int) -> str:
        """Return mostly one in these states, if there is one, and sometimes any."""
        fitting = {entity: state for entity, state in entities.items() if state in states}
        return cls.any(fitting if fitting and number % 4 else entities, number // 4)

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
        has_room = self.modules[module] in UNSEALED and len(self.cells[module]) + len(cells) <= 2
        fits = has_room and self.is_running(module)
        free = not any(cell in self.lots for cell in cells)
        known = {cell: self.kept.get(cell) or lot for cell in cells}
        agree = lot is None or {*known.values()} == {lot}
        held = self.is_held(module) or bool({*cells} & {*self.held.values()})
        if self.expect(answer, fits and free and agree and not held):
            self.modules[module] = "IN_PROGRESS"
            self.cells[module] += cells
            self.lots |= known
            self.kept |= {cell: of_cell for cell, of_cell in known.items() if of_cell is not None}
            for cell, of_cell in known.items():
                self.ever.setdefault(cell, set()).update(filter(None, [of_cell]))
        elif held:
            assert fits <= (answer.code in ("ON_HOLD", "LOT_CONFLICT", "DUPLICATE_SERIAL"))
        elif fits and free:
            assert {one["serial"] for one in answer.json["error"]["details"]["conflicts"]} <= {*self.kept}
        elif fits:
            used = {one["serial"]: one["moduleId"] for one in answer.json["error"]["details"]["duplicates"]}
            where = {cell: holder for holder, held in self.cells.items() for cell in held}
            assert used == {cell: where[cell] for cell in cells if cell in self.lots}

    def states_in(self, batch: str) -> set[str]:
        """Return the states of the packs of a batch that are not voided."""
        return {state for pack, state in self.packs.items() if self.batch_of[pack] == batch} - {"VOID"}

    def is_done(self, batch: str) -> bool:
        """Return whether a batch can be completed."""
        states = self.states_in(batch)
        return self.batches[batch] == "IN_PROGRESS" and bool(states) and states <= {"FINALIZED", "SHIPPED"}

    def is_running(self, assembly: str) -> bool:
        """Return whether parts of the batch can be bound and sealed."""
        return self.batches[self.batch_of[assembly]] == "IN_PROGRESS"

    def is_held(self, module: str) -> bool:
        """Return whether a module, its batch or a cell in it is held."""
        return bool({self.serials[module], self.batch_of[module], *self.cells[module]} & {*self.held.values()})

    def is_pack_held(self, pack: str, *more: str) -> bool:
        """Return whether a pack, its batch, a module in it or one of these modules is held."""
        own = {self.serials[pack], self.batch_of[pack]} & {*self.held.values()}
        return bool(own) or any(map(self.is_held, (*self.inside[pack], *more)))

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
        assert not list(recounts.manufacturing(snapshot.taken(DEMO, Module)))

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
        """A recall names the units that hold cells of the lot, each with their number, customers, and unbound cells."""
        where = {module: pack for pack, parts in self.inside.items() for module in parts}
        for lot in ("L1", "L2", "L3"):
            expected = Counter(cell for cell, lots in self.ever.items() if lot in lots and cell not in self.lots)
            for module, cells in self.cells.items():
                expected[where.get(module, module)] += sum(lot in self.ever[cell] for cell in cells)
            found = self.line.viewer.get(f"/v1/trace/affected?cellLot={lot.lower()}&limit=100").json["data"]
            assert {unit["id"]: unit["cells"] for unit in found} == +expected
            assert {unit["id"] for unit in found if unit.get("customer")} == self.sold & (+expected).keys()


def test_entities_registry_ledgers_and_totals_agree_after_any_steps(engine: EmbeddedEngine) -> None:
    class Machine(Shift):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=examples(16, everyday=1 / 4), stateful_step_count=40)
    )
