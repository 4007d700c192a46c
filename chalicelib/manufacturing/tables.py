"""SKUs, batches, modules and packs as they are stored, and the lists in which they are found.

Everything that is listed stands in up to three lists: of the whole organisation, of its SKU, of its batch. Each is the
partition of an index, ordered by state and then by id, which is by age; so a page of any filter is read from its own
beginning, a few states at once, and how many there are is in the tallies (`tally.py`). Entries are whole items (an
index cannot name more than 20 attributes), and so a row shows all of a thing, the SKU included.

What is bound to what stands in `registry.py`, in the same table.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    IntAttribute,
    MomentAttribute,
    TableName,
    key,
    optional,
)
from chalicelib.manufacturing.blueprint import Limits, SkuSpec, StructAttribute

LIST_SHARDS = {"sku": 1, "batch": 1, "module": 4, "pack": 1}
"""Over how many partitions the lists of a kind are spread. Each bound cell writes its module's entries anew."""


class _Meta:
    table_name = TableName("manufacturing")


class OfOrganisation(GlobalSecondaryIndex[Any]):
    """Everything of a kind, in a few shards."""

    class Meta:
        index_name = "of_organisation"
        projection = AllProjection()

    org_list = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class OfSku(GlobalSecondaryIndex[Any]):
    """Everything of a kind that is built by one SKU."""

    class Meta:
        index_name = "of_sku"
        projection = AllProjection()

    sku_list = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class OfBatch(GlobalSecondaryIndex[Any]):
    """Everything of a kind in one batch."""

    class Meta:
        index_name = "of_batch"
        projection = AllProjection()

    batch_list = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


_DERIVED = frozenset(
    {"item_id", "org_id", "org_list", "sku_list", "batch_list", "place", "search"}
    | {"created_by", "created_at", "updated_at"}
)
"""Keys and copies, which tell nobody anything in an audit row; nor do the counts of what is built."""


class Listed(Entity):
    """What all four kinds have in common. `item_id` is the id by which people know it, such as `MOD-0198...`."""

    unaudited = _DERIVED

    item_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    status = UnicodeAttribute()
    org_list = UnicodeAttribute()
    place = UnicodeAttribute()
    search = UnicodeAttribute()
    """What the filter `q` looks into, in small letters."""
    created_by = UnicodeAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()


class Sku(Listed):
    """A blueprint. It never changes once it is active."""

    class Meta(_Meta):
        pass

    kind = "sku"

    name = UnicodeAttribute()
    chemistry = UnicodeAttribute()
    cells_per_module = IntAttribute()
    modules_per_pack = IntAttribute()
    nominal_voltage = optional(DecimalAttribute())
    nominal_capacity = optional(DecimalAttribute())
    sku_code = optional(UnicodeAttribute())
    limits = optional(StructAttribute[Limits](Limits))
    of_organisation = OfOrganisation()

    @property
    def spec(self) -> SkuSpec:
        """What is carried along by whatever is built by it."""
        return SkuSpec(
            id=self.item_id,
            name=self.name,
            chemistry=self.chemistry,
            cells_per_module=self.cells_per_module,
            modules_per_pack=self.modules_per_pack,
            nominal_voltage=self.nominal_voltage,
            nominal_capacity=self.nominal_capacity,
            sku_code=self.sku_code,
        )


class Built(Listed):
    """What is built by a SKU, which it carries with it."""

    unaudited = _DERIVED | {"sku", "bound", "packs", "packs_open", "packs_passed", "packs_failed", "packed_at"}

    sku_id = UnicodeAttribute()
    sku = StructAttribute[SkuSpec](SkuSpec)
    sku_list = UnicodeAttribute()


class Batch(Built):
    """A production run. It counts its packs: how many there are, and how many are not finalized."""

    class Meta(_Meta):
        pass

    kind = "batch"

    target_quantity = optional(IntAttribute())
    notes = optional(UnicodeAttribute())
    packs = IntAttribute(default=0)
    packs_open = IntAttribute(default=0)
    packs_passed = IntAttribute(default=0)
    packs_failed = IntAttribute(default=0)
    started_at = optional(MomentAttribute())
    completed_at = optional(MomentAttribute())
    of_organisation = OfOrganisation()
    of_sku = OfSku()


class Assembly(Built):
    """A module or a pack: something with a serial that is put together from `bound` parts and then sealed."""

    batch_id = UnicodeAttribute()
    batch_list = UnicodeAttribute()
    serial = UnicodeAttribute()
    bound = IntAttribute(default=0)
    """How many parts are bound now; the ledger (`registry.py`) says which."""
    sealed_at = optional(MomentAttribute())

    @property
    def required(self) -> int:
        """How many parts the SKU wants."""
        raise NotImplementedError


class Module(Assembly):
    """A sub-assembly of cells; `pack_id` once it is bound to a pack."""

    class Meta(_Meta):
        pass

    kind = "module"

    pack_id = optional(UnicodeAttribute())
    packed_at = optional(MomentAttribute())
    of_organisation = OfOrganisation()
    of_sku = OfSku()
    of_batch = OfBatch()

    @property
    def required(self) -> int:
        """How many cells the SKU wants."""
        return self.sku.cells_per_module


class Pack(Assembly):
    """The enclosure that leaves the line, made of modules; `disposition` is the last that was given."""

    class Meta(_Meta):
        pass

    kind = "pack"

    disposition = optional(UnicodeAttribute())
    disposed_at = optional(MomentAttribute())
    of_organisation = OfOrganisation()
    of_sku = OfSku()
    of_batch = OfBatch()

    @property
    def required(self) -> int:
        """How many modules the SKU wants."""
        return self.sku.modules_per_pack


def sku_key(org_id: str, sku_id: str) -> ItemKey[Sku]:
    """Where a SKU is."""
    return ItemKey(Sku, key(org_id, "SKU", sku_id), "SKU")


def batch_key(org_id: str, batch_id: str) -> ItemKey[Batch]:
    """Where a batch is."""
    return ItemKey(Batch, key(org_id, "BATCH", batch_id), "BATCH")


def module_key(org_id: str, module_id: str) -> ItemKey[Module]:
    """Where a module is; its ledger follows under the same `pk`."""
    return ItemKey(Module, key(org_id, "MODULE", module_id), "MODULE")


def pack_key(org_id: str, pack_id: str) -> ItemKey[Pack]:
    """Where a pack is; its ledger and dispositions follow under the same `pk`."""
    return ItemKey(Pack, key(org_id, "PACK", pack_id), "PACK")


def place(status: str, item_id: str) -> str:
    """Where in its lists something stands: by state, then by id."""
    return key(status, item_id)


def org_list(org_id: str, kind: str, item_id: str) -> str:
    """The partition of the organisation's list of a kind in which a thing stands."""
    return _partition(org_id, kind, "ALL", "", item_id)


def sku_list(org_id: str, kind: str, sku_id: str, item_id: str) -> str:
    """The partition of a SKU's list of a kind in which a thing stands."""
    return _partition(org_id, kind, "OF", sku_id, item_id)


def batch_list(org_id: str, kind: str, batch_id: str, item_id: str) -> str:
    """The partition of a batch's list of a kind in which a thing stands."""
    return _partition(org_id, kind, "OF", batch_id, item_id)


def partitions(org_id: str, kind: str, owner: str | None) -> Sequence[str]:
    """All partitions of a list: of a SKU or batch (`owner` is its id), or of the organisation."""
    scope = ("ALL", "") if owner is None else ("OF", owner)
    return [key(org_id, "LIST", kind, *scope, shard) for shard in range(LIST_SHARDS[kind])]


def _partition(org_id: str, kind: str, scope: str, owner: str, item_id: str) -> str:
    shard = zlib.crc32(item_id.encode()) % LIST_SHARDS[kind]
    return key(org_id, "LIST", kind, scope, owner, shard)
