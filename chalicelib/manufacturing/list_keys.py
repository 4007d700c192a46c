"""The partitions of the lists of SKUs, batches, modules and packs, and the positions in them (`tables.py`)."""

from collections.abc import Sequence

from chalicelib.core.sharding import Shards
from chalicelib.core.table import key

LIST_SHARDS = {"sku": Shards(1), "batch": Shards(1), "module": Shards(4), "pack": Shards(1), "recall": Shards(1)}
"""The partitions of a list by kind. Each bound cell rewrites its module's index entries."""


def list_sort_key(section: str, item_id: str) -> str:
    """Return the position of an entity in its lists: by section, then by id."""
    return key(section, item_id)


def serial_sort_key(serial: str, item_id: str) -> str:
    """Return the position of an assembly among serial numbers, in which case does not matter."""
    return key(serial.lower(), item_id)


def list_partition(org_id: str, kind: str, owner: str | None, item_id: str) -> str:
    """Return the partition of a list that contains an entity; `owner` is the id of a SKU or batch, or None."""
    return LIST_SHARDS[kind].key_of(item_id, org_id, "LIST", kind, *list_scope(owner))


def list_partitions(org_id: str, kind: str, owner: str | None) -> Sequence[str]:
    """Return all partitions of the list of a SKU, of a batch (`owner` is its id), or of the organisation (None)."""
    return LIST_SHARDS[kind].keys(org_id, "LIST", kind, *list_scope(owner))


def pack_partition(org_id: str, pack_id: str) -> str:
    """Return the partition that contains the modules of a pack."""
    return key(org_id, "LIST", "module", "IN", pack_id)


def free_partition(org_id: str, module_id: str) -> str:
    """Return the partition that contains a sealed module which is in no pack."""
    return LIST_SHARDS["module"].key_of(module_id, org_id, "LIST", "module", "FREE")


def free_partitions(org_id: str) -> Sequence[str]:
    """Return the partitions of all sealed modules which are in no pack."""
    return LIST_SHARDS["module"].keys(org_id, "LIST", "module", "FREE")


def list_scope(owner: str | None) -> tuple[str, str]:
    """Return the parts of a key that name a list."""
    return ("ALL", "") if owner is None else ("OF", owner)
