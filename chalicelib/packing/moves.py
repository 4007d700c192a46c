"""What moves between plate, line, box and shipment when an item is packed or taken out, staged as one transaction.

The shipment takes part only where its counters or its state move: when a line or a box passes from nothing to something
or back, when a line becomes complete, and with the first item of all. It need not be asked otherwise, because a box
that is open and has something in it keeps its shipment from being completed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from pynamodb.expressions.condition import Condition

from chalicelib.core.table import Entity
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.changes import add_to, change
from chalicelib.packing.errors import QuantityExceedsAvailable, ShipmentNotPackable
from chalicelib.packing.keys import allocation, plate_key, shipment_key
from chalicelib.packing.rules import (
    PACKABLE,
    SHIPMENT_STEPS,
    BoxStatus,
    Moved,
    ShipmentStatus,
    ShipmentStep,
    moved,
    weight_of,
)
from chalicelib.packing.tables import Box, Content, Line, Plate, Shipment


def is_packable() -> Condition:
    """That boxes of a shipment can be opened and filled."""
    return Shipment.status.is_in(*sorted(state.value for state in PACKABLE))


class Scene(NamedTuple):
    """All that packing an item is about; the contents are those that are in the box already."""

    shipment: Shipment
    box: Box
    contents: list[Content]
    plate: Plate
    line: Line


def pack(work: UnitOfWork, scene: Scene, content: Content) -> None:
    """Put a content into a box, off its plate, onto its line."""
    shipment, box, _, plate, line = scene
    quantity = content.quantity
    meaning = moved(line.packed, line.quantity, quantity)
    _move_shipment(work, shipment, _amounts(meaning, -1 if not box.item_count else 0))
    _move_box(work, box, 1, weight_of(quantity, content.unit_weight))
    is_for_line = Plate.allocated.contains(allocation(line.shipment_id, line.line_number))
    change(
        work,
        plate,
        amounts={"packed": quantity, "remaining": -quantity},
        condition=(Plate.remaining >= quantity) & is_for_line & _still(plate, "sku", "lot_number"),
        on_conflict=QuantityExceedsAvailable(),
    )
    _move_line(work, line, quantity, meaning)
    work.create(content)


def take_out(work: UnitOfWork, box: Box, line: Line, content: Content, *, if_match: int | None) -> None:
    """Take a content out of its box, back onto its plate, off its line; `if_match` is the version of the box."""
    org_id, quantity = box.org_id, content.quantity
    meaning = moved(line.packed, line.quantity, -quantity)
    amounts = _amounts(meaning, 1 if box.item_count == 1 else 0)
    if any(amounts.values()):
        where = shipment_key(org_id, content.shipment_id)
        add_to(work, where, amounts, condition=is_packable(), on_conflict=ShipmentNotPackable(), final=True)
    _move_box(work, box, -1, weight_of(-quantity, content.unit_weight), if_match)
    add_to(work, plate_key(org_id, content.plate_id), {"packed": -quantity, "remaining": quantity})
    _move_line(work, line, -quantity, meaning)
    work.delete(content)


def _amounts(meaning: Moved, boxes_empty: int) -> dict[str, int]:
    """What is added to the counters of the shipment."""
    return {
        "lines_packed": meaning.lines_packed,
        "lines_complete": meaning.lines_complete,
        "boxes_empty": boxes_empty,
    }


def _move_shipment(work: UnitOfWork, shipment: Shipment, amounts: dict[str, int]) -> None:
    """Move the shipment's counters and state, if this moves them."""
    status = ShipmentStatus(shipment.status)
    following = SHIPMENT_STEPS[status, ShipmentStep.PACK]
    values = {} if following is status else {"status": following.value}
    if values or any(amounts.values()):
        change(work, shipment, values=values, amounts=amounts, condition=Shipment.status == status.value)


def _move_box(work: UnitOfWork, box: Box, contents: int, weight: Decimal, if_match: int | None = None) -> None:
    """Change how much is in an open box, provided that it is (or will be) empty only if it looks so now."""
    edge = box.item_count if contents > 0 else box.item_count - 1
    beyond = 0 if contents > 0 else 1
    as_it_looks = Box.item_count > beyond if edge else Box.item_count == beyond
    change(
        work,
        box,
        amounts={"item_count": contents, "weight_est": weight},
        condition=(Box.status == BoxStatus.OPEN.value) & as_it_looks,
        if_match=if_match,
    )


def _move_line(work: UnitOfWork, line: Line, quantity: Decimal, meaning: Moved) -> None:
    """Change how much of a line is packed, provided that it means for the shipment what it is taken to mean."""
    condition = _still(line, "quantity", "sku", "uom") & (Line.packed >= meaning.at_least)
    if meaning.at_most is not None:
        condition &= Line.packed <= meaning.at_most
    change(work, line, amounts={"packed": quantity}, condition=condition)


def _still(entity: Entity, *names: str) -> Condition:
    """That nobody has loaded other values of these attributes since they were read: the content tells them."""
    condition = type(entity).pk.exists()
    for name in names:
        attribute, value = getattr(type(entity), name), getattr(entity, name)
        condition &= attribute.does_not_exist() if value is None else attribute == value
    return condition
