"""Finds modules and packs by the beginning of their serial number or id, in one round trip.

The index `by_serial` has the assemblies of an organisation in the order of their serial numbers, so a search reads only
what matches: at most 500 assemblies, or 1 MB of each partition if other filters leave some of them out. `is_partial`
says whether there may be more.
"""

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.conditional import all_of
from chalicelib.core.sharding import merge
from chalicelib.core.store import Query, RawItem, parallel_reads
from chalicelib.core.table import key
from chalicelib.manufacturing.list_keys import list_partition, list_partitions, list_sort_key
from chalicelib.manufacturing.rules import list_sections
from chalicelib.manufacturing.tables import Assembly

AssemblyT = TypeVar("AssemblyT", bound=Assembly)

MAX_MATCHES = 500
_ID_PREFIXES = {"module": "MOD-", "pack": "PCK-"}
"""How ids begin; serial numbers do not."""
_ID_LENGTH = 40


class Matches(msgspec.Struct, frozen=True):
    """The assemblies that a search found, newest first."""

    items: Sequence[RawItem]
    is_partial: bool


def find_assemblies(model: type[AssemblyT], org_id: str, text: str, conditions: Sequence[Condition | None]) -> Matches:
    """Return the modules or packs whose serial number or id begins with a text and that meet the conditions."""
    partitions, condition = list_partitions(org_id, model.kind, None), all_of(conditions)
    prefix = _ID_PREFIXES[model.kind]
    if text.upper().startswith(prefix):
        queries = _by_id(model, org_id, prefix + text[len(prefix) :].lower(), condition)
    else:
        starts_so = model.serial_order.startswith(key(text.lower()))
        queries = [Query(model, one, str(model.by_serial.Meta.index_name), starts_so, condition) for one in partitions]
    limit = -(-MAX_MATCHES // len(partitions))
    reads = parallel_reads([partial(query.read, limit + 1, max_reads=1) for query in queries])
    items = merge(reads, "item_id", newest_first=True)
    return Matches(items[:MAX_MATCHES], len(items) > MAX_MATCHES or not all(rows.is_complete for rows in reads))


def _by_id(model: type[AssemblyT], org_id: str, text: str, condition: Condition | None) -> list[Query[AssemblyT]]:
    """Return the queries of the assemblies whose ids begin with a text; a whole id is in one partition."""
    whole = len(text) == _ID_LENGTH
    partitions = list_partitions(org_id, model.kind, None)
    return [
        Query(model, one, str(model.of_organisation.Meta.index_name), begins, condition, newest_first=True)
        for one in ([list_partition(org_id, model.kind, None, text)] if whole else partitions)
        for begins in (model.sort_key.startswith(list_sort_key(name, text)) for name in list_sections(model.kind))
    ]
