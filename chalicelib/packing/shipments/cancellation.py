"""The use case of cancelling a shipment: its contents go back to their plates, and its boxes are voided.

A transaction carries a hundred items, and a shipment may have more contents. Then it is `cancelling` first, in no list
and not packable, and contents are returned in transactions of their own. Each returns them to their plates and takes
them from their lines, so contents and remains add up to the plates at every moment. If the last transaction never
comes, cancelling again goes on.

Shipment, boxes and lines are changed on the versions that were read: if an item is packed at the same moment, either
the packing is refused or the cancelling starts again and returns the item too.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.counters import add_to_counters
from chalicelib.core.errors import Unavailable
from chalicelib.core.runner import Step
from chalicelib.core.store import get, get_many, parallel_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.boxes.queries import StoredBox, read_boxes, read_stored_box
from chalicelib.packing.boxes.rules import BoxStatus, weight_of
from chalicelib.packing.boxes.tables import Box, BoxContent, product_key
from chalicelib.packing.boxes.transfers import take_from_sum
from chalicelib.packing.errors import ShipmentNotCancellable
from chalicelib.packing.open_list.service import leave_open_list
from chalicelib.packing.plates.tables import plate_key
from chalicelib.packing.shipments.rules import SHIPMENT, ShipmentAction, ShipmentStatus
from chalicelib.packing.shipments.schemas import CancelShipment
from chalicelib.packing.shipments.tables import Shipment, line_key, shipment_key

MAX_ITEMS = 80
"""How many boxes, contents, sums, plates and lines one transaction changes; the audit row holds them too."""
_ACTION = "SHIPMENT_CANCELLED"


class _Return(NamedTuple):
    """The contents of a box that are returned at once; the box is voided, also if others remain in it for now."""

    stored: StoredBox
    contents: list[BoxContent]

    @property
    def is_whole(self) -> bool:
        """Return whether nothing remains in the box."""
        return len(self.contents) == len(self.stored.contents)


class _ReturnBatch(NamedTuple):
    """What one transaction returns, and whether nothing remains after it."""

    returns: list[_Return]
    is_last: bool


def cancel_shipment(work: UnitOfWork, shipment: Shipment, command: CancelShipment, _: Actor, *, step: Step) -> Shipment:
    """Cancel a shipment; its contents go back to their plates. Raise `ShipmentNotCancellable`."""
    _check_cancellable(shipment)
    while not (batch := _next_batch(work, shipment)).is_last:
        shipment = step(partial(_return_some, shipment=shipment, command=command))
    _stage(work, shipment, command, batch, ShipmentStatus.CANCELLED)
    return shipment


def _return_some(work: UnitOfWork, *, shipment: Shipment, command: CancelShipment) -> Shipment:
    """Stage the return of as many contents as fit into one transaction, and return the shipment."""
    current = get(shipment_key(shipment.org_id, shipment.shipment_id))
    if current is None:
        raise Unavailable
    _check_cancellable(current)
    work.audit(Shipment.kind, current.shipment_id, _ACTION)
    _stage(work, current, command, _next_batch(work, current), ShipmentStatus.CANCELLING)
    return current


def _check_cancellable(shipment: Shipment) -> None:
    ShipmentNotCancellable.target(SHIPMENT, shipment.status, ShipmentAction.CANCEL)


def _next_batch(work: UnitOfWork, shipment: Shipment) -> _ReturnBatch:
    """Return the first boxes and contents that fit into one transaction."""
    boxes = [box for box in read_boxes(shipment, work.clock) if box.status != BoxStatus.VOIDED or box.item_count]
    sizes = accumulate((1 + box.item_count for box in boxes), initial=0)
    first = [box for box, before in zip(boxes, sizes, strict=False) if before < MAX_ITEMS]
    stored = parallel_reads([partial(read_stored_box, box.org_id, box.box_id) for box in first])
    returns = list(_fitting([each for each in stored if each is not None]))
    return _ReturnBatch(returns, len(returns) == len(boxes) and all(each.is_whole for each in returns))


def _fitting(boxes: Sequence[StoredBox]) -> Iterator[_Return]:
    """Return what fits into one transaction, from the first box on."""
    used = set[object]()
    for stored in boxes:
        chosen: list[BoxContent] = []
        for content in stored.contents:
            key = product_key(stored.box.org_id, content.box_id, content.product)
            items = used | {content.box_id, content.content_id, content.plate_id, content.line_id, key}
            if len(items) > MAX_ITEMS:
                break
            used = items
            chosen.append(content)
        used.add(stored.box.box_id)
        if chosen or not stored.contents:
            yield _Return(stored, chosen)
        if len(chosen) < len(stored.contents) or len(used) >= MAX_ITEMS:
            return


def _stage(
    work: UnitOfWork, shipment: Shipment, command: CancelShipment, batch: _ReturnBatch, status: ShipmentStatus
) -> None:
    """Stage the return of contents, and the new status and counters of the shipment."""
    contents = [content for each in batch.returns for content in each.contents]
    for plate_id, quantity in _sums(contents, "plate_id").items():
        add_to_counters(work, plate_key(shipment.org_id, plate_id), {"packed": -quantity, "remaining": quantity})
    counters = _stage_lines(work, shipment, contents)
    for each in batch.returns:
        for name, change in _stage_box(work, each).items():
            counters[name] += change
    values = {name: getattr(shipment, name) + change for name, change in counters.items()}
    ending = {"status": status.value, "cancel_reason": command.reason, "last_box_number": shipment.newest_box}
    work.update(shipment, {**values, **ending, "updated_at": work.now, **leave_open_list(work, shipment)})


def _stage_lines(work: UnitOfWork, shipment: Shipment, contents: Sequence[BoxContent]) -> dict[str, int]:
    """Stage the packed quantities of the lines, and return how the shipment's counters change."""
    counters: dict[str, int] = defaultdict(int)
    quantities = _sums(contents, "line_id")
    keys = {line_id: line_key(shipment.org_id, shipment.shipment_id, line_id) for line_id in quantities}
    result = get_many(keys.values(), work.clock)
    for line_id, quantity in quantities.items():
        line = result.get(keys[line_id])
        if line is None:  # an import removed it after another request had returned its contents
            raise Unavailable
        before, after = line.packed, line.packed - quantity
        counters["lines_packed"] += (after > 0) - (before > 0)
        counters["lines_complete"] += (after >= line.quantity) - (before >= line.quantity)
        work.update(line, {"packed": after})
    return counters


def _stage_box(work: UnitOfWork, returned: _Return) -> dict[str, int]:
    """Stage the removal of contents from a box, which is voided, and return how the shipment's counters change."""
    (box, _, products), contents = returned.stored, returned.contents
    counters = {} if box.status == BoxStatus.VOIDED else _counters_of(box)
    for key, product in products.items():
        parts = [content for content in contents if product_key(box.org_id, box.box_id, content.product).sk == key]
        if parts:
            take_from_sum(work, product, len(parts), sum((part.quantity for part in parts), Decimal(0)))
    weight = sum((weight_of(content.quantity, content.unit_weight) for content in contents), Decimal(0))
    values: dict[str, Any] = {"item_count": box.item_count - len(contents), "weight_est": box.weight_est - weight}
    work.update(box, {"status": BoxStatus.VOIDED.value, **values})
    for content in contents:
        work.delete(content)
    return counters


def _counters_of(box: Box) -> dict[str, int]:
    """Return how the shipment's counters change when this box is voided."""
    is_open = box.status == BoxStatus.OPEN
    return {"boxes_count": -1, "boxes_open": -int(is_open), "boxes_empty": -int(is_open and not box.item_count)}


def _sums(contents: Sequence[BoxContent], name: str) -> dict[str, Decimal]:
    """Return the quantities of contents by one of their attributes."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for content in contents:
        sums[getattr(content, name)] += content.quantity
    return sums
