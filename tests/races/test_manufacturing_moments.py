"""Changes by others between the reads and the commit of a request, made deterministically just before the commit."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from chalicelib.core.store import Query
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import LotUse, lot_pk
from infra.local.engine import EmbeddedEngine
from tests.builders.histories import history_of
from tests.builders.manufacturing import Data, Line, data, holder_of, registered
from tests.builders.world import DEMO, Answer, World

COMMIT = "TransactWriteItems"
EXACT_ATTEMPTS = 3
"""The number of conflicts after which a binding no longer requires the version that it read."""


def meanwhile(engine: EmbeddedEngine, act: Callable[[], Any], request: Callable[[], Answer], times: int = 1) -> Answer:
    """Make the request, and call `act` just before each of its first commits."""
    with engine.before(COMMIT, lambda *_: act(), times=times):
        return request()


def missing(answer: Answer) -> list[str]:
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    lacks: list[str] = answer.json["error"]["details"]["missing"]
    return lacks


def test_module_filled_meanwhile_is_full(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=2))
    data(line.bind(module, "A"))
    answer = meanwhile(embedded, lambda: data(line.bind(module, "B")), lambda: line.bind(module, "C"))
    assert missing(answer) == ["all 2 cells are bound"]
    assert (line.cells_of(module), registered("C")) == (["A", "B"], None)


def test_scan_with_repeated_conflicts_is_not_lost(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=99))
    data(line.bind(module, "first"))

    def bind_another() -> None:
        data(line.bind(module, line.serial("X")))

    others = 20
    bound = data(meanwhile(embedded, bind_another, lambda: line.bind(module, "mine"), times=others))
    # The fourth attempt succeeds whatever others bind; the hook precedes each attempt until then.
    conflicts = line.stored_module(module).bound - 2
    assert conflicts == 4
    cells = line.cells_of(module)
    assert (len(cells), len(set(cells)), cells[0]) == (6, 6, "first")
    assert "mine" in cells
    stored = line.stored_module(module)
    assert (stored.bound, stored.version, bound["version"]) == (6, 7, 6)
    assert line.bind(module, "late", if_match=str(bound["version"])).code == "VERSION_CONFLICT"


def test_guarded_scan_is_refused_by_a_full_module(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=5))
    data(line.bind(module, "first"))

    def bind_another() -> None:
        line.bind(module, line.serial("X"))

    answer = meanwhile(embedded, bind_another, lambda: line.bind(module, "mine"), times=9)
    assert missing(answer) == ["all 5 cells are bound"]
    assert (len(line.cells_of(module)), line.stored_module(module).bound, registered("mine")) == (5, 5, None)


def test_named_version_is_refused_at_the_first_conflict(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=5))
    data(line.bind(module, "A"))
    answer = meanwhile(embedded, lambda: data(line.bind(module, "B")), lambda: line.bind(module, "C", if_match="2"))
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 3})
    assert line.cells_of(module) == ["A", "B"]


def test_module_with_a_cell_unbound_meanwhile_is_not_sealed(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch())
    cell = line.cells_of(module)[0]
    answer = meanwhile(embedded, lambda: data(line.unbind(module, cell)), lambda: line.seal("modules", module))
    assert missing(answer) == ["1 of 2 cells are not bound yet"]
    assert line.stored_module(module).status == "IN_PROGRESS"


def test_module_sealed_meanwhile_is_locked(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch())
    cells = line.cells_of(module)
    answer = meanwhile(embedded, lambda: data(line.seal("modules", module)), lambda: line.unbind(module, cells[0]))
    assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
    assert (line.cells_of(module), line.stored_module(module).bound) == (cells, 2)


def conflicts_then(line: Line, module: Data, last: Callable[[], Any]) -> Callable[[], None]:
    """Return a function that binds another cell before each exact attempt, and calls `last` before the next one."""
    turns = count(1)

    def act() -> None:
        if next(turns) > EXACT_ATTEMPTS:
            last()
        else:
            data(line.bind(module, line.serial("X")))

    return act


def test_guarded_unbinding_is_refused_by_a_module_sealed_meanwhile(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=4))
    data(line.bind(module, "A"))
    last = conflicts_then(line, module, lambda: data(line.seal("modules", module)))
    answer = meanwhile(embedded, last, lambda: line.unbind(module, "A"), times=EXACT_ATTEMPTS + 1)
    assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
    stored = line.stored_module(module)
    assert (stored.status, stored.bound, len(line.cells_of(module))) == ("SEALED", 4, 4)
    assert registered("A") is not None


def test_history_of_a_cell_unbound_meanwhile_has_each_event_once(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch())
    data(line.bind(module, "A"))

    def unbind(*_: object) -> None:
        data(line.unbind(module, "A"))

    with embedded.before("Query", unbind, times=1):
        events = history_of(line.viewer, "A")
    assert [event["action"] for event in events] == ["ADD", "DELETE"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_guarded_unbinding_of_a_cell_bound_again_meanwhile(
    arena: World, embedded: EmbeddedEngine, *, elsewhere: bool
) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other = line.module(batch), line.module(batch)
    data(line.bind(one, "A", "old"))
    holder = other if elsewhere else one

    def move() -> None:
        data(line.unbind(one, "A"))
        data(line.bind(holder, "A"))

    answer = meanwhile(
        embedded, conflicts_then(line, one, move), lambda: line.unbind(one, "A"), times=EXACT_ATTEMPTS + 1
    )
    if elsewhere:
        assert missing(answer) == ["A is not bound to this module"]
        assert "A" in line.cells_of(other)
    else:  # the new binding is removed
        assert answer.status == 200
        assert holder_of("A") is None
    assert [len(line.cells_of(module)) for module in (one, other)] == [3, int(elsewhere)]
    assert [line.stored_module(module).bound for module in (one, other)] == [3, int(elsewhere)]
    uses = {use.module_id: use.cells for use in Query(LotUse, lot_pk(DEMO, "old")).all()}
    assert uses == ({one["id"]: 0, other["id"]: 1} if elsewhere else {one["id"]: 0})


def test_cell_is_unbound_once(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch())
    cell, other = line.cells_of(module)
    answer = meanwhile(embedded, lambda: data(line.unbind(module, cell)), lambda: line.unbind(module, cell))
    assert missing(answer) == [f"{cell} is not bound to this module"]
    assert (line.cells_of(module), line.stored_module(module).bound) == ([other], 1)


def test_cell_bound_elsewhere_meanwhile_is_not_unbound_there(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch()
    one, other = line.module(batch), line.module(batch)
    data(line.bind(one, "A"))

    def move() -> None:
        data(line.unbind(one, "A"))
        data(line.bind(other, "A"))

    answer = meanwhile(embedded, move, lambda: line.unbind(one, "A"))
    assert missing(answer) == ["A is not bound to this module"]
    assert (line.cells_of(one), line.cells_of(other)) == ([], ["A"])


def test_tray_names_every_duplicate_bound_meanwhile(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other, third = (line.module(batch) for _ in range(3))

    def bind_some() -> None:
        data(line.bind(other, "B"))
        data(line.bind(third, "D"))

    answer = meanwhile(embedded, bind_some, lambda: line.bind_tray(one, ["A", "B", "C", "D"]))
    assert (answer.status, answer.code) == (409, "DUPLICATE_SERIAL")
    duplicates = answer.json["error"]["details"]["duplicates"]
    assert [(used["serial"], used["moduleId"]) for used in duplicates] == [("B", other["id"]), ("D", third["id"])]
    assert (line.cells_of(one), registered("A")) == ([], None)


def test_tray_is_bound_if_its_duplicate_was_unbound_meanwhile(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other = line.module(batch), line.module(batch)

    def come_and_go() -> None:
        data(line.bind(other, "B", "L-1"))
        data(line.unbind(other, "B"))

    answer = meanwhile(embedded, come_and_go, lambda: line.bind_tray(one, ["A", "B"]))
    assert (data(answer)["cellsBound"], line.cells_of(one), line.cells_of(other)) == (2, ["A", "B"], [])
    assert getattr(registered("B"), "lot", None) == "L-1"


def test_batch_completed_meanwhile_takes_no_module_or_pack(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    sku = line.sku(cellsPerModule=1, modulesPerPack=1)
    for kind in ("modules", "packs"):
        batch = line.batch(sku)
        line.finished_pack(batch)
        body = {"batchId": batch["id"], "serial": f"late-{kind}"}

        def complete(path: str = f"/v1/batches/{batch['id']}/complete") -> None:
            data(line.qa.patch(path))

        def make(kind: str = kind, body: Data = body) -> Answer:
            return line.production.post(f"/v1/{kind}", body)

        answer = meanwhile(embedded, complete, make)
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        details = answer.json["error"]["details"]
        assert (details["state"], details["action"]) == ("COMPLETED", f"create-{kind.removesuffix('s')}")
        assert registered(f"late-{kind}") is None


def test_batch_with_a_pack_created_meanwhile_is_not_completed(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    line.finished_pack(batch)
    late: list[Data] = []
    answer = meanwhile(
        embedded,
        lambda: late.append(line.pack(batch)),
        lambda: line.qa.patch(f"/v1/batches/{batch['id']}/complete"),
    )
    assert missing(answer) == ["1 of 2 packs are not FINALIZED"]
    assert [pack["packId"] for pack in answer.json["error"]["details"]["openPacks"]] == [late[0]["id"]]


def test_module_bound_meanwhile_is_not_bound_twice(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)
    module, one, other = line.sealed_module(batch), line.pack(batch), line.pack(batch)
    answer = meanwhile(embedded, lambda: data(line.bind_module(other, module)), lambda: line.bind_module(one, module))
    assert missing(answer) == [f"module {module['id']} is in pack {other['id']}"]
    assert (line.stored_pack(one).bound, read_whole_ledger(line.stored_pack(one).pk)) == (0, [])


def test_pack_sealed_meanwhile_is_locked(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)
    modules = [line.sealed_module(batch) for _ in range(3)]
    pack = line.pack(batch, modules[:1])

    def finish() -> None:
        data(line.bind_module(pack, modules[1]))
        data(line.seal("packs", pack))

    answer = meanwhile(embedded, finish, lambda: line.bind_module(pack, modules[2]))
    assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
    assert line.stored_module(modules[2]).pack_id is None


def test_two_simultaneous_first_scans_both_count(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch())
    bound = data(meanwhile(embedded, lambda: data(line.bind(module, "A")), lambda: line.bind(module, "B")))
    assert (bound["cellsBound"], line.cells_of(module)) == (2, ["A", "B"])
    assert line.counted("module") == {"DRAFT": 0, "IN_PROGRESS": 1, "SEALED": 0, "SCRAPPED": 0}
