"""The use cases of boxes: pack and remove items; create, close, reopen and void boxes."""

from decimal import Decimal

from chalicelib.core.actor import Actor
from chalicelib.core.counters import add_to_counters, additions, change_contended
from chalicelib.core.decimals import to_decimal
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get_many
from chalicelib.core.table import is_as_read
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of
from chalicelib.packing import errors
from chalicelib.packing.boxes.queries import read_sums
from chalicelib.packing.boxes.rules import BOX, MAX_CONTENTS, BoxAction, BoxStatus
from chalicelib.packing.boxes.schemas import CloseBox, CreateBox, PackItem, ReopenBox
from chalicelib.packing.boxes.sscc_allocation import allocate_sscc
from chalicelib.packing.boxes.tables import Box, BoxContent, box_id_of, box_key, content_key, product_key
from chalicelib.packing.boxes.transfers import (
    PackedItem,
    PackingContext,
    PolicyWarnings,
    is_packable,
    not_packable,
    stage_packing,
    stage_removal,
)
from chalicelib.packing.plates.tables import Plate, allocated_lines
from chalicelib.packing.rules import is_expired, normalize
from chalicelib.packing.settings import PACKING
from chalicelib.packing.shipments.rules import PACKABLE, SHIPMENT, ShipmentAction
from chalicelib.packing.shipments.tables import Shipment, ShipmentLine, line_key, shipment_key

_MEASURES = ("weight", "length", "width", "height")


def pack_item(
    work: UnitOfWork,
    shipment: Shipment,
    command: PackItem,
    actor: Actor,
    *,
    box: Box,
    plate: Plate,
    line: ShipmentLine | None,
    organisation: Organisation | None,
) -> PackedItem:
    """Pack an item into a box. Raise `PackingRefused` if shipment, box, plate or settings do not allow it."""
    _check_packable(shipment, ShipmentAction.PACK)
    if box.shipment_id != shipment.shipment_id:
        raise errors.BoxMismatch
    _check_open(box, BoxAction.PACK)
    context = PackingContext(shipment, box, plate, _allocated_line(shipment, plate, command.so_line_id.lower(), line))
    if box.item_count >= MAX_CONTENTS:
        raise errors.BoxFull
    quantity = to_decimal(command.quantity)
    if quantity > plate.remaining:
        available = normalize(plate.remaining)
        message = f"The license plate holds only {available:f}."
        raise errors.QuantityExceedsAvailable(message, details={"available_qty": available})
    warnings = _check_policies(work, context, quantity, organisation)
    content = _new_content(work, context, quantity, command.notes or None, actor)
    in_box = read_sums(box)
    stage_packing(work, context, content)
    return PackedItem(content, context, in_box, warnings)


def remove_item(work: UnitOfWork, content: BoxContent, _: Actor, *, box: Box) -> Box:
    """Remove an item from its box; its quantity returns to its plate and line. Raise `BoxClosed`."""
    _check_open(box, BoxAction.REMOVE)
    keys = (
        line_key(box.org_id, content.shipment_id, content.line_id),
        product_key(box.org_id, box.box_id, content.product),
    )
    result = get_many(keys, work.clock)
    line, product = result.get(keys[0]), result.get(keys[1])
    if line is None or (box.has_sums and product is None):  # another request has removed the item
        raise Unavailable
    stage_removal(work, box, line, content, product)
    return box


def create_box(work: UnitOfWork, shipment: Shipment, _: CreateBox, __: Actor) -> Box:
    """Create the next box of a shipment. Raise `ShipmentNotPackable`."""
    _check_packable(shipment, ShipmentAction.CREATE_BOX)
    count, newest = shipment.boxes_count, shipment.newest_box
    box = _new_box(work, shipment, newest + 1)
    work.audit(Box.kind, box.box_id, "BOX_CREATED")
    same_newest = is_as_read(Shipment.last_box_number, shipment.last_box_number)
    work.create(box, Unavailable())
    change_contended(
        work,
        shipment,
        values={"boxes_count": count + 1, "last_box_number": newest + 1},
        amounts={"boxes_open": 1, "boxes_empty": 1},
        condition=(Shipment.boxes_count == count) & same_newest & is_packable(),
        insist=0,
    )
    return box


def close_box(work: UnitOfWork, box: Box, command: CloseBox, _: Actor, *, organisation: Organisation | None) -> Box:
    """Close a box; the first time it gets an SSCC. Raise `AlreadyClosed`, `EmptyBox` or `NoSerialsLeft`."""
    target = errors.AlreadyClosed.target(BOX, box.status, BoxAction.CLOSE)
    if not box.item_count:
        raise errors.EmptyBox.in_state(BOX, box.status, BoxAction.CLOSE, missing=["contents"])
    values = _measures(command)
    condition = (Box.status == box.status) & (Box.item_count > 0)
    if box.sscc is None:
        values["sscc"] = allocate_sscc(work, box, section_of(organisation, PACKING))
        condition &= Box.sscc.does_not_exist()
    values |= {"status": target.value, "closed_at": work.now}
    change_contended(work, box, values=values, condition=condition, insist=0, expected_version=work.expected_version)
    add_to_counters(work, shipment_key(box.org_id, box.shipment_id), {"boxes_open": -1})
    return box


def reopen_box(work: UnitOfWork, box: Box, command: ReopenBox, _: Actor) -> Box:
    """Open a closed box again; it keeps its SSCC but not its measures.

    Raise `AlreadyOpen`, `BoxClosed` for a voided box, or `ShipmentNotPackable`.
    """
    if box.status == BoxStatus.VOIDED:
        raise errors.BoxClosed.in_state(BOX, box.status, BoxAction.REOPEN)
    target = errors.AlreadyOpen.target(BOX, box.status, BoxAction.REOPEN)
    values = dict.fromkeys(_MEASURES) | {"status": target.value, "closed_at": None, "reopen_reason": command.reason}
    same_closing = (Box.status == box.status) & (Box.closed_at == box.closed_at)
    change_contended(work, box, values=values, condition=same_closing, insist=0, expected_version=work.expected_version)
    add_to_counters(
        work,
        shipment_key(box.org_id, box.shipment_id),
        {"boxes_open": 1},
        condition=is_packable(),
        on_conflict=not_packable(ShipmentAction.REOPEN_BOX),
        final=True,
    )
    return box


def void_box(work: UnitOfWork, box: Box, _: Actor) -> Box:
    """Void an empty box; a voided one stays as it is. Raise `BoxNotEmpty` or `ShipmentNotPackable`."""
    if box.status == BoxStatus.VOIDED:
        return box
    if (box.status, BoxAction.VOID) not in BOX.transitions or box.item_count:
        raise errors.BoxNotEmpty.in_state(BOX, box.status, BoxAction.VOID, missing=["removal of the contents"])
    change_contended(
        work,
        box,
        values={"status": BOX.target(box.status, BoxAction.VOID).value},
        condition=(Box.status == box.status) & (Box.item_count == 0),
        insist=0,
        expected_version=work.expected_version,
    )
    # The count of boxes is also the newest number of shipments of earlier versions; it is kept before it falls.
    newest = Shipment.last_box_number | Shipment.boxes_count
    added = dict.fromkeys(("boxes_count", "boxes_open", "boxes_empty"), -1)
    work.update_unread(
        shipment_key(box.org_id, box.shipment_id),
        condition=is_packable(),
        on_conflict=not_packable(ShipmentAction.VOID_BOX),
        actions=[Shipment.last_box_number.set(newest), *additions(Shipment, added)],
        final=True,
    )
    return box


def _check_packable(shipment: Shipment, action: ShipmentAction) -> None:
    if shipment.status not in PACKABLE:
        raise errors.ShipmentNotPackable.in_state(SHIPMENT, shipment.status, action)


def _check_open(box: Box, action: BoxAction) -> None:
    if box.status != BoxStatus.OPEN:
        raise errors.BoxClosed.in_state(BOX, box.status, action)


def _allocated_line(shipment: Shipment, plate: Plate, line_id: str, line: ShipmentLine | None) -> ShipmentLine:
    """Return the line with this id. Raise `LpNotAllocated` or `SoLineMismatch` if the plate was not picked for it."""
    line_ids = allocated_lines(plate, shipment.shipment_id)
    if not line_ids:
        raise errors.LpNotAllocated
    if line_id not in line_ids:
        raise errors.SoLineMismatch(details={"so_line_id": line_ids[0]})
    if line is None:
        raise errors.LpNotAllocated("The line of the order that this license plate was picked for no longer exists.")
    if line.sku != plate.sku:
        raise errors.LpNotAllocated("The line of the order is now for another product than the license plate.")
    return line


def _check_policies(
    work: UnitOfWork, context: PackingContext, quantity: Decimal, organisation: Organisation | None
) -> PolicyWarnings:
    """Return what the settings warn of. Raise `LpExpired` or `OverpackNotAllowed` for what they refuse."""
    plate, line, settings = context.plate, context.line, section_of(organisation, PACKING)
    today = general_settings(organisation).local_date(work.now)
    expiry = plate.expiry if settings.expiry != "off" and is_expired(plate.expiry, today) else None
    if expiry is not None and settings.expiry == "refuse":
        raise errors.LpExpired(details={"expiry": expiry})
    packed = line.packed + quantity
    overpacked = packed if settings.overpack != "allow" and packed > line.quantity else None
    if overpacked is not None and settings.overpack == "refuse":
        ordered, before = normalize(line.quantity), normalize(line.packed)
        raise errors.OverpackNotAllowed(details={"ordered": ordered, "packed": before})
    return PolicyWarnings(expiry, overpacked)


def _measures(command: CloseBox) -> dict[str, object]:
    measures = {name: getattr(command, name) for name in _MEASURES}
    return {name: None if value is None else to_decimal(value) for name, value in measures.items()}


def _new_content(
    work: UnitOfWork, context: PackingContext, quantity: Decimal, notes: str | None, actor: Actor
) -> BoxContent:
    _, box, plate, line = context
    content_id = work.ids.new()
    return content_key(box.org_id, box.box_id, content_id).new(
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
        packed_by=actor.user_id,
        packed_at=work.now,
    )


def _new_box(work: UnitOfWork, shipment: Shipment, number: int) -> Box:
    box_id = box_id_of(shipment.shipment_id, number)
    return box_key(shipment.org_id, box_id).new(
        box_id=box_id,
        org_id=shipment.org_id,
        shipment_id=shipment.shipment_id,
        box_number=number,
        status=BoxStatus.OPEN.value,
        weight_est=Decimal(0),
        has_sums=True,
        opened_at=work.now,
    )
