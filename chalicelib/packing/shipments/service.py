"""The use cases of shipments: complete and reopen a shipment."""

from collections.abc import Mapping

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.errors import (
    NoBoxes,
    OpenBoxes,
    PackingRefused,
    ShipmentNotPackable,
    ShipmentNotReopenable,
    UnpackedItems,
)
from chalicelib.packing.open_list.service import enter_open_list, leave_open_list
from chalicelib.packing.shipments.rules import (
    SHIPMENT,
    CompletionObstacle,
    Progress,
    ShipmentAction,
    completion_obstacle,
)
from chalicelib.packing.shipments.schemas import CompleteShipment, ReopenShipment
from chalicelib.packing.shipments.tables import SHIPMENT_HOURS, Shipment

_REFUSALS: Mapping[CompletionObstacle, tuple[type[PackingRefused], list[str]]] = {
    CompletionObstacle.NOT_PACKABLE: (ShipmentNotPackable, []),
    CompletionObstacle.NO_BOXES: (NoBoxes, ["boxes"]),
    CompletionObstacle.OPEN_BOXES: (OpenBoxes, ["closed boxes"]),
    CompletionObstacle.UNPACKED_ITEMS: (UnpackedItems, ["packed items"]),
}


def complete_shipment(work: UnitOfWork, shipment: Shipment, command: CompleteShipment, _: Actor) -> Shipment:
    """Complete a shipment. Raise `PackingRefused` if it cannot be packed, or something has to be done first."""
    progress = Progress(*(getattr(shipment, name) for name in Progress._fields))
    obstacle = completion_obstacle(shipment.status, progress, allow_partial=command.allow_partial)
    if obstacle is not None:
        refusal, missing = _REFUSALS[obstacle]
        raise refusal.in_state(
            SHIPMENT, shipment.status, ShipmentAction.COMPLETE, missing=missing, details=progress._asdict()
        )
    target = SHIPMENT.target(shipment.status, ShipmentAction.COMPLETE).value
    work.update(shipment, {"status": target, "updated_at": work.now, **leave_open_list(work, shipment)})
    SHIPMENT_HOURS.count(work, shipment.org_id, packed=1)
    return shipment


def reopen_shipment(work: UnitOfWork, shipment: Shipment, command: ReopenShipment, _: Actor) -> Shipment:
    """Let a packed shipment be packed again; its boxes stay as they are. Raise `ShipmentNotReopenable`."""
    target = ShipmentNotReopenable.target(SHIPMENT, shipment.status, ShipmentAction.REOPEN)
    values = {"status": target.value, "reopen_reason": command.reason, "updated_at": work.now}
    work.update(shipment, {**values, **enter_open_list(work, shipment)})
    return shipment
