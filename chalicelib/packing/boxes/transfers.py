"""The changes of plate, line, box and shipment when an item is packed or removed, staged as one transaction.

The shipment is changed only where its counters or its status change: when a line or a box becomes used or unused, when
a line becomes complete or incomplete, and with the first item of all. Otherwise it needs no condition, because an open
box with contents keeps its shipment from being completed.

Plate, box and shipment are changed on conditions only, so people who pack at the same moment do not block each other.
The line is also held to the version that was read when something is packed: its sums are in the response, and no two
responses show the same. The sum of the product in the box needs no condition: the store adds up.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from pynamodb.expressions.condition import Condition

from chalicelib.core.counters import ALWAYS, add_to_counters, change_contended
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, is_as_read, set_actions
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.packing.boxes.rules import MAX_CONTENTS, BoxStatus, ProductSums, weight_of
from chalicelib.packing.boxes.tables import Box, BoxContent, BoxProduct, product_key
from chalicelib.packing.errors import QuantityExceedsAvailable, ShipmentNotPackable
from chalicelib.packing.plates.tables import Plate, allocation, plate_key
from chalicelib.packing.shipments.rules import PACKABLE, SHIPMENT, CounterChange, ShipmentAction, counter_change
from chalicelib.packing.shipments.tables import Shipment, ShipmentLine, shipment_key


class PackingContext(NamedTuple):
    """The entities that change when an item is packed."""

    shipment: Shipment
    box: Box
    plate: Plate
    line: ShipmentLine


class PolicyWarnings(NamedTuple):
    """What the settings warn of: the date on which the plate expired, and how much is packed of an overpacked line."""

    expiry: str | None = None
    overpacked: Decimal | None = None


class PackedItem(NamedTuple):
    """A packed item: its content, the entities after the change, and the sums that were in the box before."""

    content: BoxContent
    context: PackingContext
    in_box: ProductSums
    warnings: PolicyWarnings


def is_packable() -> Condition:
    """Return the condition that boxes of a shipment can be opened and filled."""
    return Shipment.status.is_in(*sorted(PACKABLE))


def not_packable(action: ShipmentAction) -> Callable[[RawItem | None], ShipmentNotPackable]:
    """Return the function that makes the error of an action from the shipment as it is stored."""

    def error(raw: RawItem | None) -> ShipmentNotPackable:
        return ShipmentNotPackable.in_state(SHIPMENT, raw["status"]["S"], action) if raw else ShipmentNotPackable()

    return error


def stage_packing(work: UnitOfWork, context: PackingContext, content: BoxContent) -> None:
    """Stage a new content of a box, taken from its plate and added to its line."""
    shipment, box, plate, line = context
    quantity = content.quantity
    change = counter_change(line.packed, line.quantity, quantity)
    _change_shipment(work, shipment, _counters(change, boxes_empty=-1 if not box.item_count else 0))
    _change_box(work, box, 1, weight_of(quantity, content.unit_weight))
    is_for_line = Plate.allocated.contains(allocation(line.shipment_id, line.line_number))
    change_contended(
        work,
        plate,
        amounts={"packed": quantity, "remaining": -quantity},
        condition=(Plate.remaining >= quantity) & is_for_line & _unchanged(plate, "sku", "lot_number"),
        on_conflict=QuantityExceedsAvailable(),
        insist=0,
    )
    _change_line(work, line, quantity, change, ALWAYS)
    work.create(content)
    if box.has_sums:
        _add_to_sum(work, box, content)


def stage_removal(
    work: UnitOfWork, box: Box, line: ShipmentLine, content: BoxContent, product: BoxProduct | None
) -> None:
    """Stage the removal of a content from its box, returned to its plate and taken from its line.

    `product` is the sum in the box that the content is part of; None if the box has no sums.
    """
    quantity = content.quantity
    change = counter_change(line.packed, line.quantity, -quantity)
    counters = _counters(change, boxes_empty=1 if box.item_count == 1 else 0)
    if any(counters.values()):
        add_to_counters(
            work,
            shipment_key(box.org_id, content.shipment_id),
            counters,
            condition=is_packable(),
            on_conflict=not_packable(ShipmentAction.REMOVE),
            final=True,
        )
    _change_box(work, box, -1, weight_of(-quantity, content.unit_weight))
    add_to_counters(work, plate_key(box.org_id, content.plate_id), {"packed": -quantity, "remaining": quantity})
    _change_line(work, line, -quantity, change, insist=0)
    work.delete(content)
    if product is not None:
        take_from_sum(work, product, 1, quantity)


def _counters(change: CounterChange, *, boxes_empty: int) -> dict[str, int]:
    """Return the additions to the counters of the shipment."""
    lines = {"lines_packed": change.lines_packed, "lines_complete": change.lines_complete}
    return {**lines, "boxes_empty": boxes_empty}


def _change_shipment(work: UnitOfWork, shipment: Shipment, counters: dict[str, int]) -> None:
    """Stage the changes of the shipment's counters and status, if there are any."""
    status = shipment.status
    target = SHIPMENT.target(status, ShipmentAction.PACK).value
    values = {} if target == status else {"status": target}
    if values or any(counters.values()):
        is_current = Shipment.status == status
        change_contended(work, shipment, values=values, amounts=counters, condition=is_current, insist=0)


def _change_box(work: UnitOfWork, box: Box, contents: int, weight: Decimal) -> None:
    """Stage a change of an open box, on the condition that it is empty before (or after) as it was read."""
    others = box.item_count if contents > 0 else box.item_count - 1
    edge = 0 if contents > 0 else 1
    as_read = Box.item_count > edge if others else Box.item_count == edge
    if contents > 0:
        as_read &= Box.item_count < MAX_CONTENTS
    change_contended(
        work,
        box,
        amounts={"item_count": contents, "weight_est": weight},
        condition=(Box.status == BoxStatus.OPEN.value) & as_read,
        insist=0,
        expected_version=work.expected_version,
    )


def _change_line(work: UnitOfWork, line: ShipmentLine, quantity: Decimal, change: CounterChange, insist: int) -> None:
    """Stage a change of a line's packed quantity, on the condition that `change` is true for it."""
    condition = _unchanged(line, "quantity", "sku", "uom") & (ShipmentLine.packed >= change.at_least)
    if change.at_most is not None:
        condition &= ShipmentLine.packed <= change.at_most
    change_contended(work, line, amounts={"packed": quantity}, condition=condition, insist=insist)


def _add_to_sum(work: UnitOfWork, box: Box, content: BoxContent) -> None:
    """Stage the addition of a content to the sum of its product, which begins with it if there is none."""
    product = content.product
    key = product_key(box.org_id, box.box_id, product)
    values = {"sku": product.sku, "product_name": product.product_name, "uom": product.uom}
    work.update_unread(
        key,
        actions=[
            *set_actions(BoxProduct, {**values, "allergens": list(product.allergens)}),
            *([] if product.unit_weight is None else [BoxProduct.unit_weight.set(product.unit_weight)]),
            BoxProduct.first_content_id.set(BoxProduct.first_content_id | content.content_id),
            BoxProduct.quantity.add(product.quantity),
            BoxProduct.item_count.add(1),
        ],
        audited=False,
    )


def take_from_sum(work: UnitOfWork, product: BoxProduct, contents: int, quantity: Decimal) -> None:
    """Stage the removal of contents from the sum of their product, which ends with its last content."""
    key = ItemKey(BoxProduct, product.pk, product.sk)
    if product.item_count == contents:
        work.remove(key, BoxProduct.item_count == contents, Unavailable())
    else:
        work.update_unread(
            key,
            condition=BoxProduct.item_count > contents,
            on_conflict=Unavailable(),
            actions=[BoxProduct.quantity.add(-quantity), BoxProduct.item_count.add(-contents)],
            audited=False,
        )


def _unchanged(entity: Entity, *names: str) -> Condition:
    """Return the condition that no import has changed these attributes, which the content holds too."""
    condition = type(entity).pk.exists()
    for name in names:
        condition &= is_as_read(getattr(type(entity), name), getattr(entity, name))
    return condition
