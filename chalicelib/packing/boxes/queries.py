"""Reads of boxes: a box with its contents, the boxes of a shipment, and the label of a box."""

from functools import partial
from typing import NamedTuple

from chalicelib.core.clock import Clock
from chalicelib.core.store import BATCH, Query, get, get_many, parallel_pair_reads, parallel_reads
from chalicelib.packing.boxes.rules import BoxStatus, ProductSums, sum_products
from chalicelib.packing.boxes.schemas import BoxQuery, LabelQuery
from chalicelib.packing.boxes.tables import (
    Box,
    BoxContent,
    BoxProduct,
    box_id_of,
    box_key,
    contents_query,
    is_content,
    products_query,
)
from chalicelib.packing.errors import NoSscc
from chalicelib.packing.settings import PackingSettings
from chalicelib.packing.shipments.tables import Shipment, shipment_key


class BoxWithContents(NamedTuple):
    """A box and its contents, oldest first."""

    box: Box
    contents: list[BoxContent]


class StoredBox(NamedTuple):
    """A box, its contents, oldest first, and its sums by their sort keys."""

    box: Box
    contents: list[BoxContent]
    products: dict[str, BoxProduct]


def get_box(box: Box) -> BoxWithContents:
    """Return a box with its contents."""
    return BoxWithContents(box, list_contents(box))


def list_contents(box: Box) -> list[BoxContent]:
    """Return the contents of a box, oldest first."""
    return list(contents_query(box.org_id, box.box_id).all())


def read_sums(box: Box) -> ProductSums:
    """Return the sums of a box by product.

    They are read as they are stored; for a box of an earlier version, which has none, they are made from its contents.
    """
    if not box.has_sums:
        contents = list_contents(box)
        return ProductSums([content.product for content in contents], len(contents))
    rows = sorted(products_query(box.org_id, box.box_id).all(), key=lambda row: row.first_content_id)
    return ProductSums([row.product for row in rows], sum(row.item_count for row in rows))


def list_boxes(shipment: Shipment, query: BoxQuery, clock: Clock) -> list[Box]:
    """Return the boxes of a shipment by number."""
    boxes = read_boxes(shipment, clock)
    return boxes if query.voided else [box for box in boxes if box.status != BoxStatus.VOIDED]


def read_boxes(shipment: Shipment, clock: Clock) -> list[Box]:
    """Return all boxes of a shipment by number, voided ones included."""
    numbers = range(1, shipment.newest_box + 1)
    keys = [box_key(shipment.org_id, box_id_of(shipment.shipment_id, number)) for number in numbers]
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    results = parallel_reads([partial(get_many, batch, clock) for batch in batches])
    boxes = [result.get(key) for result, batch in zip(results, batches, strict=True) for key in batch]
    return [box for box in boxes if box is not None]


def get_label(box: Box, query: LabelQuery, settings: PackingSettings) -> str:
    """Return the label of a closed box for a printer, a plain one if the organisation has no GS1 company prefix.

    Raise `NoSscc` if the box is open, or has no SSCC although there is a prefix.
    """
    from chalicelib.packing.boxes import labels

    _check_label(box, settings)
    [current], [shipment] = parallel_pair_reads(
        [partial(read_box, box.org_id, box.box_id)], [partial(get, shipment_key(box.org_id, box.shipment_id))]
    )
    if current is None or shipment is None:
        raise NoSscc
    _check_label(current.box, settings)  # checked again: the box may have been reopened and changed
    label = labels.BoxLabel(
        customer_name=shipment.customer_name,
        shipment_number=shipment.shipment_number,
        so_number=shipment.so_number,
        box_number=box.box_number,
        sscc=current.box.sscc,
        weight=current.box.weight,
        contents=sum_products(content.product for content in current.contents),
    )
    return labels.render_zpl(label, query.dpi)


def read_box(org_id: str, box_id: str) -> BoxWithContents | None:
    """Return a box and its contents, read together."""
    stored = read_stored_box(org_id, box_id)
    return None if stored is None else BoxWithContents(stored.box, stored.contents)


def read_stored_box(org_id: str, box_id: str) -> StoredBox | None:
    """Return a box, its contents and its sums, read together."""
    key = box_key(org_id, box_id)
    items = {str(item["sk"]["S"]): item for item in Query(Box, key.pk).raw_items()}
    box = items.pop(key.sk, None)
    contents = [BoxContent.from_raw_data(item) for sk, item in items.items() if is_content(sk)]
    products = {sk: BoxProduct.from_raw_data(item) for sk, item in items.items() if not is_content(sk)}
    return None if box is None else StoredBox(Box.from_raw_data(box), contents, products)


def _check_label(box: Box, settings: PackingSettings) -> None:
    """Raise `NoSscc` if there is no label of a box."""
    lacks_sscc = box.sscc is None and settings.gs1_company_prefix is not None
    if box.status != BoxStatus.CLOSED or lacks_sscc:
        raise NoSscc
