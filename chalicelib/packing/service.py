"""Packing an item into a box, and taking it out again.

What the answer says of box and line is what was read, and this item: of others who pack at the very same moment it may
not know yet. That more is packed than there is, or into a closed box, the transaction does not let happen (`moves`).
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound
from chalicelib.core.store import get_many, parallel_pair
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.packing import access, moves, views
from chalicelib.packing.boxes import box_with_contents
from chalicelib.packing.errors import (
    BoxClosed,
    BoxMismatch,
    LpNotAllocated,
    QuantityExceedsAvailable,
    ShipmentNotPackable,
    SoLineMismatch,
)
from chalicelib.packing.keys import box_key, content_key, line_key, lines_allocated, plate_key, shipment_key
from chalicelib.packing.moves import Scene
from chalicelib.packing.rules import PACKABLE, BoxStatus, allergen_warning, exact, shown
from chalicelib.packing.schemas import AllergenWarning, ItemPacked, PackIds, PackItem
from chalicelib.packing.tables import Box, Content, Line, Plate, Shipment

_GONE = "There is no such item in this box."


def pack(work: UnitOfWork, request: Request[PackItem, Any], clock: Clock) -> ItemPacked:
    """Pack an item into a box.

    Raises `NotFound`, what speaks against it, `ValidationFailed`, or `QuantityExceedsAvailable`; in this order.
    """
    scene = _scene(request, clock)
    quantity = exact(request.body.quantity)
    if quantity > scene.plate.remaining:
        left = shown(scene.plate.remaining)
        raise QuantityExceedsAvailable(f"There is only {left:f} left on it.", details={"available_qty": left})
    content = _new_content(work, request.actor, scene, quantity, request.body.notes or None)
    moves.pack(work, scene, content)
    return _packed(scene, content)


def take_out(work: UnitOfWork, request: Request[Any, Any], clock: Clock) -> Box:
    """Take an item out of its box: its quantity goes back to plate and line. Raises `NotFound` or `BoxClosed`."""
    org_id = request.actor.org_id
    content = request.read(content_key(org_id, request.path["box_id"], request.path["item_id"]))
    if content is None:
        raise NotFound(_GONE)
    at_box, at_line = box_key(org_id, content.box_id), line_key(org_id, content.shipment_id, content.line_id)
    found = get_many([at_box, at_line], clock)
    box, line = found.get(at_box), found.get(at_line)
    if box is None or line is None:
        raise NotFound(_GONE)
    request.actor.require_reach(access.REMOVE, owners=(content.packed_by,), message="Somebody else packed this.")
    if box.status != BoxStatus.OPEN:
        raise BoxClosed
    request.check_version(box)
    moves.take_out(work, box, line, content, if_match=request.if_match)
    return box


def _scene(request: Request[PackItem, Any], clock: Clock) -> Scene:
    """Everything that the request names. Raises what speaks against it; flaws of the body are left for later."""
    org_id, ids = request.actor.org_id, _ids(request)
    at_shipment = shipment_key(org_id, ids.shipment_id)
    at_plate = plate_key(org_id, ids.license_plate_id)
    at_line = line_key(org_id, ids.shipment_id, ids.so_line_id)
    [found], [(box, contents)] = parallel_pair(
        [partial(get_many, [at_shipment, at_plate, at_line], clock)], [partial(box_with_contents, org_id, ids.box_id)]
    )
    shipment, plate = found.get(at_shipment), found.get(at_plate)
    if shipment is None or box is None or plate is None:
        missing = [name for name, one in (("shipment", shipment), ("box", box), ("plate", plate)) if one is None]
        raise NotFound(f"There is no such {missing[0]}.")
    request.actor.require_reach(access.PACK)
    _check_box(shipment, box)
    line = _allocated(plate, ids.so_line_id.lower(), found.get(at_line), shipment)
    return Scene(shipment, box, contents, plate, line)


def _ids(request: Request[PackItem, Any]) -> PackIds:
    """What the body names, even if something else in it is wrong: what exists is checked before that."""
    flaw = request.flaw
    if flaw is None:
        body = request.body
        return PackIds(body.shipment_id, body.box_id, body.license_plate_id, body.so_line_id)
    seen = request.glimpse(PackIds)
    if seen is None:
        raise flaw
    return seen


def _check_box(shipment: Shipment, box: Box) -> None:
    if shipment.status not in PACKABLE:
        raise ShipmentNotPackable(details={"status": shipment.status})
    if box.shipment_id != shipment.shipment_id:
        raise BoxMismatch
    if box.status != BoxStatus.OPEN:
        raise BoxClosed


def _allocated(plate: Plate, named: str, line: Line | None, shipment: Shipment) -> Line:
    """The line of the id `named`, if the plate was picked for it."""
    lines = lines_allocated(plate, shipment.shipment_id)
    if not lines:
        raise LpNotAllocated
    if named not in lines:
        raise SoLineMismatch(details={"so_line_id": lines[0]})
    if line is None:
        raise LpNotAllocated("The line of the order that this license plate was picked for has gone.")
    if line.sku != plate.sku:
        raise LpNotAllocated("The line is of another product by now than the license plate.")
    return line


def _new_content(work: UnitOfWork, packer: Actor, scene: Scene, quantity: Decimal, notes: str | None) -> Content:
    box, plate, line = scene.box, scene.plate, scene.line
    content_id = work.ids.new()
    where = content_key(packer.org_id, box.box_id, content_id)
    return Content(
        where.pk,
        where.sk,
        content_id=content_id,
        box_id=box.box_id,
        shipment_id=box.shipment_id,
        line_id=line.line_id,
        plate_id=plate.plate_id,
        lp_number=plate.lp_number,
        lot_number=plate.lot_number,
        sku=line.sku,
        product_name=plate.product_name,
        uom=line.uom,
        quantity=quantity,
        unit_weight=line.unit_weight,
        allergens=line.allergens,
        notes=notes,
        packed_by=packer.user_id,
        packed_at=work.now,
    )


def _packed(scene: Scene, content: Content) -> ItemPacked:
    """The answer: the item, its box and line with it, and what has to be said of allergens."""
    product, in_box = views.packed_of(content), [views.packed_of(one) for one in scene.contents]
    warned = allergen_warning(scene.shipment.allergen_restrictions, product, in_box)
    return ItemPacked(
        box_content=views.packed_content(content),
        box_summary=views.summary([*in_box, product]),
        so_line_status=views.line_state(scene.line),
        allergen_warning=warned and AllergenWarning(warned.matches, scene.shipment.customer_name, warned.product_name),
    )
