"""What lists are filtered by; finds modules and packs by their serial number or id, and modules by their pack.

The index `by_serial` has the assemblies of an organisation in the order of their serial numbers, so a search reads only
what matches: at most 500 assemblies, or 1 MB of each partition if other filters leave some of them out. `is_partial`
says whether there may be more. `of_pack` has the modules of each pack, and all sealed ones in none: the same holds for
them. A search is one round trip.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.conditional import all_of
from chalicelib.core.sharding import merge
from chalicelib.core.store import Query, RawItem, parallel_reads
from chalicelib.core.table import key
from chalicelib.manufacturing.list_keys import (
    free_partitions,
    list_partition,
    list_partitions,
    list_sort_key,
    pack_partition,
)
from chalicelib.manufacturing.rules import list_sections
from chalicelib.manufacturing.schemas import ListQuery
from chalicelib.manufacturing.tables import Assembly, BuiltEntity, ListedEntity, Module

AssemblyT = TypeVar("AssemblyT", bound=Assembly)

MAX_MATCHES = 500
_ID_PREFIXES = {"module": "MOD-", "pack": "PCK-"}
"""How ids begin; serial numbers do not."""
_ID_LENGTH = 40


class EntityFilter(msgspec.Struct, frozen=True):
    """The entities to list."""

    status: str | None = None
    sku_id: str | None = None
    batch_id: str | None = None
    q: str | None = None
    disposition: str | None = None
    pack_id: str | None = None
    free: bool = False

    @classmethod
    def of(cls, query: ListQuery) -> "EntityFilter":
        """Return the filter that a query names."""
        given: dict[str, Any] = {name: getattr(query, name, None) for name in cls.__struct_fields__}
        return cls(**given)

    @property
    def is_unsatisfiable(self) -> bool:
        """Return whether an id is one of another kind. Such a list has no rows, but the id may have counters."""
        ids = {"SKU-": self.sku_id, "BAT-": self.batch_id, "PCK-": self.pack_id}
        return not all((given or kind).startswith(kind) for kind, given in ids.items())

    def is_search(self, model: type[ListedEntity]) -> bool:
        """Return whether the entities are found by an index that has no counters."""
        return issubclass(model, Assembly) and bool(self.q or self.pack_id or self.free)

    @property
    def owner(self) -> str | None:
        """Return the id of the batch or SKU whose list is read, or None for the organisation's."""
        return self.batch_id or self.sku_id

    @property
    def index(self) -> str:
        """Return the index of the list that is read."""
        of_sku_or_all = BuiltEntity.of_sku if self.sku_id else ListedEntity.of_organisation
        return str((Assembly.of_batch if self.batch_id else of_sku_or_all).Meta.index_name)

    def sections(self, kind: str) -> Sequence[str]:
        """Return the sections that are listed."""
        return list_sections(kind, self.status, self.disposition)


class Matches(msgspec.Struct, frozen=True):
    """The assemblies that a search found, newest first."""

    items: Sequence[RawItem]
    is_partial: bool


def find_listed(model: type[AssemblyT], org_id: str, filter_: EntityFilter, own: Condition | None) -> Matches:
    """Return the modules or packs that a filter finds by an index without counters, and that meet a condition."""
    names = ("status", "disposition", "sku_id", "batch_id")
    given = {name: value for name in names if (value := getattr(filter_, name))}
    conditions = [*(getattr(model, name) == str(value) for name, value in given.items()), own]
    if filter_.pack_id and filter_.free:
        return Matches([], is_partial=False)
    if filter_.pack_id or filter_.free:
        return _find_modules(org_id, filter_.pack_id, filter_.q, conditions)
    return _find_assemblies(model, org_id, str(filter_.q), conditions)


def _find_assemblies(model: type[AssemblyT], org_id: str, text: str, conditions: Sequence[Condition | None]) -> Matches:
    """Return the modules or packs whose serial number or id begins with a text and that meet the conditions."""
    partitions, condition = list_partitions(org_id, model.kind, None), all_of(conditions)
    begin_of_id = _begin_of_id(model.kind, text)
    if begin_of_id is not None:
        queries = _by_id(model, org_id, begin_of_id, condition)
    else:
        starts_so = model.serial_order.startswith(key(text.lower()))
        queries = [Query(model, one, str(model.by_serial.Meta.index_name), starts_so, condition) for one in partitions]
    return _matches(queries, len(partitions))


def _find_modules(
    org_id: str, pack_id: str | None, text: str | None, conditions: Sequence[Condition | None]
) -> Matches:
    """Return the modules of a pack, or without one the sealed modules in no pack, that meet the conditions.

    With a text only those whose serial number or id begins with it.
    """
    partitions = free_partitions(org_id) if pack_id is None else [pack_partition(org_id, pack_id)]
    condition = all_of([*conditions, None if text is None else _begins(text)])
    queries = [
        Query(Module, one, str(Module.of_pack.Meta.index_name), None, condition, newest_first=True)
        for one in partitions
    ]
    return _matches(queries, len(partitions))


def _begins(text: str) -> Condition:
    """Return the condition that the serial number or id of a module begins with a text."""
    begin_of_id = _begin_of_id(Module.kind, text)
    if begin_of_id is not None:
        return Module.item_id.startswith(begin_of_id)
    return Module.serial_order.startswith(key(text.lower()))


def _begin_of_id(kind: str, text: str) -> str | None:
    """Return a text as ids of a kind begin with it, in any case; None for the begin of a serial number."""
    prefix = _ID_PREFIXES[kind]
    return prefix + text[len(prefix) :].lower() if text.upper().startswith(prefix) else None


def _matches(queries: Sequence[Query[AssemblyT]], shards: int) -> Matches:
    limit = -(-MAX_MATCHES // shards)
    bounds = [None if query.filter_condition is None else 1 for query in queries]
    reads = parallel_reads(
        [partial(query.read, limit + 1, max_reads=most) for query, most in zip(queries, bounds, strict=True)]
    )
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
