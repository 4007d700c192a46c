"""Steps of the line while a hold is open: holds, what they stop, cells that are bound again, and recall cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders.manufacturing import GOOD, LIMITS, Data, Line, data

SITUATION = "a line with an open hold"
TRIPS = {"POST /v1/recalls": 83}
"""Budgets of their own: a recall case is committed in three round trips, and up to ten steps of eight follow."""


@cache
def _plant(stage: Stage) -> tuple[Line, Data]:
    """Return the line and a running batch; a cell of another batch is held."""
    line = Line(stage.world)
    batch = line.batch(cellsPerModule=48, modulesPerPack=8, limits=LIMITS)
    _hold(line, "SERIAL", "C-held")
    return line, batch


def _hold(line: Line, kind: str, value: str) -> Data:
    body = {"kind": kind, "value": value, "reason": "swollen"}
    return data(line.qa.post("/v1/holds", body), 201)


def _new_hold(stage: Stage, kind: str) -> Hit:
    line, batch = _plant(stage)
    value = batch["id"] if kind == "BATCH" else line.cells_of(line.full_module(batch))[0]
    return Hit("POST", "/v1/holds", line.qa, {"kind": kind, "value": value, "reason": "swollen"}, status=201)


def _release(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    params = {"hold_id": _hold(line, "SERIAL", line.serial("C"))["id"]}
    return Hit("POST", "/v1/holds/{hold_id}/release", line.supervisor, {"reason": "measured again"}, params=params)


def _bind_again(stage: Stage, cells: int) -> Hit:
    """Bind cells that were bound to another module and unbound."""
    line, batch = _plant(stage)
    former, module = line.full_module(batch, "L1"), line.module(batch)
    serials = line.cells_of(former)[:cells]
    for serial in serials:
        data(line.unbind(former, serial))
    params = {"module_id": module["id"]}
    if cells == 1:
        path = "/v1/modules/{module_id}/bind-cell"
        return Hit("PATCH", path, line.production, {"serial": serials[0], "lot": "L1"}, params=params)
    return Hit("POST", "/v1/modules/{module_id}/bind-cells", line.production, {"serials": serials}, params=params)


def _pack_step(stage: Stage, step: str) -> Hit:
    """Seal, pass, ship or void a pack of 8 modules."""
    line, _ = _plant(stage)
    batch = line.batch(cellsPerModule=1, modulesPerPack=8, limits=LIMITS)
    pack = line.pack(batch, [line.sealed_module(batch) for _ in range(8)])
    if step != "seal":
        data(line.seal("packs", pack))
    if step == "ship":
        data(line.dispose(pack, "PASS", measurements=GOOD))
    bodies: dict[str, Data | None] = {
        "seal": None,
        "disposition": {"disposition": "PASS", "measurements": GOOD},
        "ship": {"customer": "Northwind"},
        "void": {"reason": "created twice"},
    }
    person = line.qa if step == "disposition" else line.production
    return Hit("PATCH", f"/v1/packs/{{pack_id}}/{step}", person, bodies[step], params={"pack_id": pack["id"]})


@cache
def _recall(stage: Stage) -> Data:
    line, batch = _plant(stage)
    for _ in range(4):
        line.full_module(batch, "L9")
    return data(line.qa.post("/v1/recalls", {"lots": ["L9"], "reason": "contamination"}), 201)


def _open_recall(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    _recall(stage)
    return Hit("POST", "/v1/recalls", line.qa, {"lots": ["L9"], "reason": "contamination"}, status=201)


def _read_recall(stage: Stage, path: str) -> Hit:
    line, _ = _plant(stage)
    return Hit("GET", path, line.viewer, params={"recall_id": _recall(stage)["id"]})


SCENARIOS: dict[str, Callable[[Stage], Hit]] = {
    "POST /v1/holds, a cell": partial(_new_hold, kind="SERIAL"),
    "POST /v1/holds, a batch": partial(_new_hold, kind="BATCH"),
    "POST holds/{id}/release": _release,
    "PATCH modules/{id}/bind-cell, bound before": partial(_bind_again, cells=1),
    "POST modules/{id}/bind-cells, 40 bound before": partial(_bind_again, cells=40),
    "PATCH packs/{id}/seal, with a hold": partial(_pack_step, step="seal"),
    "PATCH packs/{id}/disposition, with a hold": partial(_pack_step, step="disposition"),
    "PATCH packs/{id}/ship, with a hold": partial(_pack_step, step="ship"),
    "PATCH packs/{id}/void, with a hold": partial(_pack_step, step="void"),
    "POST /v1/recalls": _open_recall,
    "GET recalls/{id}": partial(_read_recall, path="/v1/recalls/{recall_id}"),
    "GET recalls/{id}/units": partial(_read_recall, path="/v1/recalls/{recall_id}/units"),
}
