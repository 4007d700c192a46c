"""The dataset `vehicle-types`: vehicle types and their fares, by their code.

A record replaces all fields of the stored vehicle type; those that it omits are removed. Orders keep the price that
they were created with.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.actor import Actor
from chalicelib.core.decimals import to_decimal
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.permissions import IMPORT_VEHICLE_TYPES
from chalicelib.dispatch.tariffs.tables import VehicleType, vehicle_type_key
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.edge.types import EntityId, Text100

Money = Annotated[float, Meta(ge=0, le=1_000_000)]
Speed = Annotated[float, Meta(ge=1, le=1_000)]
_MONEY = ("base_fare", "per_km", "per_minute", "minimum_fare", "booking_fee", "average_kmh")


class VehicleTypeRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vehicle type. Fares are in major units of the currency, such as euros; those that are omitted are zero."""

    code: EntityId
    """The natural key: the code of the vehicle type in your own system. Orders name it as `vehicle_type_id`."""
    name: Text100
    """The name that customers see."""
    base_fare: Money
    """What each delivery costs before distance and time."""
    per_km: Money
    """What each kilometre by road costs."""
    per_minute: Money | None = None
    """What each minute of the ride costs."""
    minimum_fare: Money | None = None
    """The lowest price of a delivery."""
    booking_fee: Money | None = None
    """What is added to each delivery. The minimum fare includes it."""
    average_kmh: Speed | None = None
    """The average speed in kilometres an hour; 25 if omitted."""
    capacity: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    """How much the vehicle carries, in your own unit. It has no effect on prices or offers."""


def upsert_vehicle_type(work: UnitOfWork, record: VehicleTypeRecord, actor: Actor) -> Outcome:
    """Add or change one vehicle type. Raise `AccessDenied` unless the caller may do so for the organisation."""
    actor.require_reach(IMPORT_VEHICLE_TYPES)
    key = vehicle_type_key(actor.org_id, record.code)
    work.audit(VehicleType.kind, record.code, "VEHICLE_TYPE_IMPORTED")
    values: dict[str, object] = {"name": record.name, "capacity": record.capacity}
    amounts = {name: getattr(record, name) for name in _MONEY}
    values |= {name: None if amount is None else to_decimal(amount) for name, amount in amounts.items()}
    vehicle_type = get(key)
    if vehicle_type is None:
        work.create(key.new(code=record.code, **values))
        return "created"
    work.update(vehicle_type, values)
    return "updated"


VEHICLE_TYPES = Dataset(
    name="vehicle-types",
    title="vehicle types",
    record=VehicleTypeRecord,
    permission=IMPORT_VEHICLE_TYPES,
    entity_type=VehicleType.kind,
    action="VEHICLE_TYPE_IMPORTED",
    key_field="code",
    upsert=upsert_vehicle_type,
    example={
        "code": "bike",
        "name": "Bicycle",
        "base_fare": 2.5,
        "per_km": 0.9,
        "per_minute": 0.1,
        "minimum_fare": 4,
        "booking_fee": 0.5,
        "average_kmh": 15,
        "capacity": 1,
    },
)
"""Vehicle types by their code."""
