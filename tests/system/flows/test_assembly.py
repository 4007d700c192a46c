"""A battery pack from SKU and cells to its disposition, then its trace and recall."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.races.crowd import at_once
from tests.system.clients import Person
from tests.system.flows.site import Site

SKU = {
    "name": "Traction 60",
    "chemistry": "LFP",
    "cellsPerModule": 3,
    "modulesPerPack": 2,
    "nominalVoltage": 384,
    "limits": {"Voltage": {"min": 350, "max": 420.5, "unit": "V"}},
}


def data_of(person: Person, method: str, path: str, body: object = None, status: int = 200) -> Any:
    """Return the data of a response in the console's envelope."""
    answer = person.ask(method, path, body, status=status)
    assert answer["success"] is True
    return answer["data"]


def start_batch(boss: Person, line: Person, site: Site) -> str:
    """Start a batch of a new SKU and return its id."""
    sku = data_of(boss, "POST", "/v1/skus", SKU, 201)
    refused = line.ask("POST", "/v1/batches", {"skuId": sku["id"]}, status=409)
    assert refused["error"]["code"] == "WORKFLOW_VIOLATION"
    data_of(site.admin, "PATCH", f"/v1/skus/{sku['id']}/activate")
    batch = data_of(line, "POST", "/v1/batches", {"skuId": sku["id"], "targetQuantity": 1}, 201)
    assert data_of(line, "PATCH", f"/v1/batches/{batch['id']}/start")["status"] == "IN_PROGRESS"
    return str(batch["id"])


def sealed_module(site: Site, line: Person, batch: str, number: int) -> str:
    """Create a sealed module, with two cells bound as a tray, and return its id."""
    serials = [site.own(f"C{number}{cell}") for cell in range(3)]
    made = data_of(line, "POST", "/v1/modules", {"batchId": batch, "serial": site.own(f"M{number}")}, 201)
    path = f"/v1/modules/{made['id']}"
    data_of(line, "PATCH", f"{path}/bind-cell", {"serial": serials[0], "lot": site.own("LOT")})
    incomplete = line.ask("PATCH", f"{path}/seal", status=409)
    assert incomplete["error"]["code"] == "WORKFLOW_VIOLATION"
    data_of(line, "POST", f"{path}/bind-cells", {"serials": serials[1:]})
    assert data_of(line, "PATCH", f"{path}/seal")["status"] == "SEALED"
    locked = line.ask("PATCH", f"{path}/unbind-cell", {"serial": serials[0]}, status=409)
    assert locked["error"]["code"] == "ENTITY_LOCKED"
    return str(made["id"])


def test_pack_is_assembled_passed_and_traced(site: Site) -> None:
    line, qa, boss, viewer = site.people(
        {"line": "PRODUCTION", "qa": "QA", "shift": "SUPERVISOR", "viewer": "VIEW_ONLY"}
    )
    batch = start_batch(boss, line, site)
    modules = [sealed_module(site, line, batch, number) for number in range(2)]
    pack = data_of(line, "POST", "/v1/packs", {"batchId": batch, "serial": site.own("P"), "moduleIds": modules}, 201)[
        "id"
    ]
    assert data_of(line, "PATCH", f"/v1/packs/{pack}/seal")["status"] == "READY_FOR_EOL"
    line.ask("PATCH", f"/v1/packs/{pack}/disposition", {"disposition": "PASS"}, status=403)
    measured = {"disposition": "PASS", "measurements": {"Voltage": {"value": 384.2, "unit": "V"}}}
    assert data_of(qa, "PATCH", f"/v1/packs/{pack}/disposition", measured)["status"] == "FINALIZED"
    assert data_of(boss, "PATCH", f"/v1/batches/{batch}/complete")["status"] == "COMPLETED"

    trace = data_of(viewer, "GET", f"/v1/trace/{site.own('C10')}")
    assert [entry["kind"] for entry in trace["ancestors"]] == ["module", "pack", "batch", "sku"]
    descendants = data_of(viewer, "GET", f"/v1/trace/{site.own('P')}")["descendants"]
    assert [entry["kind"] for entry in descendants] == ["module", "cell", "cell", "cell"] * 2
    [recalled] = data_of(viewer, "GET", f"/v1/trace/affected?cellLot={site.own('LOT')}")
    assert (recalled["id"], recalled["cells"]) == (pack, 2)
    row = data_of(site.admin, "GET", f"/v1/audit?entityId={pack}&limit=1")[0]
    assert (row["actor_id"], row["outcome"]) == (qa.user_id, "OK")


def test_cell_scanned_at_two_stations_is_bound_once(site: Site) -> None:
    line, boss = site.people({"line2": "PRODUCTION", "shift2": "SUPERVISOR"})
    batch = start_batch(boss, line, site)
    made = [
        data_of(line, "POST", "/v1/modules", {"batchId": batch, "serial": site.own(f"S{number}")}, 201)["id"]
        for number in range(2)
    ]
    cell = {"serial": site.own("ONE-CELL")}
    calls = [
        partial(site.stack.call, "PATCH", f"/v1/modules/{module_id}/bind-cell", cell, token=line.token)
        for module_id in made
    ]
    answers = at_once(calls)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["error"]["code"] == "DUPLICATE_SERIAL"
