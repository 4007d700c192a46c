"""Stored SKUs, batches, modules and packs, and the lists that contain them.

A listed entity is in up to three lists: of its organisation, of its SKU, of its batch. Each list is a partition of an
index, sorted by section and then by id, which is by age. A section is a status; packs that were decided on have one for
each status and disposition. The counts are in `status_counters.py`. Indexes project whole items, because one cannot
name more than 20 attributes. Ledgers and serial numbers are in the same table (`traceability/tables.py`).
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection

from chalicelib.core.hourly_counts import HourlyCount, HourlyCounts
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    parts_of,
    stored_in,
)
from chalicelib.manufacturing.rules import list_section
from chalicelib.manufacturing.sku_spec import (
    Gtins,
    Limits,
    Passport,
    SerialPatterns,
    SkuSpec,
    StructAttribute,
    TestStep,
)

_DERIVED = frozenset(
    {"item_id", "org_id", "org_list", "sku_list", "batch_list", "sort_key", "search"}
    | {"serial_order", "created_by", "created_at", "updated_at"}
)
"""Attributes that audit rows omit because they are derived; so are the counts of parts and packs."""


class ListedEntity(Entity):
    """The attributes that SKUs, batches, modules and packs share. `item_id` is the public id, such as `MOD-0198...`."""

    unaudited = _DERIVED

    item_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    status = UnicodeAttribute()
    org_list = UnicodeAttribute()
    sort_key = UnicodeAttribute(attr_name="place")
    """The position in lists: by section, then by id. Only `status_counters.py` changes it, with the counts."""
    search = UnicodeAttribute()
    """The text that the filter `q` searches, in lower case."""
    created_by = UnicodeAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    of_organisation = index(AllProjection(), org_list=UnicodeAttribute, place=UnicodeAttribute)
    """All entities of a kind, in shards."""

    @property
    def section(self) -> str:
        """Return the section of lists that the status and the disposition name."""
        return list_section(self.status, getattr(self, "disposition", None))

    @property
    def listed_in(self) -> str:
        """Return the section in which the entity is listed and counted."""
        return parts_of(self.sort_key)[0]

    def check_staged(self, names: Collection[str]) -> None:
        """Raise `ValueError` if a status or disposition was staged past `status_counters.py`."""
        if {"status", "disposition"} & set(names) and self.listed_in != self.section:
            raise ValueError(f"{self.item_id} is listed in {self.listed_in} and has to be in {self.section}")


class Sku(ListedEntity):
    """A stock keeping unit: the specification of a pack. Once it is active, only its status changes."""

    Meta = stored_in("manufacturing")
    kind = "sku"

    name = UnicodeAttribute()
    chemistry = UnicodeAttribute()
    cells_per_module = IntAttribute()
    modules_per_pack = IntAttribute()
    nominal_voltage = optional(DecimalAttribute())
    nominal_capacity = optional(DecimalAttribute())
    sku_code = optional(UnicodeAttribute())
    gtins = optional(StructAttribute[Gtins](Gtins))
    serial_patterns = optional(StructAttribute[SerialPatterns](SerialPatterns))
    require_lot = optional(BooleanAttribute())
    limits = optional(StructAttribute[Limits](Limits))
    tests = optional(StructAttribute[list[TestStep]](list[TestStep]))
    module_tests = optional(StructAttribute[list[TestStep]](list[TestStep]))
    passport = optional(StructAttribute[Passport](Passport))

    @property
    def spec(self) -> SkuSpec:
        """Return the copy that everything built for this SKU holds."""
        return SkuSpec(
            id=self.item_id,
            name=self.name,
            chemistry=self.chemistry,
            cells_per_module=self.cells_per_module,
            modules_per_pack=self.modules_per_pack,
            nominal_voltage=self.nominal_voltage,
            nominal_capacity=self.nominal_capacity,
            sku_code=self.sku_code,
            gtins=self.gtins,
            serial_patterns=self.serial_patterns,
            require_lot=self.require_lot,
        )


class SkuCodeClaim(Item):
    """The claim of a SKU's code: each code is the item of one SKU of the organisation."""

    Meta = stored_in("manufacturing")
    kind = "sku_code"

    sku_id = UnicodeAttribute()


class BuiltEntity(ListedEntity):
    """A batch, module or pack, with a copy of the SKU for which it is built."""

    unaudited = _DERIVED | {
        *(
            "sku",
            "bound",
            "packs",
            "packs_open",
            "packs_passed",
            "packs_failed",
            "packs_voided",
            "attempt",
            "first_disposition",
        ),
        *("packed_at", "packed_by_entry", "pack_list", "former_packs"),
    }

    sku_id = UnicodeAttribute()
    sku = StructAttribute[SkuSpec](SkuSpec)
    sku_list = UnicodeAttribute()
    of_sku = index(AllProjection(), sku_list=UnicodeAttribute, place=UnicodeAttribute)
    """All entities of a kind that are built for one SKU."""


class ProductionBatch(BuiltEntity):
    """A production run, with the numbers of its packs: all that are not voided, and those that are not finalized."""

    Meta = stored_in("manufacturing")
    kind = "batch"

    target_quantity = optional(IntAttribute())
    notes = optional(UnicodeAttribute())
    reference = optional(UnicodeAttribute())
    """What an importing system calls the batch."""
    packs = IntAttribute(default=0)
    packs_open = IntAttribute(default=0)
    packs_passed = IntAttribute(default=0)
    packs_failed = IntAttribute(default=0)
    packs_voided = IntAttribute(default=0)
    started_at = optional(MomentAttribute())
    completed_at = optional(MomentAttribute())
    voided_at = optional(MomentAttribute())
    void_reason = optional(UnicodeAttribute())


class Assembly(BuiltEntity):
    """A module or pack: it has a serial number, gets parts, and is sealed."""

    batch_id = UnicodeAttribute()
    batch_list = UnicodeAttribute()
    serial = UnicodeAttribute()
    bound = IntAttribute(default=0)
    """The number of bound parts; the ledger (`traceability/tables.py`) lists them."""
    sealed_at = optional(MomentAttribute())
    serial_order = optional(UnicodeAttribute())
    """The position among serial numbers; absent in assemblies of earlier versions."""
    of_batch = index(AllProjection(), batch_list=UnicodeAttribute, place=UnicodeAttribute)
    """All entities of a kind in one batch."""
    by_serial = index(AllProjection(), org_list=UnicodeAttribute, serial_order=UnicodeAttribute)
    """All entities of a kind by serial number, in the shards of the organisation's list."""

    @property
    def required(self) -> int:
        """Return the number of parts that the SKU requires."""
        raise NotImplementedError


class Module(Assembly):
    """An assembly of cells; `pack_id` is the pack that it is bound to.

    `packed_by_entry` is the sort key of the entry in the pack's ledger, absent in modules of earlier versions.
    `cells_freed` says of a scrapped module whether its cells can be bound again.
    """

    Meta = stored_in("manufacturing")
    kind = "module"

    pack_id = optional(UnicodeAttribute())
    packed_at = optional(MomentAttribute())
    packed_by_entry = optional(UnicodeAttribute())
    former_packs = optional(UnicodeSetAttribute())
    """The ids of packs that the module was taken out of."""
    scrapped_at = optional(MomentAttribute())
    cells_freed = optional(BooleanAttribute())
    pack_list = optional(UnicodeAttribute())
    of_pack = index(AllProjection(), pack_list=UnicodeAttribute, place=UnicodeAttribute)
    """All modules of one pack, and all sealed ones in none."""

    @property
    def required(self) -> int:
        """Return the number of cells that the SKU requires."""
        return self.sku.cells_per_module


class Pack(Assembly):
    """The finished product, an assembly of modules; `disposition` is the newest one since the begin of the attempt.

    `attempt` counts from 1 how often the pack was built and tested: rework and a return begin another one, and tests of
    earlier ones do not count. `customer` and the attributes after it are those of the newest shipment.
    """

    Meta = stored_in("manufacturing")
    kind = "pack"

    disposition = optional(UnicodeAttribute())
    disposed_at = optional(MomentAttribute())
    first_disposition = optional(UnicodeAttribute())
    """The first disposition of all attempts; packs of earlier versions have it only once they are opened again."""
    attempt = IntAttribute(default=1)
    customer = optional(UnicodeAttribute())
    order = optional(UnicodeAttribute())
    shipped_at = optional(MomentAttribute())
    returned_at = optional(MomentAttribute())

    @property
    def required(self) -> int:
        """Return the number of modules that the SKU requires."""
        return self.sku.modules_per_pack


class LineHourlyCount(HourlyCount):
    """How many batches were completed, modules and packs sealed, and packs decided on, in each hour."""

    Meta = stored_in("manufacturing")


LINE_HOURS = HourlyCounts(LineHourlyCount)
"""The counts `batches_completed`, `modules_sealed`, `packs_sealed`, `packs_passed` and `packs_failed`.

Creation and binding are not counted, because their largest transactions have no room for another item."""


def sku_key(org_id: str, sku_id: str) -> ItemKey[Sku]:
    """Return the key of a SKU."""
    return ItemKey(Sku, key(org_id, "SKU", sku_id), "SKU")


def sku_code_key(org_id: str, sku_code: str) -> ItemKey[SkuCodeClaim]:
    """Return the key of the claim of a SKU's code."""
    return ItemKey(SkuCodeClaim, key(org_id, "SKUCODE", sku_code), "SKUCODE")


def batch_key(org_id: str, batch_id: str) -> ItemKey[ProductionBatch]:
    """Return the key of a batch."""
    return ItemKey(ProductionBatch, key(org_id, "BATCH", batch_id), "BATCH")


def module_key(org_id: str, module_id: str) -> ItemKey[Module]:
    """Return the key of a module; its ledger has the same `pk`."""
    return ItemKey(Module, key(org_id, "MODULE", module_id), "MODULE")


def pack_key(org_id: str, pack_id: str) -> ItemKey[Pack]:
    """Return the key of a pack; its ledger and dispositions have the same `pk`."""
    return ItemKey(Pack, key(org_id, "PACK", pack_id), "PACK")


def entity_key(org_id: str, item_id: str) -> ItemKey[Any] | None:
    """Return the key of what has this id, or None for a text that begins as no id does."""
    make_key = _KEYS.get(item_id[:4])
    return None if make_key is None else make_key(org_id, item_id)


_KEYS: Mapping[str, Callable[[str, str], ItemKey[Any]]] = {
    "SKU-": sku_key,
    "BAT-": batch_key,
    "MOD-": module_key,
    "PCK-": pack_key,
}
