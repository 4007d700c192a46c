"""The command that lists and counts the battery line again."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.list_keys import list_sort_key
from chalicelib.manufacturing.status_counters import counter_keys
from chalicelib.manufacturing.tables import Pack, pack_key
from infra import rebuild
from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import DEMO, OTHER, World


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the printed lines."""
    exit_code = rebuild.main(["manufacturing", *arguments])
    return exit_code, capsys.readouterr().out.splitlines()


def list_as_before(world: World, pack: Data) -> None:
    """List and count a finalized pack as earlier versions did, by its status only."""

    def change(work: UnitOfWork) -> None:
        place: Any = Pack.sort_key.set(list_sort_key("FINALIZED", pack["id"]))
        work.update_unread(pack_key(DEMO, pack["id"]), actions=[place], audited=False)
        for owner in (None, pack["skuId"], pack["batchId"]):
            target = counter_keys(DEMO, "pack", owner)[0]
            counts = [target.model.FINALIZED.add(1), target.model.FINALIZED_PASS.add(-1)]
            work.update_unread(target, actions=counts, audited=False)

    world.run(change)


def listed(line: Line, query: str) -> tuple[list[str], int]:
    answer = line.viewer.get(f"/v1/packs?{query}").json
    return [pack["id"] for pack in answer["data"]], answer["meta"]["totalCount"]


def test_packs_of_earlier_versions_are_listed_by_disposition(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(world)
    batch = line.batch()
    pack, shipped = line.finished_pack(batch), line.finished_pack(batch)
    list_as_before(world, pack)
    list_as_before(world, shipped)
    data(line.ship(shipped))  # a step lists and counts it as this version does
    everything = ([shipped["id"], pack["id"]], 2)
    assert listed(line, "") == everything
    assert listed(line, "status=FINALIZED") == ([pack["id"]], 1)
    assert listed(line, "disposition=PASS") == ([shipped["id"]], 1)
    assert run(capsys, "--org", OTHER) == (0, ["0 checked, 0 differ, 0 repaired, 0 with gaps"])
    difference = f"{DEMO} {pack['id']}: is FINALIZED_PASS and not listed and counted so"
    assert run(capsys) == (1, [difference, "8 checked, 1 differ, 0 repaired, 0 with gaps"])
    assert run(capsys, "--write") == (0, [difference, "8 checked, 1 differ, 1 repaired, 0 with gaps"])
    assert listed(line, "disposition=PASS") == everything
    assert listed(line, f"disposition=PASS&status=FINALIZED&batchId={batch['id']}") == ([pack["id"]], 1)
    assert run(capsys) == (0, ["8 checked, 0 differ, 0 repaired, 0 with gaps"])
