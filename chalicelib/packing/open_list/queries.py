"""The list of the shipments that can be packed.

Without a search text each shard of the list gives its first shipments, and the counters give the total, so the cost
does not grow with the list. A search reads all shards, since its text may be anywhere in a name. What is read is
decoded only where it is filtered or shown.

Shipments that were listed by an earlier version are not counted and in the list of no warehouse. They come first in
their shards, so each first page shows whether there are any; then everything is read, as that version did.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query, RawItem, Rows, parallel_pair_reads, parallel_reads
from chalicelib.packing import permissions
from chalicelib.packing.open_list.tables import open_counts_query
from chalicelib.packing.shipments.schemas import ShipmentQuery
from chalicelib.packing.shipments.tables import COUNTED, ListedShipment, Shipment, open_keys, warehouse_keys

_decoder = msgspec.json.Decoder(ListedShipment)

ListedEntry = tuple[RawItem, ListedShipment]
"""An entry of the list and its decoded attribute `listed`."""


class ShipmentMatches(NamedTuple):
    """The most urgent of the shipments that match a filter, and the number of all that match."""

    entries: list[ListedEntry]
    total: int


def list_shipments(query: ShipmentQuery, actor: Actor) -> ShipmentMatches:
    """Return the shipments that can be packed, by promised date. Raise `AccessDenied`."""
    actor.require_reach(permissions.READ)
    search = (query.search or "").strip().casefold()
    rows, total = _read(actor.org_id, query.warehouse_id, None if search else query.limit)
    entries = [entry for shard in rows for entry in shard.items]
    if search:
        entries = [entry for entry in entries if _is_found(_decoded(entry), search)]
    if all(shard.is_complete for shard in rows):
        total = len(entries)
    entries.sort(key=_order)
    return ShipmentMatches([(entry, _decoded(entry)) for entry in entries[: query.limit]], max(total, len(entries)))


def _read(org_id: str, warehouse_id: str | None, limit: int | None) -> tuple[Sequence[Rows], int]:
    """Return the first shipments of each shard (all without a limit) and, if that leaves some out, their number."""
    everywhere = [Query(Shipment, shard, Shipment.open_shipments.Meta.index_name) for shard in open_keys(org_id)]
    if warehouse_id is None:
        reads = [partial(shard.read, limit) for shard in everywhere]
    else:
        index = Shipment.open_in_warehouse.Meta.index_name
        reads = [partial(Query(Shipment, shard, index).read, limit) for shard in warehouse_keys(org_id, warehouse_id)]
        reads += [partial(shard.read, 1) for shard in everywhere]
    counts = [] if limit is None else [partial(_count, org_id, warehouse_id)]
    rows, counted = parallel_pair_reads(reads, counts)
    if not all(map(_is_counted, rows[-len(everywhere) :])):
        return [_of_warehouse(shard, warehouse_id) for shard in parallel_reads([one.read for one in everywhere])], 0
    return rows[: len(rows) if warehouse_id is None else -len(everywhere)], sum(counted)


def _count(org_id: str, warehouse_id: str | None) -> int:
    return sum(int(shard["open"]["N"]) for shard in open_counts_query(org_id, warehouse_id).raw_items())


def _is_counted(shard: Rows) -> bool:
    """Return whether all shipments of a shard are counted; those that are not come first."""
    return all(str(entry["open_order"]["S"]).startswith(COUNTED) for entry in shard.items[:1])


def _of_warehouse(shard: Rows, warehouse_id: str | None) -> Rows:
    if warehouse_id is None:
        return shard
    return Rows([entry for entry in shard.items if _decoded(entry).warehouse_id == warehouse_id])


def _decoded(entry: RawItem) -> ListedShipment:
    return _decoder.decode(entry["listed"]["S"])


def _is_found(listed: ListedShipment, search: str) -> bool:
    texts = (listed.shipment_number, listed.so_number, listed.customer_name)
    return any(search in text.casefold() for text in texts)


def _order(entry: RawItem) -> str:
    """Return what orders the list, whether the shipment is counted or not."""
    return str(entry["open_order"]["S"]).removeprefix(COUNTED)
