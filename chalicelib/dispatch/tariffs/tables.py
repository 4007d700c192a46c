"""The table of vehicle types."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import DecimalAttribute, Entity, IntAttribute, key, optional, stored_in


class VehicleType(Entity):
    """A vehicle type with its fares in major units of the currency. Its code is also its id."""

    Meta = stored_in("dispatch")
    kind = "vehicle_type"

    code = UnicodeAttribute()
    name = UnicodeAttribute()
    base_fare = DecimalAttribute()
    per_km = DecimalAttribute()
    per_minute = optional(DecimalAttribute())
    minimum_fare = optional(DecimalAttribute())
    booking_fee = optional(DecimalAttribute())
    average_kmh = optional(DecimalAttribute())
    capacity = optional(IntAttribute())

    @property
    def entity_id(self) -> str:
        """Return the code."""
        return self.code


def vehicle_type_key(org_id: str, code: str) -> ItemKey[VehicleType]:
    """Return the key of a vehicle type; those of an organisation lie together."""
    return ItemKey(VehicleType, vehicle_types_key(org_id), code)


def vehicle_types_key(org_id: str) -> str:
    """Return the partition of all vehicle types of an organisation."""
    return key(org_id, "VEHICLE_TYPES")
