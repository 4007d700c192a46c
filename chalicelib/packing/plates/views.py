"""License plates as clients read them."""

from chalicelib.packing.plates.schemas import FoundPlate, PlateFound, PlateView
from chalicelib.packing.plates.tables import Plate
from chalicelib.packing.rules import normalize
from chalicelib.packing.shipments.tables import ShipmentLine


def found_plate_view(plate: Plate, line_id: str | None, line: ShipmentLine | None) -> PlateFound:
    """Return a plate that was looked up for a shipment, with the line that it is to be packed for."""
    view = PlateView(
        id=plate.plate_id,
        lp_number=plate.lp_number,
        product_id=plate.product_id,
        product_name=plate.product_name,
        quantity=normalize(plate.quantity),
        lot_number=plate.lot_number,
        expiry=plate.expiry,
        uom=None if line is None else line.uom,
        allergens=[] if line is None else list(line.allergens or ()),
    )
    return PlateFound(FoundPlate(view, line_id is not None, line_id, normalize(plate.remaining)))
