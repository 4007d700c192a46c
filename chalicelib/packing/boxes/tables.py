"""Boxes, their contents, the sums of the contents and the SSCCs as they are stored, and their keys.

The number of a box follows that of the newest box, which the shipment keeps, in the transaction that creates the box:
numbers have no gaps and no repeats, so the boxes of a shipment are found by counting, without an index. A voided box
keeps its number.
"""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import (
    SEPARATOR,
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    key,
    optional,
    stored_in,
)
from chalicelib.packing.boxes.rules import PackedProduct
from chalicelib.packing.rules import normalize
from chalicelib.packing.tables import id_from_name

SERIAL_SHARDS = 16
_MAX_CONTENT_ID = 64


class Box(Entity):
    """A box of a shipment; weight in kg, dimensions in cm.

    `item_count` and `weight_est` (the weight of the contents) change in the same transactions as the contents. A box
    that `has_sums` has a `BoxProduct` for each product in it; boxes of earlier versions have none.
    """

    Meta = stored_in("packing")
    kind = "box"
    unaudited = frozenset({"org_id", "item_count", "weight_est", "has_sums"})

    box_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()
    box_number = IntAttribute()
    status = UnicodeAttribute()
    item_count = IntAttribute(default=0)
    weight_est = DecimalAttribute()
    has_sums = optional(BooleanAttribute())
    weight = optional(DecimalAttribute())
    length = optional(DecimalAttribute())
    width = optional(DecimalAttribute())
    height = optional(DecimalAttribute())
    sscc = optional(UnicodeAttribute())
    reopen_reason = optional(UnicodeAttribute())
    opened_at = MomentAttribute()
    closed_at = optional(MomentAttribute())


class BoxContent(Entity):
    """A quantity that was packed into a box from one plate for one line, with the product as it was then."""

    Meta = stored_in("packing")
    kind = "box_content"
    unaudited = frozenset(
        {"content_id", "box_id", "shipment_id", "product_name", "allergens", "unit_weight", "packed_by", "packed_at"}
    )

    content_id = UnicodeAttribute()
    box_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()
    line_id = UnicodeAttribute()
    plate_id = UnicodeAttribute()
    lp_number = UnicodeAttribute()
    lot_number = optional(UnicodeAttribute())
    sku = UnicodeAttribute()
    product_name = UnicodeAttribute()
    uom = UnicodeAttribute()
    quantity = DecimalAttribute()
    unit_weight = optional(DecimalAttribute())
    allergens = JSONAttribute(default=list)
    notes = optional(UnicodeAttribute())
    packed_by = UnicodeAttribute()
    packed_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id of the content."""
        return self.sk.rsplit(SEPARATOR, 1)[-1]

    @property
    def product(self) -> PackedProduct:
        """Return the content as the rules read it."""
        allergens = tuple(self.allergens or ())
        return PackedProduct(self.sku, self.product_name, self.uom, self.quantity, self.unit_weight, allergens)


class BoxProduct(Item):
    """The sum of the contents of a box that hold the same product in all that its rules read.

    What packing reads and writes depends on the number of products in the box, not on that of its contents. It exists
    while there are such contents: `item_count` of them.
    """

    Meta = stored_in("packing")
    kind = "box_product"

    sku = UnicodeAttribute()
    product_name = UnicodeAttribute()
    uom = UnicodeAttribute()
    quantity = DecimalAttribute()
    unit_weight = optional(DecimalAttribute())
    allergens = JSONAttribute(default=list)
    item_count = IntAttribute()
    first_content_id = UnicodeAttribute()

    @property
    def product(self) -> PackedProduct:
        """Return the sum as the rules read it."""
        allergens = tuple(self.allergens or ())
        return PackedProduct(self.sku, self.product_name, self.uom, self.quantity, self.unit_weight, allergens)


class SsccClaim(Item):
    """Assigns an SSCC to a box for good: no other box can claim it, and a scanned SSCC leads to the shipment."""

    Meta = stored_in("packing")
    kind = "sscc"

    box_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()


class PrefixNode(Entity):
    """The digits of a GS1 company prefix, or of the beginning of one: which organisation owns what; its key names none.

    `org_id` owns the prefix of exactly these digits, and `longer` names the owners of prefixes that begin with them.
    """

    Meta = stored_in("packing")
    kind = "gs1_prefix"
    unaudited = frozenset({"org_id", "longer"})

    org_id = optional(UnicodeAttribute())
    longer = JSONAttribute(default=dict)


class SerialCounter(Item):
    """The next serial number of one shard: shard `k` of n gives `k`, `k + n`, `k + 2n` and so on.

    It belongs to the digits and not to an organisation: who gets a prefix that another gave up continues its numbers.
    """

    Meta = stored_in("packing")
    kind = "sscc_serial"

    following = IntAttribute(default=0)


def box_id_of(shipment_id: str, box_number: int) -> str:
    """Return the id of a shipment's box."""
    return id_from_name(shipment_id, "BOX", box_number)


def box_key(org_id: str, box_id: str) -> ItemKey[Box]:
    """Return the key of a box."""
    return ItemKey(Box, _collection(org_id, box_id), "BOX")


def content_key(org_id: str, box_id: str, content_id: str) -> ItemKey[BoxContent]:
    """Return the key of a content: it is in the collection of its box."""
    # A path may hold more than a sort key can; no id of a content is longer than this.
    return ItemKey(BoxContent, _collection(org_id, box_id), key("ITEM", content_id[:_MAX_CONTENT_ID].lower()))


def contents_query(org_id: str, box_id: str) -> Query[BoxContent]:
    """Return the query of the contents of a box, oldest first."""
    in_contents = BoxContent.sk.startswith(key("ITEM", ""))
    return Query(BoxContent, _collection(org_id, box_id), range_condition=in_contents)


def is_content(sort_key: str) -> bool:
    """Return whether this is the sort key of a content."""
    return sort_key.startswith(key("ITEM", ""))


def product_key(org_id: str, box_id: str, product: PackedProduct) -> ItemKey[BoxProduct]:
    """Return the key of the sum that a content with this product is part of."""
    weight = product.unit_weight and normalize(product.unit_weight)
    digest = id_from_name(product.sku, product.uom, product.product_name, weight, *product.allergens)
    return ItemKey(BoxProduct, _collection(org_id, box_id), key("PRODUCT", digest))


def products_query(org_id: str, box_id: str) -> Query[BoxProduct]:
    """Return the query of the sums of a box."""
    in_products = BoxProduct.sk.startswith(key("PRODUCT", ""))
    return Query(BoxProduct, _collection(org_id, box_id), range_condition=in_products)


def sscc_key(org_id: str, sscc: str) -> ItemKey[SsccClaim]:
    """Return the key of the claim of an SSCC."""
    return ItemKey(SsccClaim, key(org_id, "SSCC", sscc), "SSCC")


def prefix_key(digits: str) -> ItemKey[PrefixNode]:
    """Return the key of the digits of a prefix, or of the beginning of one."""
    return ItemKey(PrefixNode, key("GS1_PREFIX", digits), "OWNER")


def serial_key(digits: str, shard: int) -> ItemKey[SerialCounter]:
    """Return the key of a shard's serial counter; `digits` precede the serial number.

    Trailing zeros of the digits give the same numbers as leading zeros of the serial number, so they have no counter
    of their own: of two prefixes such as 1234567 and 12345670 one continues where the other stopped.
    """
    return ItemKey(SerialCounter, key("GS1_SERIAL", digits.rstrip("0"), shard), "SERIAL")


def earlier_serial_key(org_id: str, digits: str, shard: int) -> ItemKey[SerialCounter]:
    """Return the key of the counter that earlier versions kept for each organisation."""
    return ItemKey(SerialCounter, key(org_id, "SERIAL", digits.rstrip("0"), shard), "SERIAL")


def _collection(org_id: str, box_id: str) -> str:
    return key(org_id, "BOX", box_id.lower())
