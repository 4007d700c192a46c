"""Simultaneous requests of many scanners and testers on the production line."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from chalicelib.core.store import Query
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import LotUse, lot_pk
from tests.builders.manufacturing import Data, Line, data, holder_of, registered
from tests.builders.world import DEMO, OTHER, Answer, World
from tests.races.crowd import at_once, both

SCANNERS = 64
SERIALS = 1000
TRAY = 50


def test_serials_bound_by_sixty_four_scanners_are_bound_once(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=SERIALS)
    modules = [line.module(batch) for _ in range(SCANNERS)]
    serials = [f"C-{number:04d}" for number in range(SERIALS)]

    trays = [serials[start : start + TRAY] for start in range(0, SERIALS, TRAY)]

    def scan(number: int) -> list[tuple[list[str], Answer]]:
        """Bind three trays, beginning at the scanner's own; some ten scanners bind each tray."""
        mine = [trays[(number + turn) % len(trays)] for turn in (0, 7, 14)]
        return [(tray, line.bind_tray(modules[number], tray)) for tray in mine]

    answers_of = at_once([partial(scan, number) for number in range(SCANNERS)])
    where = {serial: module["id"] for module in modules for serial in line.cells_of(module)}
    assert sum(line.stored_module(module).bound for module in modules) == len(where)
    assert sorted(where) == serials
    for number, answers in enumerate(answers_of):
        for serials_sent, answer in answers:
            check_answer(answer, serials_sent, modules[number]["id"], where)
    assert Counter(answer.status for answers in answers_of for _, answer in answers) == {200: 20, 409: 172}
    assert {serial: holder_of(serial) for serial in serials} == where


def test_duplicate_serials_name_their_holder(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=12)
    modules = [line.module(batch) for _ in range(12)]
    serials = [f"C-{number:02d}" for number in range(12)]

    def scan(number: int) -> list[tuple[list[str], Answer]]:
        return [([serial], line.bind(modules[number], serial)) for serial in Random(number).sample(serials, 12)]

    answers_of = at_once([partial(scan, number) for number in range(len(modules))])
    where = {serial: module["id"] for module in modules for serial in line.cells_of(module)}
    assert sorted(where) == serials
    assert sum(line.stored_module(module).bound for module in modules) == len(serials)
    for number, answers in enumerate(answers_of):
        for serials_sent, answer in answers:
            check_answer(answer, serials_sent, modules[number]["id"], where)


def check_answer(answer: Answer, serials: list[str], module_id: str, where: dict[str, str]) -> None:
    """Check that the module holds all scanned cells, or that the error names duplicates and their holders."""
    if answer.status == 200:
        assert {where[serial] for serial in serials} == {module_id}
        return
    assert (answer.status, answer.code) == (409, "DUPLICATE_SERIAL"), answer
    used = {one["serial"]: one["moduleId"] for one in answer.json["error"]["details"]["duplicates"]}
    assert used
    assert used == {serial: where[serial] for serial in used}
    assert set(used) <= set(serials)


def test_serial_bound_by_two_organisations_is_bound_once(arena: World) -> None:
    ours, theirs = Line(arena), Line(arena, OTHER)
    for number in range(8):
        mine, other = ours.module(ours.batch()), theirs.module(theirs.batch())
        serial = f"X-{number}"
        answers = both(partial(ours.bind, mine, serial), partial(theirs.bind, other, serial))
        assert sorted(answer.status for answer in answers) == [200, 409]
        loser = next(answer for answer in answers if answer.status == 409)
        assert loser.json["error"]["details"] == {"serial": serial, "duplicates": [{"serial": serial}]}


def test_scans_of_many_scanners_on_one_module_are_kept_in_order(arena: World) -> None:
    line = Line(arena)
    scanners, each = 16, 6
    module = line.module(line.batch(cellsPerModule=scanners * each))

    def scan(number: int) -> list[Answer]:
        return [line.bind(module, f"S{number:02d}-{turn}", "L1") for turn in range(each)]

    answers_of = at_once([partial(scan, number) for number in range(scanners)])
    assert Counter(answer.status for answers in answers_of for answer in answers) == {200: scanners * each}
    cells = line.cells_of(module)
    assert len(cells) == len(set(cells)) == scanners * each
    for number in range(scanners):
        mine = [cell for cell in cells if cell.startswith(f"S{number:02d}-")]
        assert mine == sorted(mine)
    stored = line.stored_module(module)
    assert (stored.bound, stored.version) == (scanners * each, 1 + scanners * each)
    [used] = Query(LotUse, lot_pk(DEMO, "L1")).all()
    assert used.cells == scanners * each
    assert line.seal("modules", module).status == 200


def test_module_is_filled_exactly(arena: World) -> None:
    line = Line(arena)
    module = line.module(line.batch(cellsPerModule=10))
    answers = at_once([partial(line.bind, module, f"C-{number}") for number in range(24)])
    assert Counter(answer.status for answer in answers) == {200: 10, 409: 14}
    assert {answer.code for answer in answers if answer.status == 409} == {"WORKFLOW_VIOLATION"}
    assert len(line.cells_of(module)) == line.stored_module(module).bound == 10
    assert sum(registered(f"C-{number}") is not None for number in range(24)) == 10


def test_sealed_module_has_exactly_the_cells_of_its_sku(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=3)
    outcomes: Counter[str] = Counter()
    for number in range(12):
        module = line.module(batch)
        names = [f"{number}-{name}" for name in "abcdef"]
        data(line.bind_tray(module, names[:3] if number % 2 else names[:2]))
        steps: list[Callable[[], Answer]] = [
            partial(line.seal, "modules", module),
            partial(line.bind, module, names[3]),
            partial(line.bind_tray, module, names[4:]),
            partial(line.unbind, module, names[0]),
            partial(line.seal, "modules", module),
        ]
        answers = at_once(steps)
        assert {answer.status for answer in answers} <= {200, 409}
        stored, cells = line.stored_module(module), line.cells_of(module)
        assert stored.bound == len(cells) <= 3
        assert stored.status == "IN_PROGRESS" or len(cells) == 3
        assert sum(answer.status == 200 for answer in (answers[0], answers[4])) == (stored.status == "SEALED")
        assert {name for name in names if holder_of(name) is not None} == set(cells)
        outcomes[stored.status] += 1
    assert outcomes["SEALED"]


def test_module_is_bound_to_one_pack(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)
    for _ in range(4):
        module = line.sealed_module(batch)
        packs = [line.pack(batch) for _ in range(6)]
        body = {"batchId": batch["id"], "moduleIds": [module["id"]]}
        new = [partial(line.production.post, "/v1/packs", {**body, "serial": line.serial("P")}) for _ in range(2)]
        answers = at_once([*(partial(line.bind_module, pack, module) for pack in packs), *new])
        won = [answer for answer in answers if answer.status in (200, 201)]
        assert len(won) == 1
        assert {answer.code for answer in answers if answer not in won} == {"WORKFLOW_VIOLATION"}
        winner = won[0].json["data"]["id"]
        assert line.stored_module(module).pack_id == winner
        for answer in answers:
            if answer not in won:
                assert answer.json["error"]["details"]["modules"][0]["packId"] == winner
        holders = [pack for pack in packs if line.stored_pack(pack).bound]
        assert [pack["id"] for pack in holders] == ([winner] if won[0].status == 200 else [])


def test_pack_is_filled_exactly(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1, modulesPerPack=4)
    modules = [line.sealed_module(batch) for _ in range(8)]
    pack = line.pack(batch)
    answers = at_once([partial(line.bind_module, pack, module) for module in modules])
    assert Counter(answer.status for answer in answers) == {200: 4, 409: 4}
    inside = [module["id"] for module in modules if line.stored_module(module).pack_id == pack["id"]]
    ledger = [part for entry in read_whole_ledger(line.stored_pack(pack).pk) for part in entry.part_ids or ()]
    assert sorted(ledger) == sorted(inside)
    assert (len(inside), line.stored_pack(pack).bound) == (4, 4)


def test_no_pack_is_created_in_a_batch_that_is_being_completed(arena: World) -> None:
    line = Line(arena)
    sku = line.sku(cellsPerModule=1, modulesPerPack=1)
    for _ in range(8):
        batch = line.batch(sku)
        line.finished_pack(batch)

        def make(of_batch: Data = batch) -> Answer:
            body = {"batchId": of_batch["id"], "serial": line.serial("P")}
            return line.production.post("/v1/packs", body)

        complete = partial(line.qa.patch, f"/v1/batches/{batch['id']}/complete")
        made, done = both(make, complete)
        assert (made.status, done.status) in ((201, 409), (409, 200))
        stored = line.stored_batch(batch)
        assert (stored.status == "COMPLETED") == (done.status == 200) == (stored.packs_open == 0)
        assert stored.packs == 1 + (made.status == 201)


def test_pack_is_finalized_and_counted_once(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    for number in range(4):
        pack = line.ready_pack(batch)
        verdicts = ["PASS", "FAIL", "QUARANTINE", "PASS", "FAIL"]
        answers = at_once([partial(line.dispose, pack, verdict) for verdict in verdicts])
        final = [v for v, answer in zip(verdicts, answers, strict=True) if answer.status == 200 and v != "QUARANTINE"]
        assert len(final) == 1
        assert line.stored_pack(pack).disposition == final[0]
        stored = line.stored_batch(batch)
        assert (stored.packs, stored.packs_open) == (number + 1, 0)
        assert stored.packs_passed + stored.packs_failed == number + 1


def test_totals_of_lists_are_exact_after_simultaneous_changes(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)

    def work(_: int) -> None:
        module = line.module(batch)
        data(line.bind(module, line.serial("C")))
        data(line.seal("modules", module))

    at_once([partial(work, number) for number in range(16)])
    for owner in (None, batch["skuId"], batch["id"]):
        assert line.counted("module", owner) == {"DRAFT": 0, "IN_PROGRESS": 0, "SEALED": 16, "SCRAPPED": 0}
    assert line.viewer.get("/v1/modules?pageSize=5").json["meta"]["totalCount"] == 16
