"""Reads of modules and packs."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import get, parallel_reads
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.schemas import ModuleQuery, PackQuery
from chalicelib.manufacturing.listing import EntityFilter, EntityPage, list_entities
from chalicelib.manufacturing.tables import Assembly, Module, Pack, Sku, sku_key
from chalicelib.manufacturing.traceability.ledger_reader import read_dispositions, read_whole_ledger
from chalicelib.manufacturing.traceability.tables import DispositionRecord, LedgerEntry


class ModuleContents(msgspec.Struct, frozen=True):
    """A module with its SKU and ledger."""

    module: Module
    entries: Sequence[LedgerEntry]
    sku: Sku | None


class PackContents(msgspec.Struct, frozen=True):
    """A pack with its SKU, ledger and dispositions."""

    pack: Pack
    entries: Sequence[LedgerEntry]
    dispositions: Sequence[DispositionRecord]
    sku: Sku | None


def list_modules(actor: Actor, query: ModuleQuery, clock: Clock) -> EntityPage[Module]:
    """Return a page of modules."""
    filter_ = EntityFilter(query.status, query.sku_id, query.batch_id, query.q)
    return list_entities(actor, permissions.READ_MODULE, Module, query, filter_, clock=clock)


def list_packs(actor: Actor, query: PackQuery, clock: Clock) -> EntityPage[Pack]:
    """Return a page of packs."""
    filter_ = EntityFilter(query.status, query.sku_id, query.batch_id, query.q)
    return list_entities(actor, permissions.READ_PACK, Pack, query, filter_, clock=clock)


def get_module_contents(module: Module) -> ModuleContents:
    """Return a module with its SKU and cells."""
    return ModuleContents(module, *_read_with_sku(module, lambda: read_whole_ledger(module.pk)))


def get_pack_contents(pack: Pack) -> PackContents:
    """Return a pack with its SKU, modules and dispositions."""
    ledger, dispositions = lambda: read_whole_ledger(pack.pk), lambda: read_dispositions(pack.pk)
    return PackContents(pack, *_read_with_sku(pack, ledger, dispositions))


def _read_with_sku(assembly: Assembly, *reads: Callable[[], Any]) -> list[Any]:
    return parallel_reads([*reads, lambda: get(sku_key(assembly.org_id, assembly.sku_id))])
