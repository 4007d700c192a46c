"""A production line with modules of 48 cells, packs of 8 modules, and 120 other modules in the lists.

Each scenario has its own entities, so all of them can run on the same stage.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders.manufacturing import GOOD, INSULATED, LIMITS, TESTS, Data, Line, data
from tests.builders.world import Person

SITUATION = "a working day on the line"
_OTHER_MODULES = 120
_OTHER_PACKS = 20

Prepare = Callable[[Stage], Hit]


@cache
def _plant(stage: Stage) -> tuple[Line, Data]:
    """Return the line and a running batch."""
    line = Line(stage.world)
    batch = line.batch(cellsPerModule=48, modulesPerPack=8, limits=LIMITS)
    for _ in range(_OTHER_MODULES):
        line.module(batch)
    for _ in range(_OTHER_PACKS):
        line.pack(batch)
    return line, batch


@cache
def _sealed(stage: Stage, how_many: int) -> list[Data]:
    line, batch = _plant(stage)
    return [line.sealed_module(batch, "L1") for _ in range(how_many)]


def _patch(person: Person, path: str, name: str, entity: Data, body: object = None) -> Hit:
    return Hit("PATCH", path, person, body, params={name: entity["id"]})


def _new(stage: Stage, path: str) -> Hit:
    line, batch = _plant(stage)
    if path == "/v1/skus":
        body: Data = {"name": "A", "chemistry": "LFP", "cellsPerModule": 48, "modulesPerPack": 8, "limits": LIMITS}
        return Hit("POST", path, line.supervisor, body, status=201)
    if path == "/v1/batches":
        return Hit("POST", path, line.production, {"skuId": batch["skuId"]}, status=201)
    return Hit("POST", path, line.production, {"batchId": batch["id"], "serial": line.serial("N")}, status=201)


def _activate(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    return _patch(line.admin, "/v1/skus/{sku_id}/activate", "sku_id", line.draft_sku())


def _edit(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    return _patch(line.supervisor, "/v1/skus/{sku_id}", "sku_id", line.draft_sku(), {"skuCode": line.serial("SKU")})


def _retire(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    return _patch(line.supervisor, "/v1/skus/{sku_id}/retire", "sku_id", line.sku())


def _start(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    draft = line.draft_batch({"id": batch["skuId"]})
    return _patch(line.production, "/v1/batches/{batch_id}/start", "batch_id", draft)


def _complete(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    line.finished_pack(batch)
    return _patch(line.qa, "/v1/batches/{batch_id}/complete", "batch_id", batch)


def _void_batch(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    draft = line.draft_batch({"id": batch["skuId"]})
    return _patch(line.production, "/v1/batches/{batch_id}/void", "batch_id", draft, {"reason": "created twice"})


def _bind(stage: Stage, *, first: bool = False) -> Hit:
    line, batch = _plant(stage)
    module = line.module(batch)
    if not first:
        data(line.bind_tray(module, [line.serial("C") for _ in range(20)], "L1"))
    body = {"serial": line.serial("C"), "lot": "L1"}
    return _patch(line.production, "/v1/modules/{module_id}/bind-cell", "module_id", module, body)


def _tray(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    body = {"serials": [line.serial("C") for _ in range(48)], "lot": "L1"}
    params = {"module_id": line.module(batch)["id"]}
    return Hit("POST", "/v1/modules/{module_id}/bind-cells", line.production, body, params=params)


def _unbind(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    module = line.full_module(batch, "L1")
    body = {"serial": line.cells_of(module)[7]}
    return _patch(line.production, "/v1/modules/{module_id}/unbind-cell", "module_id", module, body)


def _seal_module(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    return _patch(line.production, "/v1/modules/{module_id}/seal", "module_id", line.full_module(batch))


def _pack_of_eight(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    ids = [module["id"] for module in _sealed(stage, 8)]
    body = {"batchId": batch["id"], "serial": line.serial("P"), "moduleIds": ids}
    return Hit("POST", "/v1/packs", line.production, body, status=201)


def _bind_module(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    body = {"moduleId": _sealed(stage, 1)[0]["id"]}
    return _patch(line.production, "/v1/packs/{pack_id}/bind-module", "pack_id", line.pack(batch), body)


def _seal_pack(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    batch = line.batch(cellsPerModule=1, modulesPerPack=2)
    pack = line.pack(batch, [line.sealed_module(batch) for _ in range(2)])
    return _patch(line.production, "/v1/packs/{pack_id}/seal", "pack_id", pack)


def _dispose(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    pack = line.ready_pack(line.batch(cellsPerModule=1, modulesPerPack=2, limits=LIMITS))
    body = {"disposition": "PASS", "measurements": GOOD}
    return _patch(line.qa, "/v1/packs/{pack_id}/disposition", "pack_id", pack, body)


def _test(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    pack = line.ready_pack(line.batch(cellsPerModule=1, modulesPerPack=2, tests=TESTS))
    body = {"step": "EOL", "station": "EOL-1", "result": "PASS", "measurements": INSULATED}
    return Hit("POST", "/v1/units/{serial}/tests", line.qa, body, params={"serial": pack["serial"]}, status=201)


def _tests(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    pack = _whole_pack(stage)
    for _ in range(5):
        data(line.record_test(pack), 201)
    return Hit("GET", "/v1/units/{serial}/tests", line.viewer, params={"serial": pack["serial"]})


def _report(stage: Stage) -> Hit:
    """A report of a year, in which a pack was tested and decided on."""
    line, _ = _plant(stage)
    pack = line.ready_pack(line.batch(cellsPerModule=1, modulesPerPack=2, tests=TESTS))
    data(line.record_test(pack, measurements=INSULATED), 201)
    data(line.dispose(pack, "PASS"))
    today = stage.world.clock.now().date()
    query = {"from": str(today - timedelta(days=365)), "to": str(today)}
    return Hit("GET", "/v1/reports/line", line.viewer, query=query)


def _scrap(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    body = {"reason": "dropped"}
    return _patch(line.production, "/v1/modules/{module_id}/scrap", "module_id", line.full_module(batch), body)


def _correct_lot(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    cell = line.cells_of(line.full_module(batch, "L1"))[0]
    return _patch(line.qa, "/v1/cells/{serial}/lot", "serial", {"id": cell}, {"lot": "L2", "reason": "misread"})


def _record_lot(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    return Hit("POST", "/v1/cell-lots", line.production, {"lot": "L9", "supplier": "Cell Works"}, status=201)


def _block_lot(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    data(line.production.post("/v1/cell-lots", {"lot": "L3"}), 201)
    body = {"status": "BLOCKED", "reason": "swollen"}
    return _patch(line.qa, "/v1/cell-lots/{lot}/status", "lot", {"id": "L3"}, body)


def _unbind_module(stage: Stage) -> Hit:
    line, batch = _plant(stage)
    module = _sealed(stage, 1)[0]
    pack = line.pack(batch, [module])
    body = {"moduleId": module["id"]}
    return _patch(line.production, "/v1/packs/{pack_id}/unbind-module", "pack_id", pack, body)


def _leave(stage: Stage, step: str) -> Hit:
    """Rework, void or ship a pack of 8 modules."""
    line, _ = _plant(stage)
    disposition = "FAIL" if step == "rework" else "PASS"
    pack = line.finished_pack(line.batch(cellsPerModule=1, modulesPerPack=8), disposition)
    body = {"customer": "Northwind"} if step == "ship" else {"reason": "loose connector"}
    return _patch(line.production, f"/v1/packs/{{pack_id}}/{step}", "pack_id", pack, body)


def _return(stage: Stage) -> Hit:
    line, _ = _plant(stage)
    pack = line.finished_pack(line.batch(cellsPerModule=1, modulesPerPack=8))
    data(line.ship(pack))
    body = {"serial": pack["serial"], "reason": "noise"}
    return Hit("POST", "/v1/returns", line.production, body, status=201)


def _list(stage: Stage, path: str, *, of_batch: bool = False, **query: str) -> Hit:
    line, batch = _plant(stage)
    chosen = {"batchId": batch["id"]} if of_batch else {}
    return Hit("GET", path, line.viewer, query={**chosen, **query})


def _one(stage: Stage, path: str) -> Hit:
    line, batch = _plant(stage)
    if "{module_id}" in path:
        return Hit("GET", path, line.viewer, params={"module_id": _sealed(stage, 1)[0]["id"]})
    if "{pack_id}" in path:
        return Hit("GET", path, line.viewer, params={"pack_id": _whole_pack(stage)["id"]})
    return Hit("GET", path, line.viewer, params={"batch_id": batch["id"], "sku_id": batch["skuId"]})


def _passport(stage: Stage, path: str) -> Hit:
    line, _ = _plant(stage)
    pack = _whole_pack(stage)
    if "{token}" in path:
        return Hit("GET", path, params={"token": f"{line.org_id}.{pack['id']}"})
    return Hit("GET", path, line.viewer, params={"pack_id": pack["id"]}, query={"view": "restricted"})


@cache
def _whole_pack(stage: Stage) -> Data:
    line, _ = _plant(stage)
    return line.finished_pack(line.batch(cellsPerModule=1, modulesPerPack=8))


SCENARIOS: dict[str, Prepare] = {
    "POST /v1/skus": partial(_new, path="/v1/skus"),
    "PATCH /v1/skus/{id}": _edit,
    "PATCH /v1/skus/{id}/activate": _activate,
    "PATCH /v1/skus/{id}/retire": _retire,
    "POST /v1/batches": partial(_new, path="/v1/batches"),
    "PATCH /v1/batches/{id}/start": _start,
    "PATCH /v1/batches/{id}/complete": _complete,
    "PATCH /v1/batches/{id}/void": _void_batch,
    "POST /v1/modules": partial(_new, path="/v1/modules"),
    "PATCH modules/{id}/bind-cell, the first": partial(_bind, first=True),
    "PATCH modules/{id}/bind-cell, with a lot": _bind,
    "POST modules/{id}/bind-cells, 48 cells": _tray,
    "PATCH modules/{id}/unbind-cell": _unbind,
    "PATCH modules/{id}/seal": _seal_module,
    "POST /v1/packs": partial(_new, path="/v1/packs"),
    "POST /v1/packs, with 8 modules": _pack_of_eight,
    "PATCH packs/{id}/bind-module": _bind_module,
    "PATCH packs/{id}/seal": _seal_pack,
    "PATCH packs/{id}/disposition": _dispose,
    "POST units/{serial}/tests": _test,
    "GET units/{serial}/tests": _tests,
    "GET reports/line, 366 days": _report,
    "PATCH modules/{id}/scrap, 48 cells": _scrap,
    "PATCH cells/{serial}/lot": _correct_lot,
    "POST /v1/cell-lots": _record_lot,
    "PATCH cell-lots/{lot}/status, blocked": _block_lot,
    "PATCH packs/{id}/unbind-module": _unbind_module,
    "PATCH packs/{id}/rework": partial(_leave, step="rework"),
    "PATCH packs/{id}/void, 8 modules": partial(_leave, step="void"),
    "PATCH packs/{id}/ship": partial(_leave, step="ship"),
    "POST /v1/returns": _return,
    "GET /v1/skus/{id}": partial(_one, path="/v1/skus/{sku_id}"),
    "GET /v1/batches/{id}": partial(_one, path="/v1/batches/{batch_id}"),
    "GET /v1/modules/{id}, 48 cells": partial(_one, path="/v1/modules/{module_id}"),
    "GET /v1/packs/{id}, 8 modules": partial(_one, path="/v1/packs/{pack_id}"),
    "GET packs/{id}/dispositions": partial(_one, path="/v1/packs/{pack_id}/dispositions"),
    "GET packs/{id}/passport, restricted": partial(_passport, path="/v1/packs/{pack_id}/passport"),
    "GET /v1/passports/{token}": partial(_passport, path="/v1/passports/{token}"),
    "GET /v1/skus": partial(_list, path="/v1/skus"),
    "GET /v1/batches": partial(_list, path="/v1/batches"),
    "GET /v1/modules": partial(_list, path="/v1/modules"),
    "GET /v1/modules, of a batch": partial(_list, path="/v1/modules", of_batch=True),
    "GET /v1/modules, page 5": partial(_list, path="/v1/modules", page="5"),
    "GET /v1/packs": partial(_list, path="/v1/packs"),
}
