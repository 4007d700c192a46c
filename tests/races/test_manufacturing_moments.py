"""The battery line between reading and writing: what another does in exactly that moment.

Threads meet such moments now and then; here each is brought about on purpose, just before the transaction of the
request under test is carried out.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from chalicelib.core.store import Query
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import LotUse, lot_pk
from infra.local.engine import EmbeddedEngine
from tests.builders.lives import life_of
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import DEMO, Answer, World

COMMIT = "TransactWriteItems"
OVERTAKEN = 3
"""How often a scan is overtaken before it no longer insists on the version that it read."""


def meanwhile(engine: EmbeddedEngine, act: Callable[[], Any], request: Callable[[], Answer], times: int = 1) -> Answer:
    """Make the request, and act just before each of its first commits."""
    with engine.before(COMMIT, lambda *_: act(), times=times):
        return request()


def missing(answer: Answer) -> list[str]:
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    lacks: list[str] = answer.json["error"]["details"]["missing"]
    return lacks


def test_a_module_that_another_fills_meanwhile_takes_no_more(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=2))
    data(line.bind(module, "A"))
    answer = meanwhile(embedded, lambda: data(line.bind(module, "B")), lambda: line.bind(module, "C"))
    assert missing(answer) == ["all 2 cells are bound"]
    assert (line.cells_of(module), registered("C")) == (["A", "B"], None)


def test_a_scan_that_is_overtaken_again_and_again_is_not_lost(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=99))
    data(line.bind(module, "first"))

    def overtake() -> None:
        data(line.bind(module, line.serial("X")))

    others = 20
    bound = data(meanwhile(embedded, overtake, lambda: line.bind(module, "mine"), times=others))
    # From the fourth attempt on it holds whoever else binds; the hook stays in front of each until then.
    overtaken = line.stored_module(module).bound - 2
    assert overtaken == 4
    cells = line.cells_of(module)
    assert (len(cells), len(set(cells)), cells[0]) == (6, 6, "first")
    assert "mine" in cells
    stored = line.stored_module(module)
    assert (stored.bound, stored.version, bound["version"]) == (6, 7, 6)
    assert line.bind(module, "late", if_match=str(bound["version"])).code == "VERSION_CONFLICT"


def test_a_scan_that_no_longer_insists_still_finds_the_module_full(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=5))
    data(line.bind(module, "first"))

    def overtake() -> None:
        line.bind(module, line.serial("X"))

    answer = meanwhile(embedded, overtake, lambda: line.bind(module, "mine"), times=9)
    assert missing(answer) == ["all 5 cells are bound"]
    assert (len(line.cells_of(module)), line.stored_module(module).bound, registered("mine")) == (5, 5, None)


def test_who_names_a_version_is_told_of_the_first_overtaking(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=5))
    data(line.bind(module, "A"))
    answer = meanwhile(embedded, lambda: data(line.bind(module, "B")), lambda: line.bind(module, "C", if_match="2"))
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 3})
    assert line.cells_of(module) == ["A", "B"]


def test_a_seal_never_holds_for_a_module_that_has_just_lost_a_cell(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch())
    cell = line.cells_of(module)[0]
    answer = meanwhile(embedded, lambda: data(line.unbind(module, cell)), lambda: line.seal("modules", module))
    assert missing(answer) == ["1 of 2 cells are not bound yet"]
    assert line.stored_module(module).status == "IN_PROGRESS"


def test_nothing_changes_in_a_module_that_was_sealed_meanwhile(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch())
    cells = line.cells_of(module)
    answer = meanwhile(embedded, lambda: data(line.seal("modules", module)), lambda: line.unbind(module, cells[0]))
    assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
    assert (line.cells_of(module), line.stored_module(module).bound) == (cells, 2)


def overtaken_then(line: Line, module: Data, last: Callable[[], Any]) -> Callable[[], None]:
    """Others bind a cell before each attempt of a request that insists; before the next `last` happens."""
    turns = count(1)

    def act() -> None:
        if next(turns) > OVERTAKEN:
            last()
        else:
            data(line.bind(module, line.serial("X")))

    return act


def test_a_cell_that_no_longer_insists_is_not_taken_off_a_module_that_was_sealed_meanwhile(
    arena: World, embedded: EmbeddedEngine
) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=4))
    data(line.bind(module, "A"))
    last = overtaken_then(line, module, lambda: data(line.seal("modules", module)))
    answer = meanwhile(embedded, last, lambda: line.unbind(module, "A"), times=OVERTAKEN + 1)
    assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
    stored = line.stored_module(module)
    assert (stored.status, stored.bound, len(line.cells_of(module))) == ("SEALED", 4, 4)
    assert registered("A") is not None


def test_a_cell_that_is_taken_off_while_its_life_is_read_has_each_event_once(
    arena: World, embedded: EmbeddedEngine
) -> None:
    line = Line(arena)
    module = line.module(line.batch())
    data(line.bind(module, "A"))

    def unbind(*_: object) -> None:
        data(line.unbind(module, "A"))

    with embedded.before("Query", unbind, times=1):
        events = life_of(line.viewer, "A")
    assert [event["action"] for event in events] == ["ADD", "DELETE"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_cell_that_no_longer_insists_is_not_taken_off_where_it_was_bound_anew(
    arena: World, embedded: EmbeddedEngine, *, elsewhere: bool
) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other = line.module(batch), line.module(batch)
    data(line.bind(one, "A", "old"))
    holder = other if elsewhere else one

    def move() -> None:
        data(line.unbind(one, "A"))
        data(line.bind(holder, "A", "new"))

    answer = meanwhile(embedded, overtaken_then(line, one, move), lambda: line.unbind(one, "A"), times=OVERTAKEN + 1)
    if elsewhere:
        assert missing(answer) == ["A is not bound to this module"]
        assert "A" in line.cells_of(other)
    else:  # it is the new one that is taken off
        assert answer.status == 200
        assert registered("A") is None
    assert [len(line.cells_of(module)) for module in (one, other)] == [3, int(elsewhere)]
    assert [line.stored_module(module).bound for module in (one, other)] == [3, int(elsewhere)]
    uses = [use.cells for lot in ("old", "new") for use in Query(LotUse, lot_pk(DEMO, lot)).all()]
    assert uses == [0, int(elsewhere)]


def test_a_cell_taken_off_by_two_is_taken_off_once(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.full_module(line.batch())
    cell, other = line.cells_of(module)
    answer = meanwhile(embedded, lambda: data(line.unbind(module, cell)), lambda: line.unbind(module, cell))
    assert missing(answer) == [f"{cell} is not bound to this module"]
    assert (line.cells_of(module), line.stored_module(module).bound) == ([other], 1)


def test_a_cell_that_moved_meanwhile_is_not_taken_off_where_it_is_now(arena: World, embedded: EmbeddedEngine) -> None:
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


def test_a_tray_of_which_others_bind_some_meanwhile_names_all_of_those(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other, third = (line.module(batch) for _ in range(3))

    def bind_some() -> None:
        data(line.bind(other, "B"))
        data(line.bind(third, "D"))

    answer = meanwhile(embedded, bind_some, lambda: line.bind_tray(one, ["A", "B", "C", "D"]))
    assert (answer.status, answer.code) == (409, "DUPLICATE_SERIAL")
    told = answer.json["error"]["details"]["duplicates"]
    assert [(used["serial"], used["moduleId"]) for used in told] == [("B", other["id"]), ("D", third["id"])]
    assert (line.cells_of(one), registered("A")) == ([], None)


def test_a_tray_is_bound_if_what_stood_in_its_way_is_gone_a_moment_later(
    arena: World, embedded: EmbeddedEngine
) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=9)
    one, other = line.module(batch), line.module(batch)
    data(line.bind(other, "B"))
    commits: list[str] = []

    def free(operation: str, _: Data) -> None:
        commits.append(operation)
        if len(commits) == 2:  # the serial was refused and is now looked up
            data(line.unbind(other, "B"))

    # The first commit is refused; just before the serials are looked up, the one in the way is taken off.
    with embedded.before("BatchGetItem", free, times=2):
        bound = data(line.bind_tray(one, ["A", "B"]))
    assert (bound["cellsBound"], line.cells_of(one), line.cells_of(other)) == (2, ["A", "B"], [])


def test_a_module_is_not_made_in_a_batch_that_was_completed_meanwhile(arena: World, embedded: EmbeddedEngine) -> None:
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
        assert missing(answer)
        assert answer.json["error"]["details"]["status"] == "COMPLETED"
        assert registered(f"late-{kind}") is None


def test_a_batch_to_which_a_pack_comes_meanwhile_is_not_completed(arena: World, embedded: EmbeddedEngine) -> None:
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


def test_a_module_that_another_pack_takes_meanwhile_is_not_bound_twice(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)
    module, one, other = line.sealed_module(batch), line.pack(batch), line.pack(batch)
    answer = meanwhile(embedded, lambda: data(line.bind_module(other, module)), lambda: line.bind_module(one, module))
    assert missing(answer) == [f"module {module['id']} is in pack {other['id']}"]
    assert (line.stored_pack(one).bound, read_whole_ledger(line.stored_pack(one).pk)) == (0, [])


def test_a_pack_that_was_sealed_meanwhile_takes_no_module(arena: World, embedded: EmbeddedEngine) -> None:
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


def test_two_first_scans_of_a_module_both_count(arena: World, embedded: EmbeddedEngine) -> None:
    line = Line(arena)
    module = line.module(line.batch())
    bound = data(meanwhile(embedded, lambda: data(line.bind(module, "A")), lambda: line.bind(module, "B")))
    assert (bound["cellsBound"], line.cells_of(module)) == (2, ["A", "B"])
    assert line.counted("module") == {"DRAFT": 0, "IN_PROGRESS": 1, "SEALED": 0}
