"""Reads of modules and packs."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.activity import Activity, StateCounts
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import ReadResult, get, get_many, parallel_pair_reads, parallel_reads
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.blocking import read_held_lots
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.listing import EntityPage, list_entities
from chalicelib.manufacturing.quality.queries import newest_dispositions
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.quality.tests.queries import newest_tests
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord
from chalicelib.manufacturing.rules import BatchStatus, ModuleStatus, PackStatus, list_sections
from chalicelib.manufacturing.schemas import ModuleQuery, PackQuery
from chalicelib.manufacturing.status_counters import counter_keys, total
from chalicelib.manufacturing.tables import LINE_HOURS, Assembly, Module, Pack, Sku, sku_key
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import LedgerEntry

_IN_WORK: Mapping[str, Sequence[str]] = {
    "batches_draft": ("batch", BatchStatus.DRAFT),
    "batches_in_progress": ("batch", BatchStatus.IN_PROGRESS),
    "modules_draft": ("module", ModuleStatus.DRAFT),
    "modules_in_progress": ("module", ModuleStatus.IN_PROGRESS),
    "packs_draft": ("pack", PackStatus.DRAFT),
    "packs_in_progress": ("pack", PackStatus.IN_PROGRESS),
    "packs_ready_for_eol": ("pack", PackStatus.READY_FOR_EOL),
    "packs_in_quarantine": ("pack", PackStatus.READY_FOR_EOL, Disposition.QUARANTINE),
    "packs_in_rework": ("pack", PackStatus.REWORK),
}
"""The counts of what is not finished, by their names in the overview."""


class ModuleContents(msgspec.Struct, frozen=True):
    """A module with its SKU, ledger and newest tests."""

    module: Module
    entries: Sequence[LedgerEntry]
    tests: Sequence[UnitTestRecord]
    sku: Sku | None
    holds: OpenHolds | None


class PackContents(msgspec.Struct, frozen=True):
    """A pack with its SKU, ledger, newest tests and newest dispositions."""

    pack: Pack
    entries: Sequence[LedgerEntry]
    tests: Sequence[UnitTestRecord]
    dispositions: Sequence[DispositionRecord]
    sku: Sku | None
    holds: OpenHolds | None
    held_lots: Mapping[str, AbstractSet[str]]


def list_modules(actor: Actor, query: ModuleQuery, totals: ReadResult) -> EntityPage[Module]:
    """Return a page of modules."""
    return list_entities(actor, permissions.READ_MODULE, Module, query, totals)


def list_packs(actor: Actor, query: PackQuery, totals: ReadResult) -> EntityPage[Pack]:
    """Return a page of packs."""
    return list_entities(actor, permissions.READ_PACK, Pack, query, totals)


def find_activity(actor: Actor, clock: Clock) -> Activity | None:
    """Return how many batches, modules and packs are in work, and the last hours; None if the caller sees no packs."""
    if not actor.reaches(permissions.READ_PACK):
        return None
    counters = {kind: counter_keys(actor.org_id, kind, None) for kind in ("batch", "module", "pack")}
    keys = [key for of_kind in counters.values() for key in of_kind]
    [stored], [hours] = parallel_pair_reads(
        [partial(get_many, keys, clock)], [partial(LINE_HOURS.read, actor.org_id, now=clock.now())]
    )
    numbers = {
        name: total(stored, counters[kind], list_sections(kind, *filter_))
        for name, (kind, *filter_) in _IN_WORK.items()
    }
    return Activity(StateCounts(numbers), hours)


def get_module_contents(module: Module, holds: OpenHolds | None) -> ModuleContents:
    """Return a module with its SKU, cells and newest tests, and what is held."""
    entries, tests, sku = _read_contents(module)
    return ModuleContents(module, entries, tests, sku, holds)


def get_pack_contents(pack: Pack, holds: OpenHolds | None) -> PackContents:
    """Return a pack with its SKU, modules, newest tests and newest dispositions, and what is held."""
    more = partial(newest_dispositions, pack.pk), partial(read_held_lots, pack.org_id, holds)
    entries, tests, dispositions, lots, sku = _read_contents(pack, *more)
    return PackContents(pack, entries, tests, dispositions, sku, holds, lots)


def _read_contents(assembly: Assembly, *more: Callable[[], Any]) -> list[Any]:
    """Return the ledger and the newest tests of a module or pack, what `more` returns, and the SKU."""
    own: list[Callable[[], Any]] = [partial(read_whole_ledger, assembly.pk), partial(newest_tests, assembly.pk)]
    return parallel_reads([*own, *more, partial(get, sku_key(assembly.org_id, assembly.sku_id))])
