"""The totals of the report on the line, one item for each day, batch, station and step.

    <org>#LINE#<month>#<shard>   <day>#<kind>#<batch>#<station>#<step>   station and step are empty for none

`kind` says what is counted: dispositions of packs, tests of packs, tests of modules. The shard is a random one, because
several stations may work on a batch, and records of an import are written at once. The sums of a measured value are
attributes with its name, such as `s:Voltage`. A batch has one SKU, whose name and limits each item has as well, so
that the report reads nothing else.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.core.decimals import plain
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey, RawItem
from chalicelib.core.table import DecimalAttribute, IntAttribute, Item, key, optional, stored_in
from chalicelib.manufacturing.quality.reports.rules import LineFigures, MeasuredSums
from chalicelib.manufacturing.sku_spec import Limits, StructAttribute

SHARDS = Shards(4)
DISPOSED, PACK_TEST, MODULE_TEST = "DISPOSED", "PACK", "MODULE"
"""What an item counts."""
_SUMS: Mapping[str, str] = dict(zip(MeasuredSums._fields, ("n:", "s:", "q:", "b:", "a:", "m:"), strict=True))
"""The prefixes of the attributes of a measured value."""
_PREFIX = 2
"""The length of such a prefix."""


class LineTotalKey(NamedTuple):
    """What an item is about; the day is such as `2026-03-14`."""

    day: str
    kind: str
    batch_id: str
    station: str = ""
    step: str = ""


class LineTotal(Item):
    """What the dispositions, or the tests of a step, of one batch add up to on one day at one station."""

    Meta = stored_in("manufacturing")
    kind = "line_total"

    sku_id = UnicodeAttribute()
    sku_name = UnicodeAttribute()
    limits = optional(StructAttribute[Limits](Limits))
    first = IntAttribute(default=0)
    first_passed = IntAttribute(default=0)
    passed = IntAttribute(default=0)
    failed = IntAttribute(default=0)
    quarantined = IntAttribute(default=0)
    tests = IntAttribute(default=0)
    tests_failed = IntAttribute(default=0)


def line_total_key(org_id: str, about: LineTotalKey, shard: int) -> ItemKey[LineTotal]:
    """Return the key of a shard of a total."""
    return ItemKey(LineTotal, totals_of_month(org_id, about.day, shard), key(*about))


def totals_of_month(org_id: str, day: str, shard: int) -> str:
    """Return the partition of a shard of the totals of a day's month."""
    return key(org_id, "LINE", day[: len("2026-03")], shard)


def additions(figures: LineFigures, measured: Mapping[str, MeasuredSums]) -> list[Action]:
    """Return the store's actions that add figures and sums by the name of the measurement."""
    counts = [getattr(LineTotal, name).add(number) for name, number in figures._asdict().items() if number]
    sums = [
        DecimalAttribute(attr_name=f"{prefix}{name}").add(plain(number))
        for name, of_name in measured.items()
        for prefix, number in zip(_SUMS.values(), of_name, strict=True)
        if number
    ]
    return [*counts, *sums]


def sums_of_item(item: RawItem) -> dict[str, MeasuredSums]:
    """Return the sums of a stored total by the name of the measurement."""
    fields = {prefix: field for field, prefix in _SUMS.items()}
    sums: dict[str, dict[str, Decimal]] = {}
    for attribute, value in item.items():
        field = fields.get(attribute[:_PREFIX])
        if field is not None:
            sums.setdefault(attribute[_PREFIX:], {})[field] = Decimal(value["N"])
    return {name: MeasuredSums(**values) for name, values in sums.items()}
