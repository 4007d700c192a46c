"""What is stored of shipments, boxes and their contents, in the shape in which it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chalicelib.packing.keys import lines_allocated
from chalicelib.packing.rules import (
    BoxStatus,
    Packed,
    ShipmentStatus,
    line_status,
    remaining,
    shown,
    summed,
    total_weight,
)
from chalicelib.packing.schemas import (
    BoxDetails,
    BoxSum,
    BoxSummary,
    BoxView,
    ContentView,
    Dimensions,
    FoundPlate,
    FoundShipment,
    LineState,
    ListedBox,
    NewBoxView,
    PackedContent,
    PlateView,
    ShipmentState,
)
from chalicelib.packing.tables import Box, Content, Line, Plate, Shipment


def packed_of(content: Content) -> Packed:
    """A content as the rules know it."""
    allergens = tuple(content.allergens or ())
    weight = content.unit_weight
    return Packed(content.sku, content.product_name, content.uom, content.quantity, weight, allergens)


def summary(contents: Sequence[Packed]) -> BoxSummary:
    """What is in a box, taken together."""
    sums = [BoxSum(one.product_name, shown(one.quantity), one.uom) for one in summed(contents)]
    return BoxSummary(len(contents), shown(total_weight(contents)), sums)


def packed_content(content: Content) -> PackedContent:
    """What was packed."""
    return PackedContent(content.content_id, shown(content.quantity), content.product_name, content.lot_number)


def line_state(line: Line) -> LineState:
    """How much of a line is packed."""
    left = remaining(line.packed, line.quantity)
    return LineState(shown(line.packed), shown(left), line_status(line.packed, line.quantity))


def new_box(box: Box) -> NewBoxView:
    """A box that has just been opened."""
    return NewBoxView(box.box_id, box.box_number, BoxStatus(box.status), None, _dimensions(box))


def box_view(box: Box) -> BoxView:
    """A box."""
    status, weight = BoxStatus(box.status), _shown(box.weight)
    return BoxView(box.box_id, box.box_number, status, weight, _dimensions(box), box.sscc)


def box_details(box: Box, contents: Sequence[Content]) -> BoxDetails:
    """A box with all that is in it."""
    views = [
        ContentView(one.content_id, one.product_name, one.lot_number, one.lp_number, shown(one.quantity))
        for one in contents
    ]
    return BoxDetails(box_view(box), views, summary([packed_of(one) for one in contents]))


def listed_box(box: Box) -> ListedBox:
    """A box among others."""
    return ListedBox(
        id=box.box_id,
        box_number=box.box_number,
        status=BoxStatus(box.status),
        weight=_shown(box.weight),
        dimensions=_dimensions(box),
        sscc=box.sscc,
        item_count=box.item_count,
        total_weight_est=shown(box.weight_est),
    )


def found_shipment(shipment: Shipment) -> FoundShipment:
    """A shipment that was looked up."""
    return FoundShipment(
        id=shipment.shipment_id,
        shipment_number=shipment.shipment_number,
        so_number=shipment.so_number,
        customer_name=shipment.customer_name,
        lines_total=shipment.lines_total,
        allergen_restrictions=list(shipment.allergen_restrictions or ()),
    )


def found_plate(plate: Plate, shipment_id: str) -> FoundPlate:
    """A plate that was looked up for a shipment; of several lines that it is allocated to, the first."""
    lines = lines_allocated(plate, shipment_id)
    lp = PlateView(
        id=plate.plate_id,
        lp_number=plate.lp_number,
        product_id=plate.product_id,
        product_name=plate.product_name,
        quantity=shown(plate.quantity),
        lot_number=plate.lot_number,
    )
    return FoundPlate(lp, bool(lines), lines[0] if lines else None, shown(plate.remaining))


def shipment_state(shipment: Shipment) -> ShipmentState:
    """How far a shipment is."""
    return ShipmentState(
        id=shipment.shipment_id,
        shipment_number=shipment.shipment_number,
        status=ShipmentStatus(shipment.status),
        lines_total=shipment.lines_total,
        lines_packed=shipment.lines_packed,
        boxes_count=shipment.boxes_count,
    )


def _dimensions(box: Box) -> Dimensions:
    return Dimensions(_shown(box.length), _shown(box.width), _shown(box.height))


def _shown(number: Decimal | None) -> Decimal | None:
    return None if number is None else shown(number)
