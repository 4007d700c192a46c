"""Reads the history of a serial number from the ledgers and records of what was assembled.

    a pack      its own events, and those of every module and cell in it
    a module    how it was bound to a pack, and the events of that pack; then its own events and those of its cells
    a cell      every binding and unbinding; then its module's and pack's own events, without other cells and modules

Each request that bound parts wrote one ledger entry, which is one event: the same in the history of every cell, module
and pack in which it appears. The position of a fact is a cursor: facts after it are read without those before.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, get, get_many, parallel_pair_reads, parallel_reads
from chalicelib.manufacturing.quality.queries import read_dispositions_from
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.tables import Module, Pack, module_key, pack_key
from chalicelib.manufacturing.traceability import epcis, facts, ledger_reader
from chalicelib.manufacturing.traceability.freed_cells import parts_of_use
from chalicelib.manufacturing.traceability.ledger_reader import AFTER_LEDGER, LedgerPosition, ModuleLedger
from chalicelib.manufacturing.traceability.lots.queries import read_corrections
from chalicelib.manufacturing.traceability.queries import require_stored
from chalicelib.manufacturing.traceability.tables import (
    CELL,
    MODULE,
    REWORKED,
    FormerCell,
    LedgerEntry,
    SerialNumber,
    former_cell_pk,
    ledger_entry_key,
)

MAX_PARTS = 2000
"""The number of parts up to which ledgers are read for a page: some 400 KB, at most 3 MB."""
_PACK, _FORMER, _PRESENT = "OWN", "FORMER", "PRESENT"
"""The positions of a pack's own events, of the earlier uses of a cell, and of its present module's own events."""
_AFTER_FORMER = "FORMER$"
_MAX_FORMER = 30
"""The number of earlier uses of a cell per page: a module and two ledger entries each, in one batch read."""
_SEALED = AFTER_LEDGER
"""The entry of a position after a module's last event, and of the sealing of a pack."""
_RECORD = "RECORD#"
"""The prefix of the entries of positions of dispositions, which come after those of the ledger."""


class PlacedFact(msgspec.Struct, frozen=True):
    """A fact and its position; facts of the same position are on one page."""

    fact: epcis.Fact
    position: LedgerPosition


class Facts(msgspec.Struct, frozen=True):
    """Facts in order; `resume_at` is the position after them if there are more than were read."""

    facts: Sequence[PlacedFact]
    resume_at: LedgerPosition | None = None


class HistoryRequest(msgspec.Struct, frozen=True):
    """The unit, and the part of its history to read."""

    org_id: str
    serial: str
    position: LedgerPosition | None
    limit: int
    clock: Clock

    def is_at(self, *sections: str) -> bool:
        """Return whether the position is in one of these sections."""
        return self.position is not None and self.position.module_id in sections

    @property
    def is_past_pack(self) -> bool:
        """Return whether the position is after the pack's own events: in one of its modules."""
        return self.position is not None and not self.is_at(_PACK, _FORMER, _PRESENT)

    @property
    def after(self) -> str | None:
        """Return the entry of the position among the pack's own events; None if they begin after the position."""
        return self.position.entry if self.position is not None and self.is_at(_PACK) else None


class _PackEvents(msgspec.Struct, frozen=True):
    """A pack with its ledger and its dispositions from a position on."""

    pack: Pack | None
    entries: Sequence[LedgerEntry]
    dispositions: Sequence[DispositionRecord]
    is_complete: bool


def read_facts(request: HistoryRequest, number: SerialNumber | None) -> Facts:
    """Return the facts of a serial number from the position on; None is a cell that was unbound.

    Raise `ValidationFailed` if the position is none of this history.
    """
    if number is None or number.used_as == CELL:
        return _cell_history(request, number)
    read = _module_history if number.used_as == MODULE else _pack_history
    return read(request, str(number.holder_id))


def _pack_history(request: HistoryRequest, pack_id: str) -> Facts:
    events = _read_pack(request, pack_id)
    pack = require_stored(events.pack, request.serial)
    own = list(_pack_facts(request, pack, events.entries, events.dispositions))
    if not events.is_complete:
        return Facts(own, own[-1].position)
    position = None if request.is_at(_PACK) else request.position
    modules = ledger_reader.packed_modules(events.entries)
    # The page needs no more ledgers than this, because each module has at least three events.
    needed = min(MAX_PARTS // pack.sku.cells_per_module, request.limit // 3) + 2
    max_modules = min(needed, ledger_reader.MAX_MODULES)
    page = ledger_reader.modules_from(modules, position, max_modules)
    ledgers, _ = ledger_reader.read_ledgers(request.org_id, page, position, request.limit + 1, clock=request.clock)
    for ledger in ledgers:
        own += _module_facts(ledger, position)
        if not ledger.is_complete:
            return Facts(own, own[-1].position)
    has_more = bool(page) and page[-1] != modules[-1]
    return Facts(own, LedgerPosition(page[-1].id, _SEALED) if has_more else None)


def _module_history(request: HistoryRequest, module_id: str) -> Facts:
    item_key = module_key(request.org_id, module_id)
    if request.position is not None and not request.is_at(_PACK, module_id):
        raise cursors.refused()
    position = request.position if request.is_at(module_id) else None
    read_ledger = partial(ledger_reader.read_ledger, item_key.pk, position, request.limit + 1)
    [stored], [(entries, is_complete)] = parallel_pair_reads([partial(get, item_key)], [read_ledger])
    module: Module = require_stored(stored, request.serial)
    of_pack = Facts([]) if request.is_at(module_id) else _holder_facts(request, module)
    if of_pack.resume_at is not None:
        return of_pack
    placed = [*of_pack.facts, *_module_facts(ModuleLedger(module, entries, is_complete), position)]
    if not request.is_at(module_id):
        after_creation = len(of_pack.facts) + 1
        placed[after_creation:after_creation] = _former_packs(request, module)
    return Facts(placed, None if is_complete else placed[-1].position)


def _cell_history(request: HistoryRequest, number: SerialNumber | None) -> Facts:
    """Return the earlier uses of a cell, then the present one."""
    is_past = request.is_at(_PRESENT, _PACK)
    lots = partial(read_corrections, request.org_id, request.serial)
    reads: list[Callable[[], Any]] = [] if is_past else [partial(_read_former, request), lots]
    if number is not None:
        holder_key = module_key(request.org_id, str(number.holder_id))
        reads += [partial(get, holder_key), partial(get, ledger_entry_key(holder_key.pk, str(number.entry)))]
    former, has_more, corrections = [], False, []
    present = parallel_reads(reads)
    if not is_past:
        (former, has_more), corrections, *present = present
    placed = _former_facts(request, former)
    if has_more:
        return Facts(placed, placed[-1].position)
    placed += [PlacedFact(facts.lot_corrected(correction), LedgerPosition(_PRESENT)) for correction in corrections]
    # A cell that was unbound between these reads is in both; then only the earlier uses count.
    if number is None or not all(present) or number.entry in [use.bound_by_entry for use in former]:
        return Facts(placed)
    module, entry = present
    if not is_past:
        own = _freed_facts(request, number.freed_from)
        own += [facts.commissioned(module), facts.binding(module, entry), *facts.sealed(module)]
        own += facts.scrapped_with(module, entry)
        placed += [PlacedFact(fact, LedgerPosition(_PRESENT)) for fact in own]
    of_pack = _holder_facts(request, module)
    return Facts([*placed, *of_pack.facts], of_pack.resume_at)


def _read_former(request: HistoryRequest) -> tuple[list[FormerCell], bool]:
    """Return the earlier uses of a cell from the position on, and whether there are more."""
    start = "" if request.position is None else request.position.entry
    low = f"{_FORMER}#{start}"
    between = FormerCell.sk.between(min(low, _AFTER_FORMER), _AFTER_FORMER)
    query = Query(FormerCell, former_cell_pk(request.org_id, request.serial), range_condition=between)
    rows = query.read(_MAX_FORMER + 1, max_reads=1, min_items=2)  # the first may be the one at the position
    uses = [use for use in map(FormerCell.from_raw_data, rows.items) if use.sk != low]
    return uses[:_MAX_FORMER], len(uses) > _MAX_FORMER or not rows.is_complete


def _former_facts(request: HistoryRequest, former: Sequence[FormerCell]) -> list[PlacedFact]:
    """Return the bindings and unbindings of earlier uses of a cell."""
    placed: list[PlacedFact] = []
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
            own = [*_freed_facts(request, use.freed_from), *(facts.binding(module, entry) for entry in read)]
            placed += [PlacedFact(fact, position) for fact in own]
    return placed


def _freed_facts(request: HistoryRequest, uses: set[str] | None) -> list[epcis.Fact]:
    """Return how a cell was bound to modules that were scrapped and freed it; reads only if there are any."""
    if not uses:
        return []
    named = sorted(map(parts_of_use, uses))
    modules = [module_key(request.org_id, module_id) for module_id, _ in named]
    entries = [ledger_entry_key(module.pk, entry) for module, (_, entry) in zip(modules, named, strict=True)]
    stored = get_many([*modules, *entries], request.clock)
    own: list[epcis.Fact] = []
    for module_ref, entry_ref in zip(modules, entries, strict=True):
        module, entry = stored.get(module_ref), stored.get(entry_ref)
        if module is not None and entry is not None:
            own += [facts.binding(module, entry), *facts.scrapped_with(module, entry)]
    return own


def _module_facts(ledger: ModuleLedger, position: LedgerPosition | None) -> Iterator[PlacedFact]:
    """Yield a module's facts after the position; the seal only if its ledger was read to the end."""
    module = ledger.module
    if position is None or position.module_id != module.item_id:
        position = LedgerPosition(module.item_id)
        yield PlacedFact(facts.commissioned(module), position)
    for entry in ledger.entries:
        if entry.sk > position.entry:
            placed = LedgerPosition(module.item_id, entry.sk)
            yield from (PlacedFact(fact, placed) for fact in facts.recorded(module, entry))
    if ledger.is_complete and position.entry != _SEALED:
        yield from (PlacedFact(fact, LedgerPosition(module.item_id, _SEALED)) for fact in facts.sealed(module))


def _holder_facts(request: HistoryRequest, module: Module) -> Facts:
    """Return how a module was bound to its pack, and the pack's own facts."""
    if module.pack_id is None:
        return Facts([])
    events = _read_pack(request, module.pack_id)
    if events.pack is None:
        return Facts([])
    own_entries = [entry for entry in events.entries if not entry.serials or module.item_id in (entry.part_ids or ())]
    placed = list(_pack_facts(request, events.pack, own_entries, events.dispositions))
    return Facts(placed, None if events.is_complete else placed[-1].position)


def _former_packs(request: HistoryRequest, module: Module) -> list[PlacedFact]:
    """Return how a module was bound to earlier packs and taken out of them, but for the pack that holds it again."""
    former = {*(module.former_packs or ())} - {module.pack_id}
    keys = [pack_key(module.org_id, pack_id) for pack_id in sorted(former)]
    if not keys:
        return []
    ledgers = [partial(ledger_reader.read_whole_ledger, item_key.pk) for item_key in keys]
    [stored], entries = parallel_pair_reads([partial(get_many, keys, request.clock)], ledgers)
    own: list[epcis.Fact] = []
    for item_key, ledger in zip(keys, entries, strict=True):
        pack = stored.get(item_key)
        of_module = [entry for entry in ledger if module.item_id in (entry.part_ids or ())]
        own += [_recorded(pack, entry, ledger)[0] for entry in of_module if pack is not None]
    return [PlacedFact(fact, LedgerPosition(module.item_id)) for fact in own]


def _recorded(pack: Pack, entry: LedgerEntry, entries: Sequence[LedgerEntry]) -> list[epcis.Fact]:
    """Return the facts of an entry of a pack's ledger: what was bound after rework began was installed."""
    is_rework = any(other.change == REWORKED and other.sk < entry.sk for other in entries)
    return facts.recorded(pack, entry, is_rework=is_rework)


def _read_pack(request: HistoryRequest, pack_id: str) -> _PackEvents:
    """Return a pack, its ledger and its dispositions from the position on, in one round trip."""
    item_key = pack_key(request.org_id, pack_id)
    after = request.after or ""
    start = after.removeprefix(_RECORD) if after.startswith(_RECORD) else ""
    reads: list[Callable[[], Any]] = [partial(get, item_key), partial(ledger_reader.read_whole_ledger, item_key.pk)]
    if not request.is_past_pack:
        reads.append(partial(read_dispositions_from, item_key.pk, start))
    pack, entries, *read = parallel_reads(reads)
    dispositions, is_complete = read[0] if read else ([], True)
    return _PackEvents(pack, entries, dispositions, is_complete)


def _pack_facts(
    request: HistoryRequest, pack: Pack, entries: Sequence[LedgerEntry], dispositions: Sequence[DispositionRecord]
) -> Iterator[PlacedFact]:
    """Yield a pack's own facts after the position."""
    if request.is_past_pack:
        return
    own: list[tuple[str, epcis.Fact]] = [("", facts.commissioned(pack))]
    own += [(entry.sk, fact) for entry in entries for fact in _recorded(pack, entry, entries)]
    own += [(_SEALED, fact) for fact in facts.sealed(pack)]
    own += [(f"{_RECORD}{record.sk}", facts.disposed(pack, record)) for record in dispositions]
    for entry, fact in own:
        if request.after is None or entry > request.after:
            yield PlacedFact(fact, LedgerPosition(_PACK, entry))
