"""Holds that are made and released while 64 scanners bind, seal, pass and ship."""

from collections.abc import Callable
from functools import partial

from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import Answer, World
from tests.races.crowd import at_once, both

SCANNERS = 64


def held(line: Line, kind: str, value: str) -> Answer:
    """Hold a value."""
    return line.qa.post("/v1/holds", {"kind": kind, "value": value, "reason": "swollen"})


def refusal(answer: Answer) -> str | None:
    """Return the code of a refused step, or None."""
    return None if answer.status == 200 else answer.code


def test_nothing_of_a_batch_is_bound_or_sealed_after_its_hold(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=2)
    modules = [line.module(batch) for _ in range(SCANNERS - 1)]

    def scan(number: int) -> list[Answer]:
        """Fill a module and seal it."""
        module = modules[number]
        return [*(line.bind(module, f"{number}-{place}") for place in range(2)), line.seal("modules", module)]

    calls: list[Callable[[], list[Answer]]] = [lambda: [held(line, "BATCH", batch["id"])]]
    calls += [partial(scan, number) for number in range(len(modules))]
    [made], *answers_of = at_once(calls)
    assert made.status == 201
    for module, answers in zip(modules, answers_of, strict=True):
        steps = [answer.status == 200 for answer in answers]
        assert steps == sorted(steps, reverse=True)  # once a step is refused, all later ones are
        assert {refusal(answer) for answer in answers[:2]} <= {None, "ON_HOLD"}
        assert refusal(answers[2]) in {None, "ON_HOLD", "WORKFLOW_VIOLATION"}  # the last: cells are missing
        assert line.stored_module(module).bound == sum(steps[:2])
    late = [line.bind(module, f"late-{place}") for place, module in enumerate(modules[:4])]
    assert {refusal(answer) for answer in late} <= {"ON_HOLD", "ENTITY_LOCKED", "WORKFLOW_VIOLATION"}
    data(line.supervisor.post(f"/v1/holds/{made.json['data']['id']}/release", {"reason": "r"}))
    assert all(line.bind(line.module(batch), f"free-{place}").status == 200 for place in range(2))


def test_a_cell_is_held_in_the_module_that_got_it(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1)
    for number in range(12):
        module, cell = line.module(batch), f"C-{number}"
        bound, made = both(partial(line.bind, module, cell), partial(held, line, "SERIAL", cell))
        assert made.status == 201
        assert refusal(bound) in (None, "ON_HOLD"), bound
        assert refusal(line.seal("modules", module)) == ("ON_HOLD" if bound.status == 200 else "WORKFLOW_VIOLATION")
        if bound.status == 200:
            data(line.unbind(module, cell))
            assert data(line.viewer.get(f"/v1/modules/{module['id']}"))["holds"] == []


def test_a_held_pack_is_passed_and_shipped_before_its_hold_or_never(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    packs = [line.ready_pack(batch) for _ in range(8)]
    cells = [line.cells_of(line.modules_of(pack)[0])[0] for pack in packs]

    def finish(pack: Data) -> list[Answer]:
        return [line.dispose(pack, "PASS"), line.ship(pack)]

    calls: list[Callable[[], list[Answer]]] = [partial(finish, pack) for pack in packs]
    calls += [partial(lambda cell: [held(line, "SERIAL", cell)], cell) for cell in cells]
    answers_of = at_once(calls)
    assert [answer.status for answers in answers_of[len(packs) :] for answer in answers] == [201] * len(packs)
    for pack, (passed, shipped) in zip(packs, answers_of[: len(packs)], strict=True):
        assert refusal(passed) in (None, "ON_HOLD")
        assert refusal(shipped) in (None, "ON_HOLD", "WORKFLOW_VIOLATION")
        [shown] = data(line.viewer.get(f"/v1/packs/{pack['id']}"))["holds"]
        assert shown["value"] in cells
        again = line.dispose(pack, "PASS") if passed.status != 200 else line.ship(pack)
        assert refusal(again) == ("ON_HOLD" if shipped.status != 200 else "WORKFLOW_VIOLATION"), again


def test_holds_made_and_released_at_once_are_all_kept(arena: World) -> None:
    line = Line(arena)
    first = [held(line, "SERIAL", f"A-{number}").json["data"] for number in range(4)]

    def release(hold: Data) -> Answer:
        return line.supervisor.post(f"/v1/holds/{hold['id']}/release", {"reason": "r"})

    calls: list[Callable[[], Answer]] = [partial(release, hold) for hold in first]
    calls += [partial(held, line, "SERIAL", f"B-{number}") for number in range(8)]
    assert sorted(answer.status for answer in at_once(calls)) == [200] * 4 + [201] * 8
    module = line.module(line.batch(cellsPerModule=12))
    for number in range(8):
        assert line.bind(module, f"B-{number}").code == "ON_HOLD"
    for number in range(4):
        data(line.bind(module, f"A-{number}"))


def test_nothing_with_cells_of_a_lot_is_bound_or_sealed_after_its_hold(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=2)
    modules = [line.module(batch) for _ in range(SCANNERS - 1)]

    def scan(number: int) -> list[Answer]:
        """Bind one cell of the lot and one of another, and seal."""
        module = modules[number]
        binds = [line.bind(module, f"{number}-{lot}", lot) for lot in ("good", "bad")]
        return [*binds, line.seal("modules", module)]

    calls: list[Callable[[], list[Answer]]] = [lambda: [held(line, "LOT", "BAD")]]
    calls += [partial(scan, number) for number in range(len(modules))]
    [made], *answers_of = at_once(calls)
    assert made.status == 201
    for module, (_, bound, sealed) in zip(modules, answers_of, strict=True):
        assert refusal(bound) in {None, "ON_HOLD"}
        assert refusal(sealed) in {None, "ON_HOLD", "WORKFLOW_VIOLATION"}
        shown = data(line.viewer.get(f"/v1/modules/{module['id']}"))
        assert len(shown["holds"]) == (bound.status == 200)
        late = line.seal("modules", module)
        if bound.status == 200:
            assert refusal(late) == ("ENTITY_LOCKED" if sealed.status == 200 else "ON_HOLD")


def test_a_corrected_lot_and_a_shipment_are_one_before_the_other(arena: World) -> None:
    line = Line(arena)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    assert held(line, "LOT", "bad").status == 201
    for _ in range(12):
        pack = line.finished_pack(batch)
        [cell] = line.cells_of(line.modules_of(pack)[0])
        body = {"lot": "bad", "reason": "misread"}
        shipped, corrected = both(partial(line.ship, pack), partial(line.qa.patch, f"/v1/cells/{cell}/lot", body))
        assert corrected.status == 200
        assert refusal(shipped) in {None, "ON_HOLD"}
        again = line.ship(pack)
        assert refusal(again) == ("WORKFLOW_VIOLATION" if shipped.status == 200 else "ON_HOLD")
