"""Builds the history of a serial number from the assembly ledgers, as pages of EPCIS events.

    a pack      its own events, and those of every module and cell in it
    a module    its events and those of its cells; also how it was bound to a pack, and the events of that pack
    a cell      every binding and unbinding; then its module's and pack's own events, without other cells and modules

Each request that bound parts wrote one ledger entry, which is one event: the same in the history of every cell, module
and pack in which it appears.

A pack may hold ten thousand cells, and a Lambda response six megabytes. So a history is returned in pages, each a
complete document: the unit's own events on the first, then module by module. A page ends after the requested number of
events, or when its events name `MAX_PARTS` parts. Events are ordered by unit, not by time; each states its time.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import Query, get, get_many, parallel_pair_reads, parallel_reads
from chalicelib.core.table import key
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of
from chalicelib.manufacturing.quality.queries import read_dispositions
from chalicelib.manufacturing.quality.rules import MeasuredValue
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.tables import Assembly, Module, Pack, module_key, pack_key
from chalicelib.manufacturing.traceability import epcis, ledger_reader
from chalicelib.manufacturing.traceability.epcis_document import EpcisEvent
from chalicelib.manufacturing.traceability.identifiers import UriNaming
from chalicelib.manufacturing.traceability.ledger_reader import AFTER_LEDGER, LedgerPosition, ModuleLedger
from chalicelib.manufacturing.traceability.queries import find_own_number, require_stored
from chalicelib.manufacturing.traceability.schemas import ExportQuery
from chalicelib.manufacturing.traceability.settings import TRACEABILITY
from chalicelib.manufacturing.traceability.tables import (
    BOUND,
    CELL,
    MODULE,
    FormerCell,
    LedgerEntry,
    SerialNumber,
    former_cell_pk,
    ledger_entry_key,
)

MAX_PARTS = 2000
"""The number of parts that the events of a page name before it ends: some 400 KB, at most 3 MB."""
_OWN = LedgerPosition("OWN")
"""The position of a unit's own events, which are always on one page: the first, or for a cell the last."""
_FORMER, _AFTER_FORMER = "FORMER", "FORMER$"
_MAX_FORMER = 30
"""The number of earlier uses of a cell per page: a module and two ledger entries each, in one batch read."""
_SEALED = AFTER_LEDGER
"""The entry of a position after a module's last event."""


class HistoryPage(msgspec.Struct, frozen=True):
    """A page of a history, and the cursor of the next one."""

    events: Sequence[EpcisEvent]
    next_cursor: str | None


class _PlacedFact(msgspec.Struct, frozen=True):
    """A fact, its position, and the number of parts that it names."""

    fact: epcis.Fact
    position: LedgerPosition
    parts: int = 0


class _Facts(msgspec.Struct, frozen=True):
    """Facts in order; `resume_at` is the position after them if there are more than were read."""

    facts: Sequence[_PlacedFact]
    resume_at: LedgerPosition | None = None


class _HistoryRequest(msgspec.Struct, frozen=True):
    """The unit, and the part of its history to read."""

    org_id: str
    serial: str
    position: LedgerPosition | None
    limit: int
    clock: Clock


def get_history(
    actor: Actor,
    number: SerialNumber | None,
    serial: str,
    query: ExportQuery,
    *,
    organisation: Organisation | None,
    clock: Clock,
) -> HistoryPage:
    """Return a page of the history of a serial number. Raise `ValidationFailed` if the cursor is not one of it."""
    own = find_own_number(actor, number, serial)
    list_name = key(actor.org_id, "LIFE", serial)
    try:
        position = ledger_reader.decode_position(query.next_page_token, list_name)
        facts = _read_facts(_HistoryRequest(actor.org_id, serial, position, query.per_page, clock), own)
    except ValidationFailed as error:  # EPCIS calls a cursor a token
        raise ValidationFailed({"nextPageToken": error.fields["cursor"]}) from error
    page, last = _cut(facts, query.per_page)
    naming = UriNaming(actor.org_id, section_of(organisation, TRACEABILITY))
    events = [epcis.epcis_event(naming, placed.fact) for placed in page]
    return HistoryPage(events, ledger_reader.encode_position(last, list_name))


def _read_facts(request: _HistoryRequest, number: SerialNumber | None) -> _Facts:
    if number is None or number.used_as == CELL:
        return _cell_history(request, number)
    read = _module_history if number.used_as == MODULE else _pack_history
    return read(request, number.holder_id)


def _cut(facts: _Facts, limit: int) -> tuple[Sequence[_PlacedFact], LedgerPosition | None]:
    """Return the facts that fit on a page, at least one and all of the unit's own, and where the next page begins."""
    parts = 0
    before = _OWN
    for number, placed in enumerate(facts.facts):
        parts += placed.parts
        is_full = number >= limit or parts > MAX_PARTS
        if is_full and number and placed.position not in (before, _OWN):
            return facts.facts[:number], before
        before = placed.position
    return facts.facts, facts.resume_at


def _pack_history(request: _HistoryRequest, pack_id: str) -> _Facts:
    pack, entries, dispositions = _read_pack(request.org_id, pack_id)
    pack = require_stored(pack, request.serial)
    position = None if request.position == _OWN else request.position
    facts = _own_facts(_pack_facts(pack, entries, dispositions)) if request.position is None else []
    modules = ledger_reader.packed_modules(entries)
    # The page needs no more ledgers than this, because each module has at least three events.
    needed = min(MAX_PARTS // pack.sku.cells_per_module, request.limit // 3) + 2
    max_modules = min(needed, ledger_reader.MAX_MODULES)
    page = ledger_reader.modules_from(modules, position, max_modules)
    ledgers, _ = ledger_reader.read_ledgers(request.org_id, page, position, request.limit + 1, clock=request.clock)
    for ledger in ledgers:
        facts += _module_facts(ledger, position)
        if not ledger.is_complete:
            return _Facts(facts, facts[-1].position)
    has_more = bool(page) and page[-1] != modules[-1]
    return _Facts(facts, LedgerPosition(page[-1].id, _SEALED) if has_more else None)


def _module_history(request: _HistoryRequest, module_id: str) -> _Facts:
    item_key, position = module_key(request.org_id, module_id), request.position
    if position not in (None, _OWN) and position.module_id != module_id:
        raise cursors.refused()
    read_ledger = partial(ledger_reader.read_ledger, item_key.pk, position, request.limit + 1)
    [stored], [(entries, is_complete)] = parallel_pair_reads([partial(get, item_key)], [read_ledger])
    module: Module = require_stored(stored, request.serial)
    facts = _own_facts(_holder_facts(module)) if position is None else []
    facts += _module_facts(ModuleLedger(module, entries, is_complete), position)
    return _Facts(facts, None if is_complete else facts[-1].position)


def _cell_history(request: _HistoryRequest, number: SerialNumber | None) -> _Facts:
    """Return the earlier uses of a cell, in pages, and on the last page the present one."""
    reads: list[Callable[[], Any]] = [partial(_read_former, request)]
    if number is not None:
        holder_key = module_key(request.org_id, number.holder_id)
        entry_key = ledger_entry_key(holder_key.pk, str(number.entry))
        reads += [partial(get, holder_key), partial(get, entry_key)]
    (former, has_more), *present = parallel_reads(reads)
    facts = _former_facts(request, former)
    if has_more:
        return _Facts(facts, facts[-1].position)
    # A cell that was unbound between these reads is in both; then only the earlier uses count.
    if number is not None and all(present) and number.entry not in [use.bound_by_entry for use in former]:
        module, entry = present
        facts += _own_facts([_commissioned(module), _binding(module, entry), *_sealed(module), *_holder_facts(module)])
    return _Facts(facts)


def _read_former(request: _HistoryRequest) -> tuple[list[FormerCell], bool]:
    """Return the earlier uses of a cell from the position on, and whether there are more."""
    start = "" if request.position is None else request.position.entry
    low = f"{_FORMER}#{start}"
    between = FormerCell.sk.between(min(low, _AFTER_FORMER), _AFTER_FORMER)
    query = Query(FormerCell, former_cell_pk(request.org_id, request.serial), range_condition=between)
    rows = query.read(_MAX_FORMER + 1, max_reads=1, min_items=2)  # the first may be the one at the position
    uses = [use for use in map(FormerCell.from_raw_data, rows.items) if use.sk != low]
    return uses[:_MAX_FORMER], len(uses) > _MAX_FORMER or not rows.is_complete


def _former_facts(request: _HistoryRequest, former: Sequence[FormerCell]) -> list[_PlacedFact]:
    """Return the bindings and unbindings of earlier uses of a cell."""
    facts: list[_PlacedFact] = []
    modules = [module_key(request.org_id, use.module_id) for use in former]
    entries = [
        [ledger_entry_key(module.pk, sort_key) for sort_key in (use.bound_by_entry, use.removed_by_entry)]
        for module, use in zip(modules, former, strict=True)
    ]
    stored = get_many([*modules, *(entry for pair in entries for entry in pair)], request.clock)
    for use, module_ref, pair in zip(former, modules, entries, strict=True):
        module, position = stored.get(module_ref), LedgerPosition(_FORMER, use.sk.removeprefix(f"{_FORMER}#"))
        if module is not None:
            read = [entry for entry in map(stored.get, pair) if entry is not None]
            facts += [_PlacedFact(_binding(module, entry), position, len(entry.serials)) for entry in read]
    return facts


def _module_facts(ledger: ModuleLedger, position: LedgerPosition | None) -> Iterator[_PlacedFact]:
    """Yield a module's facts after the position; the seal only if its ledger was read to the end."""
    module = ledger.module
    if position is None or position.module_id != module.item_id:
        position = LedgerPosition(module.item_id)
        yield _PlacedFact(_commissioned(module), position)
    for entry in ledger.entries:
        if entry.sk > position.entry:
            yield _PlacedFact(_binding(module, entry), LedgerPosition(module.item_id, entry.sk), len(entry.serials))
    if ledger.is_complete and position.entry != _SEALED:
        yield from (_PlacedFact(fact, LedgerPosition(module.item_id, _SEALED)) for fact in _sealed(module))


def _own_facts(facts: Sequence[epcis.Fact]) -> list[_PlacedFact]:
    return [_PlacedFact(fact, _OWN) for fact in facts]


def _holder_facts(module: Module) -> list[epcis.Fact]:
    """Return how a module was bound to its pack, and the pack's own facts."""
    if module.pack_id is None:
        return []
    pack, entries, dispositions = _read_pack(module.org_id, module.pack_id)
    own_entries = [entry for entry in entries if module.item_id in (entry.part_ids or ())]
    return [] if pack is None else _pack_facts(pack, own_entries, dispositions)


def _read_pack(org_id: str, pack_id: str) -> list[Any]:
    """Return a pack, its ledger and its dispositions, in one round trip."""
    item_key = pack_key(org_id, pack_id)
    ledger, dispositions = ledger_reader.read_whole_ledger, read_dispositions
    return parallel_reads([partial(get, item_key), partial(ledger, item_key.pk), partial(dispositions, item_key.pk)])


def _pack_facts(
    pack: Pack, entries: Sequence[LedgerEntry], dispositions: Sequence[DispositionRecord]
) -> list[epcis.Fact]:
    disposed = [
        epcis.UnitDisposed(_unit(pack), record.at, record.disposition, _measured(record)) for record in dispositions
    ]
    return [_commissioned(pack), *(_binding(pack, entry) for entry in entries), *_sealed(pack), *disposed]


def _commissioned(assembly: Assembly) -> epcis.Commissioned:
    return epcis.Commissioned(_unit(assembly), assembly.created_at, assembly.batch_id)


def _sealed(assembly: Assembly) -> list[epcis.Fact]:
    return [] if assembly.sealed_at is None else [epcis.UnitSealed(_unit(assembly), assembly.sealed_at)]


def _binding(assembly: Assembly, entry: LedgerEntry) -> epcis.PartsBound | epcis.PartsUnbound:
    """Return the fact of a ledger entry. The id of a cell is its serial number."""
    kind = "cell" if isinstance(assembly, Module) else "module"
    ids = entry.part_ids or entry.serials
    parts = [
        epcis.TracedUnit(kind, str(part_id), str(serial), assembly.sku_id, entry.lot)
        for part_id, serial in zip(ids, entry.serials, strict=True)
    ]
    fact = epcis.PartsBound if entry.change == BOUND else epcis.PartsUnbound
    return fact(_unit(assembly), parts, entry.at, entry.sk)


def _unit(assembly: Assembly) -> epcis.TracedUnit:
    return epcis.TracedUnit(assembly.kind, assembly.item_id, assembly.serial, assembly.sku_id)


def _measured(record: DispositionRecord) -> dict[str, MeasuredValue]:
    return {name: MeasuredValue(item.value, item.unit) for name, item in (record.measurements or {}).items()}
