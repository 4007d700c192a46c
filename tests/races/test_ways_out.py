"""Simultaneous requests around what ends the work on a batch, module or pack."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from chalicelib.manufacturing.tables import Module
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import Answer, World
from tests.faults import recounts, snapshot
from tests.races.crowd import at_once

SCANNERS = 64


def check_ledger(line: Line, modules: Sequence[Data]) -> None:
    """Check that what each module holds is what its ledger and the registry say."""
    for module in modules:
        stored, cells = line.stored_module(module), line.cells_of(module)
        if stored.cells_freed:
            assert stored.bound == 0
            continue
        assert len(cells) == stored.bound
        for cell in cells:
            number = registered(cell)
            assert number is not None
            assert number.holder_id == module["id"]


def check_counts(line: Line) -> None:
    """Check that all counters, ledgers and serial numbers agree with a recount of what is stored."""
    assert not list(recounts.manufacturing(snapshot.taken(line.org_id, Module)))


def test_no_cell_is_bound_after_the_batch_is_completed(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=2, modulesPerPack=1)
    line.finished_pack(batch)
    modules = [line.module(batch) for _ in range(SCANNERS - 1)]

    def scan(number: int) -> list[Answer]:
        """Fill a module and seal it."""
        module, cells = modules[number], [f"{number}-{place}" for place in range(2)]
        return [*(line.bind(module, cell) for cell in cells), line.seal("modules", module)]

    def complete() -> list[Answer]:
        return [line.qa.patch(f"/v1/batches/{batch['id']}/complete")]

    calls: list[Callable[[], list[Answer]]] = [complete, *(partial(scan, number) for number in range(len(modules)))]
    completed, *answers_of = at_once(calls)
    assert [answer.status for answer in completed] == [200]
    check_ledger(line, modules)
    for module, answers in zip(modules, answers_of, strict=True):
        assert line.stored_module(module).bound == sum(answer.status == 200 for answer in answers[:2])
        assert {answer.code for answer in answers if answer.status != 200} <= {"WORKFLOW_VIOLATION"}
    late = [line.bind(modules[0], "late"), line.seal("modules", modules[0])]
    assert {answer.status for answer in late} == {409}
    check_counts(line)


def test_no_cell_is_in_two_places_while_modules_are_scrapped_and_sealed(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=2)
    former = [line.sealed_module(batch) for _ in range(8)]
    cells = [cell for module in former for cell in line.cells_of(module)]
    modules = [line.module(batch) for _ in range(SCANNERS - len(former))]

    def scan(number: int) -> list[Answer]:
        """Bind cells that are being freed, and seal or scrap the module."""
        module = modules[number]
        mine = [cells[(number + step) % len(cells)] for step in (0, 5)]
        end = partial(line.scrap, module) if number % 4 == 0 else partial(line.seal, "modules", module)
        return [*(line.bind(module, cell) for cell in mine), end()]

    def scrap(module: Data) -> list[Answer]:
        return [line.scrap(module)]

    calls: list[Callable[[], list[Answer]]] = [partial(scrap, module) for module in former]
    calls += [partial(scan, number) for number in range(len(modules))]
    answers = [answer for answers in at_once(calls) for answer in answers]
    assert {answer.code for answer in answers if answer.status != 200} <= {"WORKFLOW_VIOLATION", "DUPLICATE_SERIAL"}
    check_ledger(line, modules)
    held = [cell for module in modules if not line.stored_module(module).cells_freed for cell in line.cells_of(module)]
    assert len(held) == len(set(held))
    for module in modules:
        stored = line.stored_module(module)
        assert stored.status != "SEALED" or stored.bound == 2
    assert line.counted("module")["SCRAPPED"] >= len(former)
    check_counts(line)


def test_module_is_in_one_pack_while_packs_are_voided_and_reworked(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    for turn in range(6):
        pack = line.ready_pack(batch)
        module, *_ = line.modules_of(pack)
        others = [line.pack(batch) for _ in range(4)]
        steps: list[Callable[[], Answer]] = [
            partial(line.void, pack),
            partial(line.rework, pack),
            partial(line.dispose, pack, "FAIL"),
            partial(line.unbind_module, pack, module),
            *(partial(line.bind_module, other, module) for other in others),
            partial(line.scrap, module),
        ]
        answers = at_once(steps)
        assert {answer.status for answer in answers} <= {200, 409}, turn
        assert answers[0].status == 200
        stored = line.stored_module(module)
        holders = [other["id"] for other in others if line.stored_pack(other).bound]
        assert holders == ([stored.pack_id] if stored.pack_id else [])
        assert (stored.status == "SCRAPPED") == (answers[-1].status == 200)
        assert not (stored.status == "SCRAPPED" and holders)
        assert line.stored_batch(batch).packs_voided == turn + 1
    check_counts(line)


def test_counts_agree_after_packs_were_shipped_returned_voided_and_reworked_at_once(arena: World) -> None:
    line = Line(arena)
    sku = line.sku(cellsPerModule=1, modulesPerPack=1)
    for turn in range(6):
        batch = line.batch(sku)
        pack = line.finished_pack(batch, "FAIL" if turn % 3 == 0 else "PASS")
        if turn % 3 == 1:
            data(line.ship(pack))
        steps: list[Callable[[], Answer]] = [
            partial(line.ship, pack),
            partial(line.take_back, pack),
            partial(line.void, pack),
            partial(line.rework, pack),
            partial(line.dispose, pack, "PASS"),
            partial(line.dispose, pack, "FAIL"),
            partial(line.dispose, pack, "QUARANTINE"),
            partial(line.ship, pack, "Contoso"),
            partial(line.take_back, pack),
            partial(line.qa.patch, f"/v1/batches/{batch['id']}/complete"),
        ]
        answers = at_once(steps)
        assert {answer.status for answer in answers} <= {200, 201, 409}, turn
        check_counts(line)


def test_nothing_enters_a_batch_that_is_being_voided(arena: World) -> None:
    line = Line(arena)
    sku = line.sku(cellsPerModule=2)
    for _ in range(6):
        batch = line.batch(sku)
        modules = [line.module(batch) for _ in range(4)]
        body = {"batchId": batch["id"], "serial": line.serial("P")}
        steps: list[Callable[[], Answer]] = [
            partial(line.void_batch, batch),
            partial(line.production.post, "/v1/packs", body),
            *(partial(line.bind, module, line.serial("C")) for module in modules),
        ]
        voided, made, *bound = at_once(steps)
        assert (voided.status, made.status) in ((200, 409), (409, 201))
        assert line.stored_batch(batch).packs == (made.status == 201)
        held = [line.stored_module(module).bound for module in modules]
        assert held == [int(answer.status == 200) for answer in bound]
        if voided.status == 200:
            assert {line.bind(module, line.serial("C")).status for module in modules} == {409}
    check_counts(line)


def test_reworked_pack_is_sealed_with_the_modules_that_it_holds(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)
    outcomes: Counter[str] = Counter()
    for turn in range(6):
        pack = line.ready_pack(batch)
        held, other = line.modules_of(pack), line.pack(batch)
        data(line.rework(pack))
        steps: list[Callable[[], Answer]] = [
            partial(line.unbind_module, pack, held[0]),
            partial(line.unbind_module, pack, held[1]),
            partial(line.bind_module, pack, line.sealed_module(batch)),
            partial(line.bind_module, other, held[0]),
            partial(line.seal, "packs", pack),
            *([partial(line.void, pack)] if turn % 2 else []),
        ]
        answers = at_once(steps)
        assert {answer.status for answer in answers} <= {200, 409}, turn
        outcomes[line.stored_pack(pack).status] += 1
        check_counts(line)
    assert outcomes["VOID"] == 3
