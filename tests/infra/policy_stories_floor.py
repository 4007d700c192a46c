"""Calls beside the flows in packing, picking, maintenance and manufacturing."""

from __future__ import annotations

from infra.local.objects import EmbeddedObjects
from tests.builders import picking as picks
from tests.builders.deployed import DeployedWorld
from tests.builders.histories import export_path
from tests.builders.maintenance import ITEMS, Park, checklist_record
from tests.builders.maintenance import load as load_park
from tests.builders.manufacturing import Data, Line, data, sku_body
from tests.builders.packing import (
    cancel_shipment,
    close_box,
    complete_shipment,
    create_box,
    load,
    loaded,
    new_box,
    packed,
    plate_record,
    remove_item,
    reopen_shipment,
    shipment_id,
    shipment_record,
    void_box,
)
from tests.builders.photos import BUCKET, upload, uploaded
from tests.builders.recalls import mark, opened, shown, step, units_of
from tests.builders.schedules import scheduled
from tests.builders.world import Person
from tests.infra.policy_stories import ADMIN, done

PACK = "/shipping/scanner/pack"


def packing(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Calls of packing that its flow does not make."""
    packer, admin = world.person("packer"), world.person(ADMIN)
    loaded(admin, "shipments", shipment_record())
    loaded(admin, "license-plates", plate_record())
    for dataset, record in (("shipments", shipment_record()), ("license-plates", plate_record())):
        done(load(admin, dataset, record))
    box = new_box(packer)
    item = packed(packer, box)
    done(packer.get(f"{PACK}/box/{box}"))
    for query in ("", "?warehouse_id=wh-ams", "?search=zon"):
        done(packer.get(f"{PACK}/shipments{query}"))
    done(packer.get(f"{PACK}/shipments/{shipment_id()}"))
    done(packer.get(f"{PACK}/shipments/{shipment_id()}/boxes"))
    done(packer.get(f"{PACK}/shipments/{shipment_id()}/slip?format=json"))
    for barcode in ("SH-1", "LP-1"):
        done(packer.get(f"{PACK}/lookup/{barcode}?shipment_id={shipment_id()}"))
    done(remove_item(packer, box, item), 204)
    create_box(packer)
    close_box(packer, box, weight=1)
    done(void_box(packer, box))
    item = packed(packer, new_box(packer), 10)
    close_box(packer, packer.get(f"{PACK}/shipments/{shipment_id()}/boxes").json["data"][-1]["id"])
    done(complete_shipment(packer, allow_partial=True))
    done(reopen_shipment(admin))
    done(cancel_shipment(admin))


def picking(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """All events of a scanner, and a shared assignment."""
    admin = world.person(ADMIN)
    done(admin.put("/v1/organisation/settings/general", {"timezone": "Europe/Amsterdam"}))
    done(admin.get("/v1/organisation/settings/general"))
    done(admin.put("/v1/organisation/settings/picking", {}))
    done(admin.get("/v1/organisation/settings/picking"))
    for path in ("", "?status=queued", "?holder=nobody"):
        done(admin.get(f"/v1/assignments{path}"))
    one, two = picks.at_work(world), world.person("picker", full_name="Bert")
    scanner = picks.Scanner(world, one)
    scanner.send_scans(2)
    done(admin.get(f"/v1/assignments/{picks.REF}"))
    for part in ("queue", "zones", "pickers"):
        done(admin.get(f"/v1/picking/{part}"))
    for kind in ("wrap", "delay", "break_toggle", "break_toggle", "shared_pick", "undo", "shared_pick"):
        world.clock.advance(seconds=1)
        scanner.send_event(kind)
    picks.claim(two)
    picks.Scanner(world, two).send_scans(1)
    picks.scanner_state(two)
    _supervised(world, scanner, admin)
    picks.load(world, picks.record("PA-2", priority=0))
    picks.load(world, picks.record("PA-2", priority=1))


def _supervised(world: DeployedWorld, scanner: picks.Scanner, admin: Person) -> None:
    """A short line, rejected events, and an assignment that is given to somebody else."""
    holder = scanner.person
    done(holder.get(f"/assignments/{picks.REF}/lines"))
    world.clock.advance(seconds=1)
    done(holder.post(f"/assignments/{picks.REF}/lines/2/short", {"reason": "None left"}))
    done(admin.get("/v1/picking/shorts"))
    done(admin.get("/v1/picking/performance?by=zone"))
    world.clock.advance(seconds=1)
    scanner.send_event("undo")
    stray = picks.Scanner(world, world.person("picker"))
    events = [stray.scan(), stray.scan()]
    assert stray.send(*events) == ["not_your_assignment"] * 2
    for path in ("", "?status=open"):
        done(admin.get(f"/v1/picking/rejected-events{path}"))
    for event, decision in zip(events, ("accept", "dismiss"), strict=True):
        done(admin.post(f"/v1/picking/rejected-events/{event['client_event_id']}/{decision}", {"note": "seen"}))
    done(admin.patch(f"/v1/assignments/{picks.REF}", {"priority": 3}))
    done(admin.post(f"/v1/assignments/{picks.REF}/assign", {"user_id": stray.person.user_id}))


def technicians(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """The list of technicians, also of custom roles."""
    park = Park(world)
    granted = [{"code": "maintenance.workorder.start", "scope": "own"}]
    done(world.person(ADMIN).post("/v1/roles", {"code": "welder", "name": "Welder", "permissions": granted}), 201)
    done(park.lead.get("/v1/technicians"))
    for path in ("/v1/rides", "/v1/checklists", f"/v1/rides/{park.ride}/work-orders"):
        done(park.lead.get(path))
    for person in (park.lead, park.manager):
        done(person.get("/v1/reports/work-orders?by=zone"))


def schedules(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """A schedule that makes a work order, and one that is deleted."""
    park = Park(world, zone="West", ride="RC-11", checklist="CL-2111")
    schedule_id = scheduled(park)["id"]
    done(park.lead.get("/v1/schedules"))
    done(world.person(ADMIN).get("/v1/schedules"))
    for path in ("", "/preview"):
        done(park.ops.get(f"/v1/schedules/{schedule_id}{path}"))
    done(park.ops.patch(f"/v1/schedules/{schedule_id}", {"leadDays": 2}))
    world.sweep_maintenance()
    load_park(park.manager, "checklists", checklist_record(park.checklist, park.ride, ("Z-1",)))
    done(park.ops.patch(f"/v1/schedules/{schedule_id}", {"leadDays": 9}))
    world.sweep_maintenance()
    done(park.lead.delete(f"/v1/schedules/{schedule_id}"), 204)


def repairs(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Calls of maintenance that its flow does not make, with phones, one unregistered, and both reminders."""
    park = Park(world)
    for person, token in ((park.tech, "phone"), (park.tech, "lost"), (park.lead, "tablet")):
        done(person.post("/v1/devices/register", {"platform": "android", "fcmToken": token}), 201)
    world.cloud.gone.add("lost")
    socket = park.tech.socket("staff")
    order_id = park.assigned(priority="CRITICAL")
    for hours in (3, 2):
        world.clock.advance(hours=hours)
        tech = world.signed_in(park.tech.org_id, park.tech.user_id, "TECH")
        world.cloud.gone.add(socket)
        world.sweep_maintenance()
        socket = tech.socket("staff")
    again = {name: world.signed_in(one.org_id, one.user_id, one.role) for name, one in _staff(park).items()}
    park.tech, park.lead, park.ops, park.manager = again.values()
    done(park.start(order_id))
    done(park.give_back(order_id))
    done(park.assign(order_id, world.person("TECH", game_zone=park.zone)))
    _with_leads(park)
    for person in (park.tech, park.lead, park.manager):
        for query in ("", "?state=done", "?state=overdue"):
            person.get(f"/v1/work-orders{query}")
            person.get(f"/v1/me/work-orders{query}")
    done(park.tech.get("/v1/me/dashboard"))
    done(park.manager.get(f"/v1/work-orders/{order_id}"))
    notices = done(park.tech.get("/v1/me/notifications"))["items"]
    done(park.tech.get("/v1/me/notifications?unread=true"))
    done(park.tech.post(f"/v1/me/notifications/{notices[0]['id']}/read"), 204)
    done(park.tech.post("/v1/me/notifications/read-all"), 204)


def _recorded(park: Park, order_id: str) -> None:
    """Comments with mentions, labour and parts of an order, and the removal of both."""
    path = f"/v1/work-orders/{order_id}"
    done(park.lead.post(f"{path}/comments", {"text": "Look", "mentions": [park.ops.user_id]}), 201)
    done(park.ops.get(f"{path}/comments"))
    done(park.lead.get(f"{path}/people?search=e"))
    for kind, body in (("labour", {"minutes": 5}), ("parts", {"name": "Bolt", "quantity": 2, "unitCost": 0.5})):
        entries = [done(park.lead.post(f"{path}/{kind}", body), 201) for _ in range(2)]
        done(park.lead.get(path))
        done(park.lead.delete(f"{path}/{kind}/{entries[0]['id']}"), 204)


def _with_leads(park: Park) -> None:
    """The steps of leads: hold and resume, vendors, cancel, edit, and a technician who is gone."""
    order_id = str(park.routed(ITEMS[1])["id"])
    path = f"/v1/work-orders/{order_id}"
    _recorded(park, order_id)
    done(park.outsource(order_id))
    done(park.lead.patch(f"{path}/recall"))
    done(park.lead.patch(path, {"priority": "LOW"}))
    done(park.assign(order_id))
    done(park.hold(order_id))
    done(park.resume(order_id))
    done(park.world.person(ADMIN).patch(f"/v1/users/{park.tech.user_id}", {"gameZone": "South"}))
    done(park.give_back(order_id, park.lead))
    done(park.world.person(ADMIN).patch(f"/v1/users/{park.tech.user_id}", {"gameZone": park.zone}))
    done(park.outsource(order_id))
    done(upload(park.lead, order_id), 201)
    done(park.lead.patch(f"{path}/vendor-done", {"fixNote": "Motor replaced", "cost": 80, "currency": "EUR"}))
    done(park.reopen(order_id))
    done(park.cancel(order_id))


def photos(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Photos that are deleted, not uploaded, not confirmed, rejected, and lost."""
    park = Park(world, zone="South", ride="RC-08", checklist="CL-2042")
    order_id = park.started()
    done(park.tech.delete(f"/v1/uploads/photos/{uploaded(park.tech, order_id)['id']}"), 204)
    wanted = {"workOrderId": order_id, "kind": "COMPLETION"}
    told = done(park.tech.post("/v1/uploads/photos/presign", wanted), 201)
    assert park.tech.post(f"/v1/uploads/photos/{told['id']}/confirm").status == 409
    stays, lost = (uploaded(park.tech, order_id) for _ in range(2))
    [key] = [key for key in objects.keys(BUCKET) if lost["id"].split(".")[1] in key and key.endswith("photo.jpg")]
    objects.service.store.delete(BUCKET, key)
    assert upload(park.tech, order_id, b"no photo").status == 422
    world.clock.advance(seconds=4 * 900)
    world.sweep_maintenance()
    assert any(stays["id"].split(".")[1] in key for key in objects.keys(BUCKET))
    world.clock.advance(seconds=4 * 900)
    world.sweep_maintenance()


def _leave_line(line: Line, batch: Data, pack: Data, module: Data) -> None:
    """Hold what is in a batch, take a pack apart, scrap a module, and ship a pack and take it back."""
    _hold_and_release(line, batch)
    data(line.rework(pack))
    data(line.unbind_module(pack, module))
    scrapped = line.full_module(batch)
    data(line.scrap(scrapped))
    data(line.bind(line.module(batch), cell := line.cells_of(scrapped)[0]))
    _correct_lot(line, cell)
    data(line.void(pack))
    finished = line.finished_pack(line.batch())
    data(line.ship(finished))
    data(line.take_back(finished), 201)


def _hold_and_release(line: Line, batch: Data) -> None:
    """Hold a cell and a batch, look for the holds, unbind the cell, and release both."""
    module = line.full_module(batch)
    cell = line.cells_of(module)[0]
    holds = [
        data(line.qa.post("/v1/holds", {"kind": kind, "value": value, "reason": "r"}), 201)
        for kind, value in (("SERIAL", cell), ("BATCH", batch["id"]), ("LOT", "LOT-1"))
    ]
    assert line.seal("modules", module).status == 409
    data(line.unbind(module, cell))
    for query in ("", "?kind=BATCH", f"?value={cell}"):
        done(line.viewer.get(f"/v1/holds{query}"))
    for hold in holds:
        data(line.supervisor.post(f"/v1/holds/{hold['id']}/release", {"reason": "r"}))
        data(line.viewer.get(f"/v1/holds/{hold['id']}"))


def _plan_skus(line: Line) -> None:
    """Edit a SKU and retire one."""
    data(line.supervisor.patch(f"/v1/skus/{line.draft_sku()['id']}", {"skuCode": line.serial("SKU")}))
    data(line.supervisor.patch(f"/v1/skus/{line.sku()['id']}/retire"))
    data(line.supervisor.patch(f"/v1/skus/{line.draft_sku()['id']}/retire"))
    data(line.void_batch(line.draft_batch()))


def _correct_lot(line: Line, cell: str) -> None:
    """Give a cell another lot, and block one."""
    done(line.production.post("/v1/cell-lots", {"lot": "L-9"}), 201)
    done(line.qa.patch("/v1/cell-lots/L-9/status", {"status": "BLOCKED", "reason": "swollen cells"}))
    done(line.viewer.get("/v1/cell-lots"))
    done(line.viewer.get("/v1/cell-lots/L-9"))
    done(line.qa.patch(f"/v1/cells/{cell}/lot", {"lot": "L-9", "reason": "misread label"}))
    done(line.viewer.get(f"/v1/cells/{cell}/lot"))
    done(line.viewer.get("/v1/trace/affected?cellLot=L-9"))


def _read_passport(line: Line, pack: Data) -> None:
    """Read a passport in full, its code, and its public part."""
    done(line.viewer.get(f"/v1/packs/{pack['id']}/passport?view=restricted"))
    assert line.viewer.get(f"/v1/packs/{pack['id']}/passport/qr").status == 200
    done(line.world.call("GET", f"/v1/passports/{line.org_id}.{pack['id']}"))


def _import(line: Line, pack: Data) -> None:
    """Import a SKU, a batch of an active one, a cell, and a test."""
    test = {"ref": "r", "serial": pack["serial"], "step": "A", "result": "PASS", "measurements": {}}
    records = {
        "skus": (line.supervisor, sku_body(skuCode="IMPORTED")),
        "batches": (line.production, {"reference": "PO-1", "skuId": pack["skuId"]}),
        "cells": (line.production, {"serial": line.serial("C"), "lot": "L-1"}),
        "tests": (line.qa, test),
    }
    for dataset, (person, record) in records.items():
        done(person.post(f"/v1/imports/{dataset}", {"records": [record]}))


def _decide(line: Line, pack: Data) -> None:
    """Test a pack and put it in quarantine."""
    _import(line, pack)
    data(line.record_test(pack), 201)
    done(line.viewer.get(f"/v1/units/{pack['serial']}/tests"))
    data(line.dispose(pack, "QUARANTINE"))
    done(line.viewer.get("/v1/reports/line"))
    done(line.viewer.get(f"/v1/packs/{pack['id']}/dispositions"))


def recalls(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """A recall case that request and sweep collect, one that is canceled, and the steps of both."""
    line = Line(world)
    batch = line.batch(cellsPerModule=1000)
    module = line.module(batch)
    for _ in range(11):
        data(line.bind_tray(module, [line.serial("C") for _ in range(90)], "LOT-9"))
    cases = [opened(line, lots=["LOT-9"], serials=[line.cells_of(module)[0], "C-never"]) for _ in range(2)]
    data(step(line, cases[1], "cancel"))
    world.sweep_maintenance()
    data(mark(line, cases[0], line.cells_of(module)[:2]))
    for name in ("close", "reopen"):
        data(step(line, cases[0], name))
    for path in ("", "?status=OPEN", "?q=lot-9"):
        done(line.viewer.get(f"/v1/recalls{path}"))
    assert shown(line, cases[0])["units"] == len(units_of(line, cases[0]))


def manufacturing(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """What the flow of assembly does not do: lists, cells taken off, packs put together bit by bit, and lives."""
    line = Line(world)
    done(line.admin.put("/v1/organisation/settings/traceability", {}))
    done(line.admin.get("/v1/organisation/settings/traceability"))
    batch = line.batch(modulesPerPack=3, gtins={"pack": "09506000134352"})
    _plan_skus(line)
    module = line.module(batch)
    cell = line.serial("C")
    data(line.bind(module, cell))
    data(line.unbind(module, cell))
    first, *others = (line.sealed_module(batch, "LOT-1") for _ in range(3))
    pack = line.pack(batch)
    data(line.bind_module(pack, first))
    ids = [one["id"] for one in others]
    data(line.production.post(f"/v1/packs/{pack['id']}/bind-modules", {"moduleIds": ids}))
    data(line.seal("packs", pack))
    _decide(line, pack)
    _read_passport(line, pack)
    _leave_line(line, batch, pack, first)
    for kind, thing in (("skus", batch["sku"]), ("batches", batch), ("modules", module), ("packs", pack)):
        data(line.viewer.get(f"/v1/{kind}/{thing['id']}"))
        for query in ("", "?q=x") if kind == "skus" else ("", "?q=x", f"?skuId={batch['sku']['id']}"):
            done(line.viewer.get(f"/v1/{kind}{query}"))
    for kind in ("modules", "packs"):
        done(line.viewer.get(f"/v1/{kind}?batchId={batch['id']}"))
    done(line.viewer.get("/v1/modules?free=true"))
    for serial in (cell, first["serial"], pack["serial"]):
        done(line.viewer.get(f"/v1/trace/{serial}"))
        done(line.viewer.get(export_path(serial)))


def _staff(park: Park) -> dict[str, Person]:
    return {"tech": park.tech, "lead": park.lead, "ops": park.ops, "manager": park.manager}
