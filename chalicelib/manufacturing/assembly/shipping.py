"""The use cases of shipment: ship a pack to a customer, take it back."""

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.binding import append_ledger_entry
from chalicelib.manufacturing.assembly.holds.blocking import require_pack_not_held
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.assembly.rework import open_again
from chalicelib.manufacturing.assembly.rework_schemas import ReturnPack, ShipPack
from chalicelib.manufacturing.errors import SerialNotFound, line_conflict
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.rules import LineAction, PackStatus
from chalicelib.manufacturing.status_counters import change_status
from chalicelib.manufacturing.tables import Pack, pack_key
from chalicelib.manufacturing.traceability.serial_registry import find_scanned
from chalicelib.manufacturing.traceability.tables import PACK, RETURNED, SHIPPED, SerialNumber


def ship_pack(work: UnitOfWork, pack: Pack, command: ShipPack, actor: Actor, *, holds: OpenHolds | None) -> Pack:
    """Ship a pack. Raise `Conflict` unless it passed, and if it is held."""
    if pack.disposition != Disposition.PASS:
        missing = [f"the disposition is {pack.disposition} and has to be {Disposition.PASS}"]
        raise line_conflict(pack, LineAction.SHIP, missing, disposition=pack.disposition)
    require_pack_not_held(work, pack, holds, LineAction.SHIP)
    customer, order = command.customer, command.order
    append_ledger_entry(work, pack, actor.user_id, [], change=SHIPPED, customer=customer, order=order)
    values = {"customer": customer, "order": order, "shipped_at": work.now, "returned_at": None}
    change_status(work, pack, PackStatus.SHIPPED, values)
    return pack


def return_pack(work: UnitOfWork, command: ReturnPack, actor: Actor, *, number: SerialNumber | None) -> Pack:
    """Take back a shipped pack, which has to be tested again.

    Raise `SerialNotFound` if the organisation has no such serial number, `ValidationFailed` if it is not that of a
    pack, and `Conflict` if the pack is not shipped.
    """
    number, serial = find_scanned(number, command.serial)
    if number is None or number.org_id != actor.org_id:
        raise SerialNotFound(serial)
    pack = get(pack_key(actor.org_id, str(number.holder_id))) if number.used_as == PACK else None
    if pack is None:
        raise ValidationFailed({"serial": "is not the serial number of a pack"})
    if pack.status != PackStatus.SHIPPED:
        raise line_conflict(pack, LineAction.RETURN)
    work.audit(Pack.kind, pack.item_id, "PACK_RETURNED")
    append_ledger_entry(work, pack, actor.user_id, [], change=RETURNED, reason=command.reason)
    open_again(work, pack, PackStatus.READY_FOR_EOL, {"returned_at": work.now})
    return pack
