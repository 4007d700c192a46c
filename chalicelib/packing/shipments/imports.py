"""The dataset `shipments`: shipments with their lines, by their number.

A record names all lines of a shipment: new ones are added, different ones changed, missing ones removed. A record that
contradicts packed items is refused as a whole.

A transaction carries a hundred items, and a shipment may have more lines. If the changes do not fit, lines are written
first, in their own transactions, under a *draft*. A new shipment does not exist until the last transaction creates it;
lines without a shipment are never shown. An existing shipment is `importing` for that time: it is in no list, and
nothing can be packed into it. The last transaction removes the draft. Each transaction requires the draft of its own
import, so of two simultaneous imports of one shipment one starts again. If the last transaction never comes, the
shipment stays hidden until the record is sent again.

An item that is being packed at that moment may still be added while the first lines are written, and must not cause
half of a record to be refused. So changes that it could contradict (lines that are removed, lowered or get another
product) are written first, in one transaction, or refused beforehand if they do not fit into one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.counters import change_contended
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.runner import Step
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import RECORD, Dataset, Outcome, Unprepared
from chalicelib.packing.open_list.service import enter_open_list, leave_open_list
from chalicelib.packing.permissions import IMPORT_SHIPMENTS
from chalicelib.packing.shipments.line_diff import (
    LineChange,
    diff_lines,
    find_contradictions,
    first_changes,
    stage_changes,
)
from chalicelib.packing.shipments.rules import PACKABLE, UNCHANGEABLE, ShipmentStatus
from chalicelib.packing.shipments.schemas import ShipmentRecord
from chalicelib.packing.shipments.tables import (
    SHIPMENT_HOURS,
    Shipment,
    ShipmentDraft,
    ShipmentLine,
    draft_key,
    lines_query,
    shipment_id_of,
    shipment_key,
)

_TOO_MANY_CHANGES = "must not remove or lower so many lines at once while the shipment is packed: send fewer changes"
_CONCURRENT_IMPORT = "Another import is writing this shipment. Send the record again."


class _StoredShipment(msgspec.Struct, frozen=True):
    """What is stored of a shipment, and the changes that a record makes to its lines."""

    org_id: str
    shipment_id: str
    draft: ShipmentDraft | None
    shipment: Shipment | None
    lines: Mapping[str, ShipmentLine]
    changes: list[LineChange]

    @property
    def status(self) -> str | None:
        """Return the status, or the one before the lines were being written."""
        if self.draft is not None:
            return self.draft.status
        return None if self.shipment is None else self.shipment.status

    @property
    def fits(self) -> bool:
        """Return whether all changes of lines fit into one transaction."""
        return len(first_changes(self.changes)) == len(self.changes)

    @property
    def key(self) -> ItemKey[Shipment]:
        """Return the key of the shipment."""
        return shipment_key(self.org_id, self.shipment_id)

    @property
    def draft_key(self) -> ItemKey[ShipmentDraft]:
        """Return the key of the draft."""
        return draft_key(self.org_id, self.shipment_id)


def prepare_shipment(step: Step, record: ShipmentRecord, actor: Actor) -> None:
    """Write lines until the rest fits into the transaction of `import_shipment`.

    Raise `ValidationFailed` for what contradicts packed items, and `Conflict` after another import of the shipment.
    """
    draft_id = step(lambda work: _begin(work, _read_valid(work, record, actor)))
    try:
        while not step(lambda work: _write_lines(work, _read_valid(work, record, actor), draft_id)):
            pass
    except ValidationFailed:
        # An item was packed just before the shipment was hidden; nothing has been written yet.
        step(lambda work: _abandon(work, _read(actor.org_id, record, work.clock), draft_id))
        raise


def import_shipment(work: UnitOfWork, record: ShipmentRecord, actor: Actor) -> Outcome:
    """Create or update a shipment.

    Raise `ValidationFailed` for what contradicts packed items, and `Unprepared` if the changes do not fit.
    """
    stored = _read_valid(work, record, actor)
    if not stored.fits:
        raise Unprepared
    work.audit(Shipment.kind, stored.shipment_id, "SHIPMENT_IMPORTED")
    stage_changes(work, stored.org_id, stored.shipment_id, stored.changes)
    if stored.draft is not None:
        is_same = ShipmentDraft.draft_id == stored.draft.draft_id
        work.remove(stored.draft_key, is_same, Conflict(_CONCURRENT_IMPORT))
    if stored.shipment is not None:
        _update(work, stored, stored.shipment, record)
        return "updated"
    if stored.draft is None:
        work.check_condition(stored.draft_key, ShipmentDraft.pk.does_not_exist(), Conflict(_CONCURRENT_IMPORT))
    _create(work, stored, record)
    return "created"


def _read_valid(work: UnitOfWork, record: ShipmentRecord, actor: Actor) -> _StoredShipment:
    """Return what is stored of the shipment. Raise `AccessDenied`, or `ValidationFailed` for a contradiction."""
    actor.require_reach(IMPORT_SHIPMENTS)
    stored = _read(actor.org_id, record, work.clock)
    if stored.shipment is not None and (errors := _contradictions(stored, stored.shipment, record)):
        raise ValidationFailed(errors)
    return stored


def _contradictions(stored: _StoredShipment, shipment: Shipment, record: ShipmentRecord) -> dict[str, str]:
    changed = _changed_values(shipment, record)
    if stored.status in UNCHANGEABLE and (stored.changes or changed):
        return {RECORD: f"is {stored.status} and can no longer be changed"}
    errors = find_contradictions(stored.lines, stored.shipment_id, record.lines)
    risky = [change for change in stored.changes if change.can_contradict]
    if stored.status == ShipmentStatus.PACKING and len(first_changes(risky)) < len(risky):
        errors["lines"] = _TOO_MANY_CHANGES
    if "so_number" in changed and shipment.lines_packed:
        errors["so_number"] = f"must stay {shipment.so_number}: some of this shipment is packed"
    return errors


def _read(org_id: str, record: ShipmentRecord, clock: Clock) -> _StoredShipment:
    shipment_id = shipment_id_of(org_id, record.shipment_number)
    keys = draft_key(org_id, shipment_id), shipment_key(org_id, shipment_id)
    # Read before the lines: a later change of lines also changes one of these two, and the commit fails.
    result = get_many(keys, clock)
    lines = {line.line_id: line for line in lines_query(org_id, shipment_id).all()}
    changes = diff_lines(shipment_id, lines, record.lines)
    ordered = sorted(changes, key=lambda change: not change.can_contradict)
    return _StoredShipment(org_id, shipment_id, result.get(keys[0]), result.get(keys[1]), lines, ordered)


def _begin(work: UnitOfWork, stored: _StoredShipment) -> str:
    """Stage a draft, hide the shipment if it exists, and return the draft's id."""
    draft_id = work.ids.new()
    work.audit(Shipment.kind, stored.shipment_id, "SHIPMENT_IMPORT_BEGUN")
    draft = stored.draft
    unchanged = ShipmentDraft.pk.does_not_exist() if draft is None else ShipmentDraft.draft_id == draft.draft_id
    actions = [ShipmentDraft.draft_id.set(draft_id)]
    if stored.status is not None:
        actions.append(ShipmentDraft.status.set(stored.status))
    conflict = Conflict(_CONCURRENT_IMPORT)
    work.update_unread(stored.draft_key, condition=unchanged, on_conflict=conflict, actions=actions)
    if stored.shipment is None:
        work.check_condition(stored.key, Shipment.pk.does_not_exist(), conflict)
    else:
        hidden = leave_open_list(work, stored.shipment)
        _stage_update(work, stored.shipment, {"status": ShipmentStatus.IMPORTING.value, **hidden})
    return draft_id


def _write_lines(work: UnitOfWork, stored: _StoredShipment, draft_id: str) -> bool:
    """Stage as many lines as fit; return whether there were none to stage because the rest fits."""
    if stored.draft is None or stored.draft.draft_id != draft_id:
        raise Conflict(_CONCURRENT_IMPORT)
    if stored.fits:
        return True
    work.audit(Shipment.kind, stored.shipment_id, "SHIPMENT_LINES_IMPORTED")
    changes = first_changes(stored.changes)
    stage_changes(work, stored.org_id, stored.shipment_id, changes)
    work.check_condition(stored.draft_key, ShipmentDraft.draft_id == draft_id, Conflict(_CONCURRENT_IMPORT))
    if stored.shipment is not None:
        _stage_update(work, stored.shipment, {}, changes)
    return False


def _abandon(work: UnitOfWork, stored: _StoredShipment, draft_id: str) -> None:
    """Stage the removal of the draft, and show the shipment again as it was."""
    if stored.draft is None or stored.draft.draft_id != draft_id or stored.shipment is None:
        return
    work.audit(Shipment.kind, stored.shipment_id, "SHIPMENT_IMPORT_ABANDONED")
    work.remove(stored.draft_key, ShipmentDraft.draft_id == draft_id, Conflict(_CONCURRENT_IMPORT))
    _stage_update(work, stored.shipment, {"status": stored.status, **enter_open_list(work, stored.shipment)})


def _create(work: UnitOfWork, stored: _StoredShipment, record: ShipmentRecord) -> None:
    shipment = stored.key.new(
        shipment_id=stored.shipment_id,
        org_id=stored.org_id,
        shipment_number=record.shipment_number,
        status=ShipmentStatus.PENDING.value,
        created_at=work.now,
        updated_at=work.now,
        **_values(record),
    )
    for name, value in enter_open_list(work, shipment).items():
        setattr(shipment, name, value)
    work.create(shipment)
    SHIPMENT_HOURS.count(work, stored.org_id, created=1)


def _update(work: UnitOfWork, stored: _StoredShipment, shipment: Shipment, record: ShipmentRecord) -> None:
    changed = _changed_values(shipment, record)
    if not (changed or stored.changes or stored.draft):
        return
    if stored.status in PACKABLE:
        after = Shipment(**{**shipment.attribute_values, **changed})
        changed |= {"status": stored.status, **enter_open_list(work, after)}
    _stage_update(work, shipment, changed, stored.changes)


def _stage_update(
    work: UnitOfWork, shipment: Shipment, values: Mapping[str, Any], changes: Iterable[LineChange] = ()
) -> None:
    change_contended(
        work,
        shipment,
        values={**values, "updated_at": work.now},
        amounts={"lines_complete": sum(change.newly_complete for change in changes)},
        condition=Shipment.version == shipment.version,
        on_conflict=Conflict(_CONCURRENT_IMPORT),
        insist=0,
    )


def _changed_values(shipment: Shipment, record: ShipmentRecord) -> dict[str, Any]:
    return {name: value for name, value in _values(record).items() if getattr(shipment, name) != value}


def _values(record: ShipmentRecord) -> dict[str, Any]:
    """Return the attributes of a shipment that a record gives."""
    names = {"so_number": record.so_number, "customer_name": record.customer_name}
    values: dict[str, Any] = {**names, "lines_total": len(record.lines)}
    if record.allergen_restrictions is not UNSET:
        values["allergen_restrictions"] = list(record.allergen_restrictions or ())
    if record.warehouse_id is not UNSET:
        values["warehouse_id"] = record.warehouse_id
    if record.promised_ship_date is not UNSET:
        date = record.promised_ship_date
        values["promised_ship_date"] = None if date is None else date.isoformat()
    return values


SHIPMENTS = Dataset(
    name="shipments",
    title="shipments with their lines",
    record=ShipmentRecord,
    permission=IMPORT_SHIPMENTS,
    entity_type=Shipment.kind,
    action="SHIPMENT_IMPORTED",
    key_field="shipment_number",
    prepare=lambda step, actor, record: prepare_shipment(step, record, actor),
    upsert=import_shipment,
    example={
        "shipment_number": "SH-1001",
        "so_number": "SO-5001",
        "customer_name": "Bakkerij Zonneveld",
        "allergen_restrictions": ["nuts"],
        "warehouse_id": "wh-ams",
        "promised_ship_date": "2026-11-25",
        "lines": [
            {
                "line_number": 1,
                "sku": "BISC-ALM",
                "product_name": "Almond biscuits 250 g",
                "quantity": 48,
                "uom": "EA",
                "unit_weight": 0.25,
                "allergens": ["gluten", "nuts"],
            }
        ],
    },
)
"""Shipments by their number."""
