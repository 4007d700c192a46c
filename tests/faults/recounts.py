"""Recounts what is stored: each function yields a sentence for everything that does not agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence

from chalicelib.core.clock import SystemClock
from chalicelib.core.table import SEPARATOR, key, parts_of
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.rules import ACTIVE
from chalicelib.dispatch.orders.tables import Customer, Order, WaitingArea
from chalicelib.dispatch.orders.waiting import cell_of
from chalicelib.maintenance.checklists.tables import Checklist
from chalicelib.maintenance.photos.tables import WorkOrderPhoto
from chalicelib.maintenance.rules import OPEN
from chalicelib.maintenance.technicians.tables import TechnicianCounts
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.manufacturing.list_keys import list_scope
from chalicelib.manufacturing.quality.reports.rules import LineFigures, MeasuredSums
from chalicelib.manufacturing.quality.reports.tables import (
    LineTotal,
    LineTotalKey,
    sums_of_item,
)
from chalicelib.manufacturing.quality.tables import DISPOSITION, DispositionRecord
from chalicelib.manufacturing.quality.tests.tables import TEST, UnitTestRecord
from chalicelib.manufacturing.rules import OPEN_PACKS, list_sections
from chalicelib.manufacturing.status_counters import StatusCounter, pack_list_of
from chalicelib.manufacturing.tables import Assembly, BuiltEntity, Module, Pack, ProductionBatch
from chalicelib.manufacturing.traceability.recalls.tables import (
    PENDING,
    UNIT,
    PendingRecall,
    RecallCase,
    RecalledUnit,
)
from chalicelib.manufacturing.traceability.rules import fold_lot
from chalicelib.manufacturing.traceability.tables import CELL, LEDGER, LedgerEntry, LotUse, SerialNumber
from chalicelib.packing.boxes.tables import Box
from chalicelib.picking.ledger.entries import stored_entries
from chalicelib.picking.ledger.replay import find_picker_gaps, replay
from chalicelib.picking.ledger.tables import EventRecord, LedgerSegment
from chalicelib.picking.tables import Assignment, Picker
from tests.builders.line_report import COUNTS, Place, added_up, recounted
from tests.builders.packing_truth import Picture, check
from tests.faults.snapshot import Snapshot
from tests.races.truth import check_area, check_courier, check_order, expected_in_hand

Violations = Iterator[str]

_COMPLETE = ("SEALED", "READY_FOR_EOL", "FINALIZED", "SHIPPED")
"""The statuses of modules and packs that hold exactly what their SKU requires."""


def deliveries(found: Snapshot) -> Violations:
    """Couriers and orders name each other, and only free couriers and open orders are in the indexes."""
    in_hand = {}
    for courier in found.all(Courier, "COURIER"):
        yield from _asserted("courier", check_courier, courier)
        if courier.order_id is not None:
            in_hand[courier.courier_id] = courier.order_id
    orders = found.all(Order, "ORDER")
    for order in orders:
        yield from _asserted(f"order {order.order_id}", check_order, order)
    try:
        expected = expected_in_hand(orders)
    except AssertionError as error:
        yield str(error)
    else:
        if in_hand != expected:
            yield f"couriers have {in_hand} in hand, by the orders it is {expected}"


def waits(found: Snapshot) -> Violations:
    """The area of every waiting order is known for as long as the order waits."""
    areas = {area.sk: area.until for area in found.all(WaitingArea, pk="WAITING")}
    for order in found.all(Order, "ORDER"):
        yield from _asserted(f"area of order {order.order_id}", check_area, order, areas.get(cell_of(order)))


def customers(found: Snapshot) -> Violations:
    """Every customer's active orders are those that are active."""
    active: dict[str, set[str]] = defaultdict(set)
    for order in found.all(Order, "ORDER"):
        if order.status in ACTIVE:
            active[order.customer_id].add(order.order_id)
    known = {one.pk.split(SEPARATOR)[2]: set(one.active or ()) for one in found.all(Customer, "CUSTOMER")}
    for customer_id in active.keys() | known.keys():
        if active[customer_id] != known.get(customer_id, set()):
            yield f"customer {customer_id} has {known.get(customer_id)} active, there are {active[customer_id]}"


def packing(found: Snapshot) -> Violations:
    """Contents, plates, lines, boxes and shipments have the same quantities and counts."""
    yield from _asserted("packing", check, Picture(found.raw(Box)))


def picking(found: Snapshot) -> Violations:
    """Every assignment follows from its ledger, and every event is in one ledger once."""
    clock = SystemClock()
    for assignment in found.all(Assignment, "ASSIGNMENT"):
        result = replay(assignment.org_id, assignment.assignment_id, clock)
        yield from (f"assignment {assignment.assignment_id}: {text}" for text in (*result.differences, *result.gaps))
    for picker in found.all(Picker, "PICKER"):
        org_id, _, user_id = picker.pk.split(SEPARATOR)
        yield from (f"picker {user_id}: {text}" for text in find_picker_gaps(org_id, user_id, clock))
    segments = found.all(LedgerSegment, "EVENTS#")
    entries = Counter(entry.event_id for one in segments for entry in stored_entries(one) if entry.event_id)
    yield from (f"event {name} is in the ledgers {times} times" for name, times in entries.items() if times > 1)
    records = found.all(EventRecord, "EVENT")
    ingested = {record.pk.rpartition(SEPARATOR)[2] for record in records if record.ledger}
    if ingested != entries.keys():
        yield f"events without entry or entries without event: {sorted(ingested ^ entries.keys())}"


def work_orders(found: Snapshot) -> Violations:
    """Checklists, photos and technicians' counts agree with the work orders."""
    orders = found.all(WorkOrder, "WORKORDER")
    taken = [photo for photo in found.all(WorkOrderPhoto, "PHOTO#") if photo.photo_kind == "COMPLETION"]
    photos = Counter((photo.order_id, photo.attempt) for photo in taken)
    for order in orders:
        shown = photos[order.order_id, order.attempts]
        if order.completion_photos != shown:
            yield f"work order {order.order_id} counts {order.completion_photos} photos and has {shown}"
    for row in found.all(TechnicianCounts, "COUNTS"):
        technician = row.pk.split(SEPARATOR)[2]
        done = sum(order.state == "DONE" and order.technician_id == technician for order in orders)
        if row.done != done:
            yield f"technician {technician} counts {row.done} done, there are {done}"
    for checklist in found.all(Checklist, "CHECKLIST"):
        is_open = {order.order_id for order in orders if order.state in OPEN}
        if (set(checklist.open_orders or ()), checklist.routed) != (is_open, len(orders)):
            yield f"{checklist.checklist_ref} has {checklist.open_orders}, routed {checklist.routed}, not {is_open}"


def manufacturing(found: Snapshot) -> Violations:
    """Ledgers, the registry of serial numbers and all counters agree, and what is sealed is complete."""
    modules, packs, batches = found.all(Module, "MODULE"), found.all(Pack, "PACK"), found.all(ProductionBatch, "BATCH")
    emptied = {module.item_id for module in modules if module.cells_freed}
    emptied |= {pack.item_id for pack in packs if pack.status == "VOID"}
    present, lots = _parts(found, emptied)
    for assembly in (*modules, *packs):
        if assembly.bound != len(present[assembly.item_id]):
            yield f"{assembly.item_id} counts {assembly.bound} parts, its ledger {len(present[assembly.item_id])}"
        if assembly.status in _COMPLETE and assembly.bound != assembly.required:
            yield f"{assembly.item_id} is {assembly.status} with {assembly.bound} of {assembly.required} parts"
    yield from _serials(found, modules, packs, present)
    uses = {
        (fold_lot(use.lot), use.module_id): use.cells
        for use in found.all(LotUse, "MODULE#", pk="LOT")
        if use.cells and use.module_id not in emptied
    }
    if uses != dict(lots):
        yield f"uses of lots are {uses}, by the ledgers {dict(lots)}"
    for batch in batches:
        yield from _pack_counts(batch, [pack for pack in packs if pack.batch_id == batch.item_id])
    yield from _totals(found, {"batch": batches, "module": modules, "pack": packs})
    yield from _line_totals(found, {unit.item_id: unit.batch_id for unit in (*modules, *packs)})


def _line_totals(found: Snapshot, batches: Mapping[str, str]) -> Violations:
    """Check the totals of the report on the line by all dispositions and tests; `batches` are those of units."""
    tests, dispositions = found.all(UnitTestRecord, TEST), found.all(DispositionRecord, DISPOSITION)
    kept: Counter[str] = Counter()
    sums: dict[Place, MeasuredSums] = defaultdict(MeasuredSums)
    for raw in found.raw(LineTotal, pk="LINE#"):
        about = LineTotalKey(*parts_of(raw["sk"]["S"]))
        kept += Counter({name: int(raw[name]["N"]) for name in LineFigures._fields if name in raw})
        for name, more in sums_of_item(raw).items():
            place = (about.batch_id, about.kind, about.step, name)
            sums[place] = sums[place].plus(more)
    expected, values = recounted(dispositions, tests), added_up(dispositions, tests, batches)
    counted = {COUNTS[LineFigures._fields.index(name)]: number for name, number in kept.items()}
    if counted != expected:
        yield f"the report counts {counted}, by the records it is {expected}"
    for place, total in sums.items():
        if total[:3] != values[place][:3]:
            yield f"the values of {place} add up to {total}, by the records to {values[place]}"


def _parts(found: Snapshot, emptied: Container[str]) -> tuple[dict[str, list[str]], Counter[tuple[str, str]]]:
    """Return the serial numbers of the parts that each module and pack holds, and how many cells of each lot."""
    present: dict[str, list[str]] = defaultdict(list)
    lots: dict[tuple[str, str], str | None] = {}
    for entry in sorted(found.all(LedgerEntry, LEDGER), key=lambda entry: str(entry.sk)):
        if entry.holder_id not in emptied:
            present[entry.holder_id] += entry.present
            lots |= {(entry.holder_id, serial): lot for serial, lot in entry.lot_by_serial.items()}  # the newest counts
    held = [(holder, lots[holder, serial]) for holder, serials in present.items() for serial in serials]
    return present, Counter((fold_lot(lot), holder) for holder, lot in held if lot is not None)


def _pack_counts(batch: ProductionBatch, packs: list[Pack]) -> Violations:
    """Check the counts of a batch by the statuses and dispositions of its packs."""
    expected = Counter(
        "voided" if pack.status == "VOID" else "open" if pack.status in OPEN_PACKS else str(pack.disposition)
        for pack in packs
    )
    kept = {"open": batch.packs_open, "PASS": batch.packs_passed, "FAIL": batch.packs_failed}
    if batch.packs != sum(kept.values()) or kept | {"voided": batch.packs_voided} != {
        name: expected[name] for name in (*kept, "voided")
    }:
        yield f"batch {batch.item_id} counts {batch.packs} packs, {kept}, {batch.packs_voided} voided, not {expected}"


def recalls(found: Snapshot) -> Violations:
    """Each case counts its units and those that are dealt with, and is collected for as long as it says so."""
    cases, units = found.all(RecallCase, "RECALL", pk="RECALL#"), found.all(RecalledUnit, UNIT, pk="RECALL#")
    for case in cases:
        own = [unit for unit in units if unit.pk == case.pk]
        handled = sum(unit.handled_at is not None for unit in own)
        if (case.units, case.handled) != (len(own), handled):
            yield f"{case.item_id} counts {case.units} units, {case.handled} handled; there are {len(own)}, {handled}"
    waiting = [one for one in found.everywhere(PendingRecall, "") if (one.pk, one.org_id) == (PENDING, found.org_id)]
    pending = {one.recall_id for one in waiting}
    collecting = {case.item_id for case in cases if case.status == "COLLECTING"}
    if pending != collecting:
        yield f"recalls to collect are {pending}, by their status {collecting}"


def _serials(found: Snapshot, modules: list[Module], packs: list[Pack], present: dict[str, list[str]]) -> Violations:
    freed, voided = (
        {module.item_id for module in modules if module.cells_freed},
        {pack.item_id for pack in packs if pack.status == "VOID"},
    )
    registered = Counter(
        (number.serial, number.holder_id)
        for number in found.everywhere(SerialNumber, "SERIAL")
        if (number.org_id == found.org_id and number.holder_id is not None)
        and not (number.used_as == CELL and number.holder_id in freed)
    )
    used = Counter((one.serial, one.item_id) for one in (*modules, *packs))
    used += Counter((serial, one.item_id) for one in modules for serial in present[one.item_id])
    if registered != used:
        yield f"serial numbers registered and used differ: {registered - used} and {used - registered}"
    twice = [serial for serial, times in Counter(serial for serial, _ in used.elements()).items() if times > 1]
    if twice:
        yield f"serial numbers in use twice: {twice}"
    held = Counter(serial for pack in packs for serial in present[pack.item_id])
    if held.total() != len(held):
        yield f"modules are in two packs: {[serial for serial, times in held.items() if times > 1]}"
    in_packs = {serial: pack.item_id for pack in packs for serial in present[pack.item_id]}
    for module in modules:
        pack_id, shown = in_packs.get(module.serial), None if module.pack_id in voided else module.pack_id
        if shown != pack_id:
            yield f"module {module.item_id} is in pack {shown}, by the ledgers in {pack_id}"
        if module.pack_list != pack_list_of(module):
            yield f"module {module.item_id} is listed in {module.pack_list} and has to be in {pack_list_of(module)}"


def _totals(found: Snapshot, listed: dict[str, Sequence[BuiltEntity]]) -> Violations:
    """Check the counters of each list: of the organisation, of each SKU and of each batch."""
    for kind, entities in listed.items():
        owners = {None, *(entity.sku_id for entity in entities)}
        owners |= {entity.batch_id for entity in entities if isinstance(entity, Assembly)}
        for owner in owners:
            shards = found.all(StatusCounter, pk=key("TALLY", kind, *list_scope(owner)))
            members = [
                entity for entity in entities if owner in (None, entity.sku_id, getattr(entity, "batch_id", None))
            ]
            for section in list_sections(kind):
                counted = sum(int(getattr(shard, section)) for shard in shards)
                is_there = sum(entity.section == entity.listed_in == section for entity in members)
                if counted != is_there:
                    yield f"the list of {kind}s of {owner} counts {counted} {section}, there are {is_there}"


def _asserted(name: str, check_it: object, *arguments: object) -> Violations:
    """Yield the failed assertion of a check that is shared with the race tests."""
    assert callable(check_it)
    try:
        check_it(*arguments)
    except AssertionError as error:
        yield f"{name}: {error}"


RECOUNTS = (deliveries, waits, customers, packing, picking, work_orders, manufacturing, recalls)
