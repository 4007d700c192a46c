"""The invariants of shipments, boxes, plates and lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.core.table import Item, parts_of
from chalicelib.packing.boxes.tables import Box, BoxContent, BoxProduct, SsccClaim, product_key
from chalicelib.packing.open_list.service import counted_in
from chalicelib.packing.open_list.tables import OpenShipmentCount
from chalicelib.packing.plates.tables import Plate
from chalicelib.packing.shipments.tables import Shipment, ShipmentDraft, ShipmentLine, line_id_of
from chalicelib.packing.sscc import is_sscc

M = TypeVar("M", bound=Item)

_KINDS: dict[str, type[Item]] = {
    "SHIPMENT": Shipment,
    "LINE": ShipmentLine,
    "PLATE": Plate,
    "BOX": Box,
    "ITEM": BoxContent,
    "PRODUCT": BoxProduct,
    "SSCC": SsccClaim,
    "DRAFT": ShipmentDraft,
}
_OPEN_KEYS = ("open_key", "open_order", "open_so_key", "warehouse_key")


class Picture:
    """Everything that is stored of packing at one moment."""

    def __init__(self, raw: Iterable[dict[str, Any]]) -> None:
        self._items: dict[type[Item], list[Any]] = defaultdict(list)
        for one in raw:
            is_count = one["pk"]["S"].endswith("#OPEN_COUNTS")
            model = OpenShipmentCount if is_count else _KINDS.get(one["sk"]["S"].partition("#")[0])
            if model is not None:
                self._items[model].append(model.from_raw_data(one))

    def all(self, model: type[M]) -> list[M]:
        """Return all items of one model."""
        return list(self._items[model])


def taken() -> Picture:
    """Return the whole table, read in one call, which the embedded engine answers as of one moment."""
    answer = client("dynamodb", settings().dynamodb_endpoint).scan(TableName=Plate.Meta.table_name, ConsistentRead=True)
    assert "LastEvaluatedKey" not in answer, "too much for one call"
    return Picture(answer["Items"])


def checked() -> Picture:
    """Return the stored state after checking it."""
    picture = taken()
    check(picture)
    return picture


def check(picture: Picture) -> None:
    """Check that contents, plates, lines and all counters agree."""
    contents = picture.all(BoxContent)
    off_plates, for_lines = _sums(contents, "plate_id"), _sums(contents, "line_id")
    for plate in picture.all(Plate):
        assert plate.packed == off_plates.pop(plate.plate_id, Decimal(0)), plate.lp_number
        assert plate.packed + plate.remaining == plate.quantity, plate.lp_number
        assert plate.remaining >= 0, plate.lp_number
    for line in picture.all(ShipmentLine):
        assert line.packed == for_lines.pop(line.line_id, Decimal(0)), line.line_number
        assert line.line_id == line_id_of(line.shipment_id, line.line_number)
    assert not off_plates
    assert not for_lines
    for shipment in picture.all(Shipment):
        _check_shipment(picture, shipment)
    _check_open_counts(picture)
    _check_boxes(picture, contents)
    _check_sums(picture, contents)


def _sums(contents: Iterable[BoxContent], name: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for content in contents:
        sums[getattr(content, name)] += content.quantity
    return sums


def _check_shipment(picture: Picture, shipment: Shipment) -> None:
    lines = [line for line in picture.all(ShipmentLine) if line.shipment_id == shipment.shipment_id]
    boxes = [box for box in picture.all(Box) if box.shipment_id == shipment.shipment_id]
    opened = [box for box in boxes if box.status == "open"]
    assert sorted(box.box_number for box in boxes) == list(range(1, shipment.newest_box + 1))
    assert shipment.boxes_count == sum(box.status != "voided" for box in boxes)
    assert (shipment.boxes_open, shipment.boxes_empty) == (len(opened), sum(not box.item_count for box in opened))
    assert shipment.lines_packed == sum(line.packed > 0 for line in lines)
    assert shipment.lines_complete == sum(line.packed >= line.quantity for line in lines)
    listed = [getattr(shipment, name) is not None for name in _OPEN_KEYS]
    assert listed == [shipment.status in ("pending", "packing")] * len(_OPEN_KEYS), shipment.status
    assert shipment.status != "pending" or shipment.lines_packed == 0
    if shipment.status == "packed":
        assert shipment.lines_packed
        assert not any(box.item_count for box in opened)
    if shipment.status == "cancelled":
        assert (shipment.boxes_count, shipment.lines_packed) == (0, 0)
        assert not any(box.item_count for box in boxes)
    if shipment.status != "importing":
        assert shipment.lines_total == len(lines)


def _check_open_counts(picture: Picture) -> None:
    """Check that the counters of open shipments equal a recount, for each organisation and warehouse."""
    expected = Counter(
        (shipment.org_id, counted_in(shipment.warehouse_key)) for shipment in picture.all(Shipment) if shipment.open_key
    )
    found: Counter[tuple[str, str | None]] = Counter()
    for count in picture.all(OpenShipmentCount):
        [org_id, _], [warehouse_id, _] = parts_of(count.pk), parts_of(count.sk)
        found[org_id, warehouse_id] += count.open
    assert found == expected, "counted shipments"
    for shipment in picture.all(Shipment):
        if shipment.warehouse_key is not None:
            assert counted_in(shipment.warehouse_key) == (shipment.warehouse_id or ""), shipment.shipment_number


def _check_sums(picture: Picture, contents: Iterable[BoxContent]) -> None:
    sums: dict[tuple[str, str], list[BoxContent]] = defaultdict(list)
    with_sums = {box.box_id: box for box in picture.all(Box) if box.has_sums}
    for content in contents:
        if (box := with_sums.get(content.box_id)) is not None:
            key = product_key(box.org_id, box.box_id, content.product)
            sums[key.pk, key.sk].append(content)
    for product in picture.all(BoxProduct):
        parts = sums.pop((product.pk, product.sk))
        assert product.item_count == len(parts)
        whole = parts[0].product._replace(quantity=sum((part.quantity for part in parts), Decimal(0)))
        assert product.product == whole
    assert not sums, "contents without a sum"


def _check_boxes(picture: Picture, contents: list[BoxContent]) -> None:
    counts, weights = Counter(content.box_id for content in contents), defaultdict[str, Decimal](Decimal)
    for content in contents:
        weights[content.box_id] += content.quantity * (content.unit_weight or 0)
    claims = {claim.pk.rpartition("#")[2]: claim.box_id for claim in picture.all(SsccClaim)}
    assert len(set(claims.values())) == len(claims), "two SSCCs of one box"
    for box in picture.all(Box):
        assert (box.item_count, box.weight_est) == (counts.pop(box.box_id, 0), weights[box.box_id]), box.box_number
        assert (box.closed_at is None) == (box.status == "open") or box.status == "voided"
        assert box.item_count or box.status != "closed", "a closed box with nothing in it"
        if box.sscc is not None:
            assert is_sscc(box.sscc)
            assert claims.pop(box.sscc) == box.box_id
    assert not counts, "contents without a box"
    assert not claims, "SSCCs without a box"
