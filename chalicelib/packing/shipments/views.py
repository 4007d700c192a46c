"""Shipments and lines as clients read them."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import asdict

from chalicelib.core.store import RawItem
from chalicelib.core.table import SEPARATOR
from chalicelib.packing.boxes.queries import BoxWithContents
from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.boxes.tables import Box
from chalicelib.packing.open_list.queries import ShipmentMatches
from chalicelib.packing.plates.schemas import PlateFound
from chalicelib.packing.plates.tables import Plate
from chalicelib.packing.plates.views import found_plate_view
from chalicelib.packing.rules import normalize
from chalicelib.packing.shipments.queries import PlateMatch, ShipmentToShip, ShipmentWithLines
from chalicelib.packing.shipments.rules import ShipmentStatus, line_status, remaining
from chalicelib.packing.shipments.schemas import (
    BoxFound,
    FoundBox,
    FoundShipment,
    LinePlate,
    LineState,
    OpenShipment,
    ShipmentDetails,
    ShipmentFound,
    ShipmentLineView,
    ShipmentList,
    ShipmentState,
)
from chalicelib.packing.shipments.slip_schemas import PackingSlip, SlipBox, SlipItem, SlipLine
from chalicelib.packing.shipments.tables import ListedShipment, Shipment, ShipmentLine


def shipment_list_view(matches: ShipmentMatches) -> ShipmentList:
    """Return the list of open shipments."""
    return ShipmentList([_open_shipment(entry, listed) for entry, listed in matches.entries], matches.total)


def lookup_view(match: Shipment | PlateMatch | Box) -> ShipmentFound | PlateFound | BoxFound:
    """Return what a barcode names."""
    if isinstance(match, Shipment):
        return _found_shipment(match)
    if isinstance(match, PlateMatch):
        return found_plate_view(match.plate, match.line_id, match.line)
    status = BoxStatus(match.status)
    return BoxFound(FoundBox(match.box_id, match.box_number, status, match.shipment_id, match.sscc or ""))


def shipment_state_view(shipment: Shipment) -> ShipmentState:
    """Return the status and the counters of a shipment."""
    return ShipmentState(
        id=shipment.shipment_id,
        shipment_number=shipment.shipment_number,
        status=ShipmentStatus(shipment.status),
        lines_total=shipment.lines_total,
        lines_packed=shipment.lines_packed,
        boxes_count=shipment.boxes_count,
    )


def shipment_details_view(found: ShipmentWithLines) -> ShipmentDetails:
    """Return a shipment with its lines."""
    shipment, state = found.shipment, shipment_state_view(found.shipment)
    return ShipmentDetails(
        **asdict(state),
        so_number=shipment.so_number,
        customer_name=shipment.customer_name,
        promised_ship_date=shipment.promised_ship_date,
        allergen_restrictions=list(shipment.allergen_restrictions or ()),
        lines=[_line_view(line, found.plates.get(line.line_id, ())) for line in found.lines],
    )


def line_state_view(line: ShipmentLine) -> LineState:
    """Return how much of a line is packed."""
    left = remaining(line.packed, line.quantity)
    return LineState(normalize(line.packed), normalize(left), line_status(line.packed, line.quantity))


def _line_view(line: ShipmentLine, plates: Sequence[Plate]) -> ShipmentLineView:
    return ShipmentLineView(
        **asdict(line_state_view(line)),
        id=line.line_id,
        line_number=line.line_number,
        sku=line.sku,
        product_name=line.product_name,
        quantity=normalize(line.quantity),
        uom=line.uom,
        plates=[
            LinePlate(each.plate_id, each.lp_number, each.lot_number, each.expiry, normalize(each.remaining))
            for each in plates
        ],
    )


def _open_shipment(entry: RawItem, listed: ListedShipment) -> OpenShipment:
    """Return an entry of the index; its id is the end of its key, which keeps the entries small."""
    return OpenShipment(
        id=str(entry["pk"]["S"]).rsplit(SEPARATOR, 1)[-1],
        shipment_number=listed.shipment_number,
        so_number=listed.so_number,
        customer_name=listed.customer_name,
        status=ShipmentStatus(entry["status"]["S"]),
        promised_ship_date=listed.promised_ship_date,
        lines_total=listed.lines_total,
        lines_packed=int(entry["lines_packed"]["N"]),
        boxes_count=int(entry["boxes_count"]["N"]),
        allergen_alert=listed.allergen_alert,
    )


def _found_shipment(shipment: Shipment) -> ShipmentFound:
    return ShipmentFound(
        FoundShipment(
            id=shipment.shipment_id,
            shipment_number=shipment.shipment_number,
            so_number=shipment.so_number,
            customer_name=shipment.customer_name,
            lines_total=shipment.lines_total,
            allergen_restrictions=list(shipment.allergen_restrictions or ()),
            status=ShipmentStatus(shipment.status),
            promised_ship_date=shipment.promised_ship_date,
            lines_packed=shipment.lines_packed,
            boxes_count=shipment.boxes_count,
            allergen_alert=bool(shipment.allergen_restrictions),
        )
    )


def slip_view(found: ShipmentToShip) -> PackingSlip:
    """Return a packing slip."""
    shipment = found.shipment
    return PackingSlip(
        shipment_number=shipment.shipment_number,
        so_number=shipment.so_number,
        customer_name=shipment.customer_name,
        promised_ship_date=shipment.promised_ship_date,
        status=ShipmentStatus(shipment.status),
        lines=[_slip_line(line) for line in found.lines],
        boxes=[_slip_box(box) for box in found.boxes],
    )


def _slip_line(line: ShipmentLine) -> SlipLine:
    return SlipLine(
        **asdict(line_state_view(line)),
        line_number=line.line_number,
        sku=line.sku,
        product_name=line.product_name,
        quantity=normalize(line.quantity),
        uom=line.uom,
    )


def _slip_box(found: BoxWithContents) -> SlipBox:
    box, sums = found.box, dict[tuple[str, str, str | None, str], Decimal]()
    for content in found.contents:
        key = (content.sku, content.product_name, content.lot_number, content.uom)
        sums[key] = sums.get(key, Decimal(0)) + content.quantity
    items = [SlipItem(sku, name, lot, normalize(total), uom) for (sku, name, lot, uom), total in sums.items()]
    weight = None if box.weight is None else normalize(box.weight)
    return SlipBox(box.box_number, BoxStatus(box.status), box.sscc, weight, items)
