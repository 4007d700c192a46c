"""Stored dispositions.

Each decision is one item in the collection of its pack, `DISPOSITION#` and the version of the pack that it makes:

    pk                   sk                        item
    acme#PACK#PCK-1      DISPOSITION#0000000009    DispositionRecord: a decision and its measurements
"""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Item, MomentAttribute, optional, stored_in
from chalicelib.manufacturing.sku_spec import Measurement, StructAttribute

DISPOSITION = "DISPOSITION#"
"""The prefix of the sort keys of dispositions."""


class DispositionRecord(Item):
    """One decision on a pack after its end-of-line test."""

    Meta = stored_in("manufacturing")
    kind = "disposition"
    unaudited = frozenset({"org_id", "pack_id", "disposition", "at", "by", "by_name"})

    org_id = UnicodeAttribute()
    pack_id = UnicodeAttribute()
    disposition = UnicodeAttribute()
    notes = optional(UnicodeAttribute())
    measurements = optional(StructAttribute[dict[str, Measurement]](dict[str, Measurement]))
    at = MomentAttribute()
    by = UnicodeAttribute()
    by_name = optional(UnicodeAttribute())
    """The full name of the user or the name of the API key; earlier versions stored none."""


def disposition_key(pack_pk: str, version: int) -> ItemKey[DispositionRecord]:
    """Return the key of the disposition that makes this version of the pack."""
    return ItemKey(DispositionRecord, pack_pk, f"{DISPOSITION}{version:010d}")
