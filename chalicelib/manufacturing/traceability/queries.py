"""Traces: what contains a serial number, and what it contains.

The ancestors are few: module, pack, batches, SKU. The descendants may be ten thousand cells and are returned in pages
(`ledger_reader.py`). A page of a pack costs three round trips: the serial number with the authentication, the pack with
its ledger, then the ledgers of all modules on the page.

A cell that was unbound has no holder in the registry. It is traced as `REMOVED`, without ancestors, because its
history can still be exported. A serial number that was never bound here, or is used by another organisation only, does
not exist.

The id of a module or pack is traced like its serial number; batches and SKUs have none (`batch_trace.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import ItemKey, Query, get, get_many, parallel_pair_reads
from chalicelib.core.table import key
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.blocking import (
    Contents,
    marks_of_batch,
    marks_of_cells,
    marks_of_module,
    marks_of_pack,
    read_held_lots,
    read_lots_of_module,
    unit_holds,
)
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.schemas import CursorMeta
from chalicelib.manufacturing.tables import (
    Assembly,
    ListedEntity,
    Module,
    Pack,
    ProductionBatch,
    Sku,
    batch_key,
    module_key,
    pack_key,
    sku_key,
)
from chalicelib.manufacturing.traceability import ledger_reader
from chalicelib.manufacturing.traceability.batch_trace import entity_entry, trace_planned
from chalicelib.manufacturing.traceability.ledger_reader import LedgerPosition, ModuleLedger
from chalicelib.manufacturing.traceability.schemas import TraceAnswer, TraceEntry, TraceQuery, TraceView
from chalicelib.manufacturing.traceability.serial_registry import lot_of_cell, number_of
from chalicelib.manufacturing.traceability.tables import CELL, MODULE, FormerCell, SerialNumber, former_cell_pk

_SPARE = 2


class _Descendant(msgspec.Struct, frozen=True):
    """A descendant and its position."""

    entry: TraceEntry
    position: LedgerPosition


class _Contents(msgspec.Struct, frozen=True):
    """The descendants in the ledgers that were read; `resume_at` is the position after them if there are more."""

    descendants: Sequence[_Descendant]
    resume_at: LedgerPosition | None
    marks: AbstractSet[str] = frozenset()
    """What a hold of the module or pack compares (`assembly/holds/`)."""


class Named(msgspec.Struct, frozen=True):
    """What a request names: a serial number or an id, and what was read under it."""

    text: str
    number: SerialNumber | None = None
    """The serial number, which may be another organisation's."""
    entity: ListedEntity | None = None
    """What has this id."""
    holds: OpenHolds | None = None
    """What is held."""


def find_own_number(actor: Actor, named: Named) -> SerialNumber | None:
    """Return the serial number if the organisation uses it, or None for a cell that is in no module.

    Of the id of a module or pack return its serial number. Raise `SerialNotFound` if the organisation has never used
    it, and `AccessDenied` if the caller's permission does not cover the whole organisation.
    """
    own = _own_number(actor, named)
    is_known = own is not None or (named.number is not None and named.number.org_id == actor.org_id)
    if not is_known and Query(FormerCell, former_cell_pk(actor.org_id, named.text)).first() is None:
        raise SerialNotFound(named.text)
    actor.require_reach(permissions.TRACE)
    return own


def _own_number(actor: Actor, named: Named) -> SerialNumber | None:
    if named.number is not None and named.number.org_id == actor.org_id:
        return None if named.number.holder_id is None else named.number
    entity = named.entity
    return number_of(entity) if isinstance(entity, Assembly) else None


def trace(actor: Actor, named: Named, query: TraceQuery, clock: Clock) -> TraceAnswer:
    """Return the ancestors and a page of the descendants of a serial number or id."""
    if _own_number(actor, named) is None and isinstance(named.entity, ProductionBatch | Sku):
        actor.require_reach(permissions.TRACE)
        return trace_planned(named.entity, query, named.holds)
    own = find_own_number(actor, named)
    serial = named.text if own is None else own.serial
    if own is None or own.used_as == CELL:
        ledger_reader.decode_position(query.cursor, key(actor.org_id, "TRACE", serial))
        return TraceAnswer(_trace_cell(actor.org_id, own, named, clock), CursorMeta(None))
    return _trace_assembly(own, query, named.holds, clock)


def _trace_cell(org_id: str, own: SerialNumber | None, named: Named, clock: Clock) -> TraceView:
    """Return the trace of a cell, which is in no module if it was unbound, or if a scrapped module freed it."""
    serial, holds = named.text if own is None else own.serial, named.holds
    lot = None if named.number is None else lot_of_cell(named.number, org_id)
    marks = marks_of_cells([serial], [lot])
    module = None if own is None else require_stored(get(module_key(org_id, str(own.holder_id))), serial)
    if module is None or module.cells_freed:
        return TraceView(serial, "cell", serial, "REMOVED", [], [], unit_holds(holds, marks), lot=lot)
    status = "BOUND" if module.scrapped_at is None else "SCRAPPED"
    ancestors = [entity_entry(module), *_module_ancestors(module, clock)]
    found = unit_holds(holds, marks | marks_of_batch(module.batch_id))
    return TraceView(serial, "cell", serial, status, ancestors, [], found, lot=lot)


def _trace_assembly(own: SerialNumber, query: TraceQuery, holds: OpenHolds | None, clock: Clock) -> TraceAnswer:
    """Return a page of the trace of a module or pack."""
    list_name = key(own.org_id, "TRACE", own.serial)
    position = ledger_reader.decode_position(query.cursor, list_name)
    trace_assembly = _trace_module if own.used_as == MODULE else _trace_pack
    assembly, ancestors, contents = trace_assembly(own, position, query.limit, holds, clock=clock)
    page = contents.descendants[: query.limit]
    last = page[-1].position if len(contents.descendants) > query.limit else contents.resume_at
    entries = [descendant.entry for descendant in page]
    kind = entity_entry(assembly).kind
    found = unit_holds(holds, contents.marks)
    view = TraceView(own.serial, kind, assembly.item_id, assembly.status, ancestors, entries, found)
    return TraceAnswer(view, CursorMeta(ledger_reader.encode_position(last, list_name)))


def require_stored(entity: Any, serial: str) -> Any:
    """Return the entity of a serial number. Raise `SerialNotFound` if it was deleted after the number was read."""
    if entity is None:
        raise SerialNotFound(serial)
    return entity


def _trace_module(
    number: SerialNumber, position: LedgerPosition | None, limit: int, holds: OpenHolds | None, *, clock: Clock
) -> tuple[Assembly, list[TraceEntry], _Contents]:
    module_id = str(number.holder_id)
    if position is not None and position.module_id != module_id:
        raise cursors.refused()
    item_key = module_key(number.org_id, module_id)
    read_ledger = partial(ledger_reader.read_ledger, item_key.pk, position, limit + _SPARE)
    read_lots = partial(read_lots_of_module, number.org_id, module_id, holds, clock)
    reads: list[Callable[[], Any]] = [partial(get, item_key), read_lots]
    [stored, lots], [(entries, is_complete)] = parallel_pair_reads(reads, [read_ledger])
    module: Module = require_stored(stored, number.serial)
    contents = _contents([ModuleLedger(module, entries, is_complete)], position or LedgerPosition(module_id), None)
    return module, _module_ancestors(module, clock), replace(contents, marks=marks_of_module(module, lots))


def _trace_pack(
    number: SerialNumber, position: LedgerPosition | None, limit: int, holds: OpenHolds | None, *, clock: Clock
) -> tuple[Assembly, list[TraceEntry], _Contents]:
    item_key = pack_key(number.org_id, str(number.holder_id))
    read_ledger = partial(ledger_reader.read_whole_ledger, item_key.pk)
    read_lots = partial(read_held_lots, number.org_id, holds)
    reads: list[Callable[[], Any]] = [partial(get, item_key), read_lots]
    [stored, lots], [ledger] = parallel_pair_reads(reads, [read_ledger])
    pack: Pack = require_stored(stored, number.serial)
    modules = ledger_reader.packed_modules(ledger)
    max_modules = min(limit // (1 + pack.sku.cells_per_module) + _SPARE, ledger_reader.MAX_MODULES)
    page = ledger_reader.modules_from(modules, position, max_modules)
    read_ancestors = partial(_pack_ancestors, pack, clock)
    ledgers, [ancestors] = ledger_reader.read_ledgers(
        pack.org_id, page, position, limit + _SPARE, clock=clock, other_reads=[read_ancestors]
    )
    has_more = bool(page) and page[-1] != modules[-1]
    resume_at = LedgerPosition(page[-1].id, ledger_reader.AFTER_LEDGER) if has_more else None
    contents = _contents(ledgers, position, resume_at)
    return pack, ancestors, replace(contents, marks=marks_of_pack(pack, Contents(ledger, lots)))


def _contents(
    ledgers: Sequence[ModuleLedger], position: LedgerPosition | None, resume_at: LedgerPosition | None
) -> _Contents:
    """Return what follows a position: each module and its cells, up to where a ledger was not read to its end."""
    descendants: list[_Descendant] = []
    for ledger in ledgers:
        descendants += _module_contents(ledger, position)
        if not ledger.is_complete:
            last = ledger.entries[-1]
            return _Contents(descendants, LedgerPosition(ledger.module.item_id, last.sk, len(last.serials)))
    return _Contents(descendants, resume_at)


def _module_contents(ledger: ModuleLedger, position: LedgerPosition | None) -> Iterator[_Descendant]:
    module_id = ledger.module.item_id
    if position is None or position.module_id != module_id:
        position = LedgerPosition(module_id)
        yield _Descendant(entity_entry(ledger.module), position)
    for entry in () if ledger.module.cells_freed else ledger.entries:
        present = set(entry.present)
        for number, serial in enumerate(map(str, entry.serials), 1):
            if serial in present and (entry.sk, number) > (position.entry, position.parts):
                yield _Descendant(TraceEntry("cell", serial, serial), LedgerPosition(module_id, entry.sk, number))


def _module_ancestors(module: Module, clock: Clock) -> list[TraceEntry]:
    """Return the pack of a module, the batches of both, and the SKU."""
    keys: list[ItemKey[Any]] = [batch_key(module.org_id, module.batch_id), sku_key(module.org_id, module.sku_id)]
    keys += [] if module.pack_id is None else [pack_key(module.org_id, module.pack_id)]
    batch, sku, *packs = map(get_many(keys, clock).get, keys)
    pack, batches = next(iter(packs), None), [batch]
    if pack is not None and pack.batch_id != module.batch_id:
        batches.append(get(batch_key(module.org_id, pack.batch_id)))
    return [*([] if pack is None else [entity_entry(pack)]), *_planning_entries(batches, sku)]


def _pack_ancestors(pack: Pack, clock: Clock) -> list[TraceEntry]:
    """Return the batch and the SKU of a pack."""
    keys: list[ItemKey[Any]] = [batch_key(pack.org_id, pack.batch_id), sku_key(pack.org_id, pack.sku_id)]
    batch, sku = map(get_many(keys, clock).get, keys)
    return _planning_entries([batch], sku)


def _planning_entries(batches: Sequence[ProductionBatch | None], sku: Sku | None) -> list[TraceEntry]:
    return [entity_entry(entity) for entity in (*batches, sku) if entity is not None]
