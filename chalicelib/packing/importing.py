"""The dataset `shipments`: shipments with their lines, found by their number.

A record says which lines a shipment has: those that are new are added, those that differ are changed, those that are
gone are taken away. What contradicts what is packed already is refused, and then nothing of the record is done.

A transaction carries a hundred items, and a shipment may have more lines than that. Where more change than fit, the
lines go first, in transactions of their own, under a *draft*. A new shipment does not exist until the last transaction
makes it, and lines without a shipment are seen by nobody. One that exists is `importing` for that time: it is on no
list, and nothing can be packed into it. The last transaction takes the draft away. Each of them holds only while the
draft is the one it was, so of two who write the same shipment at once one starts again. If the last one never comes,
the shipment stays out of sight: sending the record again ends it, whatever was written before.

An item that is being packed at the very moment may still come in while the first lines are written, and must not find
half a record refused because of it. So what it could contradict (lines that go, shrink or become another product) is
written first, in one transaction, or refused beforehand if that is more than fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.imports import RECORD, Dataset, Outcome, Step, Unprepared
from chalicelib.packing import line_changes
from chalicelib.packing.changes import change
from chalicelib.packing.keys import NOT_OPEN, draft_key, lines_query, listed_as_open, shipment_id_of, shipment_key
from chalicelib.packing.line_changes import LineChange
from chalicelib.packing.records import ShipmentRecord
from chalicelib.packing.rules import PACKABLE, ShipmentStatus
from chalicelib.packing.tables import Draft, Line, Shipment

IMPORT = "packing.shipment.import"
_TOO_MUCH_AT_ONCE = "must not take away or lower so many lines at once while the shipment is packed: send fewer changes"
_IN_THE_WAY = "Somebody else is writing this shipment; send it again."


class _Found(msgspec.Struct, frozen=True):
    """What is there of a shipment, and what has to be done to its lines."""

    org_id: str
    shipment_id: str
    draft: Draft | None
    shipment: Shipment | None
    lines: Mapping[str, Line]
    changes: list[LineChange]

    @property
    def status(self) -> str | None:
        """Where it stands, or stood before its lines were being written."""
        if self.draft is not None:
            return self.draft.status
        return None if self.shipment is None else self.shipment.status

    @property
    def fits(self) -> bool:
        """Whether all changes of lines go into one transaction."""
        return len(line_changes.together(self.changes)) == len(self.changes)


def prepare_shipment(step: Step, actor: Actor, record: ShipmentRecord) -> None:
    """Write lines until those that are left fit into the transaction of `upsert_shipment`.

    Raises `ValidationFailed` for what contradicts what is packed, and `Conflict` if somebody else writes them too.
    """
    draft_id = step(lambda work: _begin(work, _good(actor, record)))
    try:
        while not step(lambda work: _write_some(work, _good(actor, record), draft_id)):
            pass
    except ValidationFailed:
        # Something was packed just before it could no longer be; nothing has been written yet.
        step(lambda work: _abandon(work, _found(actor.org_id, record), draft_id))
        raise


def upsert_shipment(work: UnitOfWork, actor: Actor, record: ShipmentRecord) -> Outcome:
    """Make or change one shipment.

    Raises `ValidationFailed` for what contradicts what is packed, and `Unprepared` if it is too much at once.
    """
    found = _good(actor, record)
    if not found.fits:
        raise Unprepared
    work.audit(Shipment.kind, found.shipment_id, "SHIPMENT_IMPORTED")
    _stage_lines(work, found, found.changes)
    if found.draft is not None:
        work.remove(_draft(found), Draft.draft_id == found.draft.draft_id, Conflict(_IN_THE_WAY))
    if found.shipment is not None:
        _change(work, found, found.shipment, record)
        return "updated"
    if found.draft is None:
        work.check_condition(_draft(found), Draft.pk.does_not_exist(), Conflict(_IN_THE_WAY))
    _create(work, found, record)
    return "created"


def _good(actor: Actor, record: ShipmentRecord) -> _Found:
    """What is there, if the record goes with what is packed. Raises `AccessDenied` or `ValidationFailed`."""
    actor.require_reach(IMPORT)
    found = _found(actor.org_id, record)
    shipment = found.shipment
    if shipment is None:
        return found
    flaws = line_changes.contradictions(found.lines, found.shipment_id, record.lines)
    risky = [one for one in found.changes if one.can_contradict]
    if found.status == ShipmentStatus.PACKING and len(line_changes.together(risky)) < len(risky):
        flaws["lines"] = _TOO_MUCH_AT_ONCE
    changed = _changed(shipment, record)
    if "so_number" in changed and shipment.lines_packed:
        flaws["so_number"] = f"must stay {shipment.so_number}: some of this shipment is packed"
    if found.status == ShipmentStatus.PACKED and (found.changes or changed):
        flaws = {RECORD: "is packed and can no longer be changed"}
    if flaws:
        raise ValidationFailed(flaws)
    return found


def _found(org_id: str, record: ShipmentRecord) -> _Found:
    shipment_id = shipment_id_of(org_id, record.shipment_number)
    at_draft, at_shipment = draft_key(org_id, shipment_id), shipment_key(org_id, shipment_id)
    # Before the lines: whoever changes those afterwards also changes one of these two, and the commit notices.
    found = get_many([at_draft, at_shipment], dependencies().clock)
    draft, shipment = found.get(at_draft), found.get(at_shipment)
    lines = {line.line_id: line for line in lines_query(org_id, shipment_id).all()}
    changes = line_changes.changes(shipment_id, lines, record.lines)
    ordered = sorted(changes, key=lambda one: not one.can_contradict)
    return _Found(org_id, shipment_id, draft, shipment, lines, ordered)


def _begin(work: UnitOfWork, found: _Found) -> str:
    """Put the draft there and the shipment, if there is one, out of sight; the draft's id."""
    draft_id = work.ids.new()
    work.audit(Shipment.kind, found.shipment_id, "SHIPMENT_IMPORT_BEGUN")
    unchanged = Draft.pk.does_not_exist() if found.draft is None else Draft.draft_id == found.draft.draft_id
    actions = [Draft.draft_id.set(draft_id)]
    if found.status is not None:
        actions.append(Draft.status.set(found.status))
    work.update_unread(_draft(found), condition=unchanged, on_conflict=Conflict(_IN_THE_WAY), actions=actions)
    if found.shipment is None:
        work.check_condition(_shipment(found), Shipment.pk.does_not_exist(), Conflict(_IN_THE_WAY))
    else:
        _amend(work, found.shipment, {"status": ShipmentStatus.IMPORTING.value, **NOT_OPEN})
    return draft_id


def _write_some(work: UnitOfWork, found: _Found, draft_id: str) -> bool:
    """Write as many lines as go at once; whether those that are left fit into the last transaction."""
    if found.draft is None or found.draft.draft_id != draft_id:
        raise Conflict(_IN_THE_WAY)
    if found.fits:
        return True
    work.audit(Shipment.kind, found.shipment_id, "SHIPMENT_LINES_IMPORTED")
    some = line_changes.together(found.changes)
    _stage_lines(work, found, some)
    work.check_condition(_draft(found), Draft.draft_id == draft_id, Conflict(_IN_THE_WAY))
    if found.shipment is not None:
        _amend(work, found.shipment, {}, newly_complete=_newly_complete(some))
    return False


def _abandon(work: UnitOfWork, found: _Found, draft_id: str) -> None:
    """Let the shipment be seen again as it was."""
    if found.draft is None or found.draft.draft_id != draft_id or found.shipment is None:
        return
    work.audit(Shipment.kind, found.shipment_id, "SHIPMENT_IMPORT_ABANDONED")
    work.remove(_draft(found), Draft.draft_id == draft_id, Conflict(_IN_THE_WAY))
    _amend(work, found.shipment, {"status": found.status, **listed_as_open(found.shipment)})


def _stage_lines(work: UnitOfWork, found: _Found, some: Iterable[LineChange]) -> None:
    for one in some:
        line_changes.stage(work, found.org_id, found.shipment_id, one)


def _create(work: UnitOfWork, found: _Found, record: ShipmentRecord) -> None:
    where = _shipment(found)
    shipment = Shipment(
        where.pk,
        where.sk,
        shipment_id=found.shipment_id,
        org_id=found.org_id,
        shipment_number=record.shipment_number,
        status=ShipmentStatus.PENDING.value,
        lines_total=len(record.lines),
        created_at=work.now,
        updated_at=work.now,
        **_values(record),
    )
    for name, value in listed_as_open(shipment).items():
        setattr(shipment, name, value)
    work.create(shipment)


def _change(work: UnitOfWork, found: _Found, shipment: Shipment, record: ShipmentRecord) -> None:
    changed = _changed(shipment, record)
    if not (changed or found.changes or found.draft):
        return  # it is so already
    if found.status in PACKABLE:
        after = Shipment(**{**shipment.attribute_values, **changed})
        changed |= {"status": found.status, **listed_as_open(after)}
    _amend(work, shipment, changed, newly_complete=_newly_complete(found.changes))


def _amend(work: UnitOfWork, shipment: Shipment, values: Mapping[str, Any], *, newly_complete: int = 0) -> None:
    change(
        work,
        shipment,
        values={**values, "updated_at": work.now},
        amounts={"lines_complete": newly_complete},
        condition=Shipment.version == shipment.version,
        on_conflict=Conflict(_IN_THE_WAY),
    )


def _changed(shipment: Shipment, record: ShipmentRecord) -> dict[str, Any]:
    """The attributes that a record changes."""
    wanted = {"lines_total": len(record.lines), **_values(record)}
    return {name: value for name, value in wanted.items() if getattr(shipment, name) != value}


def _values(record: ShipmentRecord) -> dict[str, Any]:
    """A shipment's attributes as a record says them; what it leaves out is not there."""
    values: dict[str, Any] = {"so_number": record.so_number, "customer_name": record.customer_name}
    if record.allergen_restrictions is not UNSET:
        values["allergen_restrictions"] = list(record.allergen_restrictions or ())
    if record.warehouse_id is not UNSET:
        values["warehouse_id"] = record.warehouse_id
    if record.promised_ship_date is not UNSET:
        date = record.promised_ship_date
        values["promised_ship_date"] = None if date is None else date.isoformat()
    return values


def _newly_complete(changes: Iterable[LineChange]) -> int:
    return sum(one.newly_complete for one in changes)


def _draft(found: _Found) -> ItemKey[Draft]:
    return draft_key(found.org_id, found.shipment_id)


def _shipment(found: _Found) -> ItemKey[Shipment]:
    return shipment_key(found.org_id, found.shipment_id)


SHIPMENTS = Dataset(
    name="shipments",
    title="shipments with their lines",
    record=ShipmentRecord,
    permission=IMPORT,
    entity_type=Shipment.kind,
    action="SHIPMENT_IMPORTED",
    key_field="shipment_number",
    prepare=prepare_shipment,
    upsert=upsert_shipment,
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
