"""Boxes and their contents as clients read them."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import UNSET
from msgspec.structs import asdict

from chalicelib.packing.boxes import schemas
from chalicelib.packing.boxes.queries import BoxWithContents
from chalicelib.packing.boxes.rules import BoxStatus, ProductSums, match_allergens, sum_products, total_weight
from chalicelib.packing.boxes.tables import Box
from chalicelib.packing.boxes.transfers import PackedItem
from chalicelib.packing.rules import normalize
from chalicelib.packing.shipments.views import line_state_view


def item_packed_view(item: PackedItem) -> schemas.ItemPacked:
    """Return a packed item with its box, its line and the allergen warning."""
    content, context, in_box, warnings = item
    shipment, product = context.shipment, content.product
    match = match_allergens(shipment.allergen_restrictions, product, in_box.products)
    return schemas.ItemPacked(
        box_content=schemas.PackedContent(
            content.content_id, normalize(content.quantity), content.product_name, content.lot_number
        ),
        box_summary=_summary(in_box.plus(product)),
        so_line_status=line_state_view(context.line),
        allergen_warning=match and schemas.AllergenWarning(match.matches, shipment.customer_name, match.product_name),
        expiry_warning=schemas.ExpiryWarning(warnings.expiry) if warnings.expiry else UNSET,
        overpack_warning=UNSET
        if warnings.overpacked is None
        else schemas.OverpackWarning(normalize(context.line.quantity), normalize(warnings.overpacked)),
    )


def new_box_view(box: Box) -> schemas.CreatedBox:
    """Return a new box."""
    return schemas.CreatedBox(box.box_id, box.box_number, BoxStatus(box.status), None, _dimensions(box))


def box_view(box: Box) -> schemas.BoxView:
    """Return a box."""
    status, weight = BoxStatus(box.status), _normalized(box.weight)
    return schemas.BoxView(box.box_id, box.box_number, status, weight, _dimensions(box), box.sscc)


def box_details_view(box_with_contents: BoxWithContents) -> schemas.BoxDetails:
    """Return a box with its contents."""
    box, contents = box_with_contents
    views = [
        schemas.ContentView(
            each.content_id, each.product_name, each.lot_number, each.lp_number, normalize(each.quantity), each.notes
        )
        for each in contents
    ]
    sums = ProductSums([content.product for content in contents], len(contents))
    return schemas.BoxDetails(box_view(box), views, _summary(sums))


def box_list_view(boxes: Sequence[Box]) -> schemas.BoxList:
    """Return the boxes of a shipment."""
    return schemas.BoxList([_listed_box(box) for box in boxes], len(boxes))


def _listed_box(box: Box) -> schemas.ListedBox:
    view = asdict(box_view(box))
    return schemas.ListedBox(**view, item_count=box.item_count, total_weight_est=normalize(box.weight_est))


def _summary(sums: ProductSums) -> schemas.BoxSummary:
    products = sums.products
    items = [schemas.BoxSum(each.product_name, normalize(each.quantity), each.uom) for each in sum_products(products)]
    return schemas.BoxSummary(sums.item_count, normalize(total_weight(products)), items)


def _dimensions(box: Box) -> schemas.Dimensions:
    return schemas.Dimensions(_normalized(box.length), _normalized(box.width), _normalized(box.height))


def _normalized(number: Decimal | None) -> Decimal | None:
    return None if number is None else normalize(number)
