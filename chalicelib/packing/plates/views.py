"""License plates as clients read them."""

from chalicelib.packing.plates.schemas import FoundPlate, PlateFound, PlateView
from chalicelib.packing.plates.tables import Plate, allocated_lines
from chalicelib.packing.rules import normalize


def found_plate_view(plate: Plate, shipment_id: str) -> PlateFound:
    """Return a plate that was looked up for a shipment, with the first line that it is allocated to."""
    lines = allocated_lines(plate, shipment_id)
    view = PlateView(
        id=plate.plate_id,
        lp_number=plate.lp_number,
        product_id=plate.product_id,
        product_name=plate.product_name,
        quantity=normalize(plate.quantity),
        lot_number=plate.lot_number,
    )
    return PlateFound(FoundPlate(view, bool(lines), lines[0] if lines else None, normalize(plate.remaining)))
