"""License plates as they are stored, their keys, and how they name the lines that they are allocated to."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import DecimalAttribute, Entity, Item, MomentAttribute, key, optional, stored_in
from chalicelib.packing.shipments.tables import line_id_of, shipment_key
from chalicelib.packing.tables import id_from_name

_ALLOCATED = "ALLOCATED"


class Plate(Entity):
    """A quantity of one product and lot. `packed` and `remaining` always add up to `quantity`.

    `allocated` names the lines that it may be packed for, each as `allocation` writes it. A plate that `is_listed` has
    an `AllocatedPlate` for each of them; one that was last imported with an earlier version has none. `expiry` is a
    date.
    """

    Meta = stored_in("packing")
    kind = "license_plate"
    unaudited = frozenset({"org_id", "is_listed", "created_at", "updated_at"})

    plate_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    lp_number = UnicodeAttribute()
    product_id = UnicodeAttribute()
    sku = UnicodeAttribute()
    product_name = UnicodeAttribute()
    quantity = DecimalAttribute()
    packed = DecimalAttribute()
    remaining = DecimalAttribute()
    lot_number = optional(UnicodeAttribute())
    expiry = optional(UnicodeAttribute())
    is_listed = optional(BooleanAttribute())
    allocated = optional(UnicodeSetAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()


class AllocatedPlate(Item):
    """Says that a plate is allocated to a line, beside the line: a shipment shows the plates of its lines."""

    Meta = stored_in("packing")
    kind = "allocated_plate"

    plate_id = UnicodeAttribute()
    line_id = UnicodeAttribute()


def plate_id_of(org_id: str, lp_number: str) -> str:
    """Return the id of the license plate with this number, whether it exists or not."""
    return id_from_name(org_id, "PLATE", lp_number)


def product_id_of(org_id: str, sku: str) -> str:
    """Return the id of a product."""
    return id_from_name(org_id, "PRODUCT", sku)


def plate_key(org_id: str, plate_id: str) -> ItemKey[Plate]:
    """Return the key of a license plate."""
    return ItemKey(Plate, key(org_id, "PLATE", plate_id.lower()), "PLATE")


def allocation(shipment_id: str, line_number: int) -> str:
    """Return the text by which a plate names a line; those of one shipment sort by line number."""
    return f"{shipment_id}/{line_number:09d}"


def allocated_line(text: str) -> tuple[str, str]:
    """Return the ids of the shipment and the line that an `allocation` names."""
    shipment_id, _, number = text.partition("/")
    return shipment_id, line_id_of(shipment_id, int(number))


def allocated_lines(plate: Plate, shipment_id: str) -> list[str]:
    """Return the ids of a shipment's lines that a plate is allocated to, by line number."""
    start = f"{shipment_id.lower()}/"
    return [allocated_line(text)[1] for text in sorted(plate.allocated or ()) if text.startswith(start)]


def allocated_plate_key(org_id: str, text: str, plate_id: str) -> ItemKey[AllocatedPlate]:
    """Return the key of what says that a plate is allocated to the line that an `allocation` names."""
    shipment_id, _, number = text.partition("/")
    return ItemKey(AllocatedPlate, shipment_key(org_id, shipment_id).pk, key(_ALLOCATED, number, plate_id))


def allocated_plates_query(org_id: str, shipment_id: str) -> Query[AllocatedPlate]:
    """Return the query of the plates that are allocated to a shipment, by line number."""
    is_allocated = AllocatedPlate.sk.startswith(key(_ALLOCATED, ""))
    return Query(AllocatedPlate, shipment_key(org_id, shipment_id).pk, range_condition=is_allocated)
