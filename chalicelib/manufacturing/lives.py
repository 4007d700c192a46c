"""The life of a serial number as events, read from what the line wrote down while it happened.

    a pack      what happened to it, and to every module and cell inside
    a module    the same; and, since that is its life as well, how it was bound to a pack and what became of that
    a cell      every tray in which it was bound and every time it was taken off; then the module's and pack's lives
                as far as they are its own: made, bound, sealed, judged, without the other cells and modules

Ledger entries are what requests wrote, a tray of ninety cells one of them, so each is one event, and it is the same in
the life of every cell, module and pack in which it appears.

A pack may hold ten thousand cells, and an answer of a Lambda six megabytes. So a life comes in pages, each a document
by itself: the thing's own events on the first, then module by module. A page ends after so many events as were asked
for or when it names `MAX_PARTS` parts. Within a page events stand in the order of this telling; each has its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import Query, get, get_many, parallel, parallel_pair
from chalicelib.core.table import key
from chalicelib.edge.request import Request
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.identity.settings import Section, section_of, settings_section
from chalicelib.manufacturing import walking
from chalicelib.manufacturing.epcis import Event, Fact, Joined, Judged, Left, Made, Sealed, Thing, event
from chalicelib.manufacturing.identifiers import Naming, TraceabilitySettings
from chalicelib.manufacturing.modules import ledger_of
from chalicelib.manufacturing.registry import (
    BOUND,
    CELL,
    DISPOSITION,
    MODULE,
    DispositionRecord,
    FormerCell,
    LedgerEntry,
    SerialNumber,
    former_pk,
    ledger_item,
)
from chalicelib.manufacturing.rules import Measured
from chalicelib.manufacturing.tables import Assembly, Module, Pack, module_key, pack_key
from chalicelib.manufacturing.trace import existing, find_serial
from chalicelib.manufacturing.trace_schemas import ExportQuery
from chalicelib.manufacturing.walking import AFTER_LEDGER, Ledger, Place

TRACEABILITY: Section[TraceabilitySettings] = settings_section(
    "traceability", TraceabilitySettings, "how exported documents name things"
)
MAX_PARTS = 2000
"""How many parts the events of a page name before it ends: some 400 KB, 3 MB with the longest serials and addresses."""
_OWN = Place("OWN")
"""Marks what is always told together: on the first page, or for a cell on the last."""
_FORMER, _AFTER_FORMER = "FORMER", "FORMER$"
_FORMER_AT_ONCE = 30
"""Earlier places of a cell that are read at once: a module and two entries of its ledger each, in one batch."""
_SEALED = AFTER_LEDGER
"""Marks the end of a module."""


class Life(msgspec.Struct, frozen=True):
    """A page of a life, and where it goes on."""

    events: Sequence[Event]
    next_page: str | None


class _Told(msgspec.Struct, frozen=True):
    """A fact, the place that it marks, and how many parts it names."""

    fact: Fact
    place: Place
    parts: int = 0


class _Page(msgspec.Struct, frozen=True):
    """Facts in their order, and where it goes on after them if there is more than was read."""

    told: Sequence[_Told]
    stopped: Place | None = None
    organisation: Organisation | None = None


class _Asking(msgspec.Struct, frozen=True):
    """Whose life, from where on, and how much of it."""

    org_id: str
    serial: str
    place: Place | None
    most: int
    clock: Clock

    @property
    def organisation(self) -> Callable[[], Any]:
        """The call for the organisation, whose settings say how things are named."""
        return partial(get, organisation_key(self.org_id))


def life(request: Request[Any, ExportQuery], clock: Clock) -> Life:
    """A page of a life. Raises `NotFound`, `AccessDenied` or `ValidationFailed`."""
    used = find_serial(request)
    org_id, serial, asked = request.actor.org_id, request.path["serial"], request.query
    name = key(org_id, "LIFE", serial)
    try:
        place = walking.decode(asked.next_page_token, name)
        page = _read(_Asking(org_id, serial, place, asked.per_page, clock), used)
    except ValidationFailed as flaw:  # the place stands in what EPCIS calls a token
        raise ValidationFailed({"nextPageToken": flaw.fields["cursor"]}) from flaw
    told, last = _cut(page, asked.per_page)
    naming = Naming(org_id, section_of(page.organisation, TRACEABILITY))
    return Life([event(naming, one.fact) for one in told], walking.encode(last, name))


def _read(asking: _Asking, used: SerialNumber | None) -> _Page:
    """What is needed for a page. Raises `ValidationFailed` for a place that this life does not have."""
    if used is None or used.used_as == CELL:
        return _of_cell(asking, used)
    return _of_module(asking, used.holder_id) if used.used_as == MODULE else _of_pack(asking, used.holder_id)


def _cut(page: _Page, most: int) -> tuple[Sequence[_Told], Place | None]:
    """As many facts as fit on a page, at least one and never some of its own ones only, and where it goes on."""
    parts = 0
    before = _OWN
    for number, one in enumerate(page.told):
        parts += one.parts
        full = number >= most or parts > MAX_PARTS
        if full and number and one.place not in (before, _OWN):
            return page.told[:number], before
        before = one.place
    return page.told, page.stopped


def _of_pack(asking: _Asking, pack_id: str) -> _Page:
    pack, entries, decisions, organisation = _read_pack(asking.org_id, pack_id, [asking.organisation])
    pack = existing(pack, asking.serial)
    place = None if asking.place == _OWN else asking.place
    own = [_Told(fact, _OWN) for fact in _pack_facts(pack, entries, decisions)] if asking.place is None else []
    modules = walking.in_pack(entries)
    page = walking.start_at(modules, place, min(_modules_for(pack, asking.most), walking.MAX_MODULES))
    ledgers, _ = walking.read_ledgers(asking.org_id, page, place, asking.most + 1, clock=asking.clock)
    told = own
    for ledger in ledgers:
        told += _module_told(ledger, place)
        if not ledger.whole:
            return _Page(told, told[-1].place, organisation)
    behind = Place(page[-1].id, _SEALED) if page and page[-1] != modules[-1] else None
    return _Page(told, behind, organisation)


def _of_module(asking: _Asking, module_id: str) -> _Page:
    where, place = module_key(asking.org_id, module_id), asking.place
    if place not in (None, _OWN) and place.module_id != module_id:
        raise cursors.refused()
    read = partial(walking.read_ledger, where.pk, place, asking.most + 1)
    thing: list[Callable[[], Any]] = [partial(get, where), asking.organisation]
    [(entries, whole)], [found, organisation] = parallel_pair([read], thing)
    module = existing(found, asking.serial)
    own = [_Told(fact, _OWN) for fact in _holder_facts(module)] if place is None else []
    told = [*own, *_module_told(Ledger(module, entries, whole), place)]
    return _Page(told, None if whole else told[-1].place, organisation)


def _of_cell(asking: _Asking, used: SerialNumber | None) -> _Page:
    """Where the cell was before, in pages, and at last where it is."""
    calls: list[Callable[[], Any]] = [asking.organisation, partial(_read_former, asking)]
    if used is not None:
        where = module_key(asking.org_id, used.holder_id)
        calls += [partial(get, where), partial(get, ledger_item(where.pk, str(used.entry)))]
    organisation, (former, more), *now = parallel(calls)
    told = _former_told(asking, former)
    if more:
        return _Page(told, told[-1].place, organisation)
    # A cell that was taken off while this was read is in both; then it is where it was, and nowhere now.
    if used is not None and all(now) and used.entry not in [one.bound_by_entry for one in former]:
        module, entry = now
        here = [_made(module), _joined(module, entry), *_sealed(module), *_holder_facts(module)]
        told += [_Told(fact, _OWN) for fact in here]
    return _Page(told, None, organisation)


def _read_former(asking: _Asking) -> tuple[list[FormerCell], bool]:
    """Where a cell was before, from the place on, and whether there is more."""
    pk = former_pk(asking.org_id, asking.serial)
    start = "" if asking.place is None else asking.place.entry
    low = f"{_FORMER}#{start}"
    query = Query(FormerCell, pk, range_condition=FormerCell.sk.between(min(low, _AFTER_FORMER), _AFTER_FORMER))
    answer = query.raw(_FORMER_AT_ONCE + 1)
    found = [former for former in map(FormerCell.from_raw_data, answer["Items"]) if former.sk != low]
    return found[:_FORMER_AT_ONCE], len(found) > _FORMER_AT_ONCE or "LastEvaluatedKey" in answer


def _former_told(asking: _Asking, former: Sequence[FormerCell]) -> list[_Told]:
    """How a cell came to modules and left them again."""
    told: list[_Told] = []
    modules = [module_key(asking.org_id, one.module_id) for one in former]
    entries = [
        [ledger_item(where.pk, sort_key) for sort_key in (one.bound_by_entry, one.removed_by_entry)]
        for where, one in zip(modules, former, strict=True)
    ]
    found = get_many([*modules, *(where for both in entries for where in both)], asking.clock)
    for one, where, both in zip(former, modules, entries, strict=True):
        module, place = found.get(where), Place(_FORMER, one.sk.removeprefix(f"{_FORMER}#"))
        read = [entry for entry in map(found.get, both) if entry is not None]
        told += [_Told(_joined(module, entry), place, len(entry.serials)) for entry in read if module is not None]
    return told


def _module_told(ledger: Ledger, place: Place | None) -> Iterator[_Told]:
    """What happened to a module, behind the place; its end only if its ledger was read to the end."""
    module, before = ledger.module, place
    if before is None or before.module_id != module.item_id:
        before = Place(module.item_id)
        yield _Told(_made(module), before)
    for entry in ledger.entries:
        if entry.sk > before.entry:
            yield _Told(_joined(module, entry), Place(module.item_id, entry.sk), len(entry.serials))
    if ledger.whole and before.entry != _SEALED:
        yield from (_Told(fact, Place(module.item_id, _SEALED)) for fact in _sealed(module))


def _holder_facts(module: Module) -> list[Fact]:
    """What happened to the pack that a module is in, and how it came to it."""
    if module.pack_id is None:
        return []
    pack, entries, decisions, *_ = _read_pack(module.org_id, module.pack_id)
    ours = [entry for entry in entries if module.item_id in (entry.part_ids or ())]
    return [] if pack is None else _pack_facts(pack, ours, decisions)


def _read_pack(org_id: str, pack_id: str, beside: Sequence[Callable[[], Any]] = ()) -> list[Any]:
    """A pack, its ledger, its decisions, and the answers of calls made beside, in one round trip."""
    where = pack_key(org_id, pack_id)
    decided = Query(DispositionRecord, where.pk, range_condition=DispositionRecord.sk.startswith(DISPOSITION))
    return parallel([partial(get, where), partial(ledger_of, where.pk), lambda: list(decided.all()), *beside])


def _pack_facts(pack: Pack, entries: Sequence[LedgerEntry], decisions: Sequence[DispositionRecord]) -> list[Fact]:
    thing = _thing(pack)
    judged = [Judged(thing, one.at, one.disposition, _measured(one)) for one in decisions]
    return [_made(pack), *(_joined(pack, entry) for entry in entries), *_sealed(pack), *judged]


def _modules_for(pack: Pack, most: int) -> int:
    """How many modules' ledgers a page can need; each is told in three events at least."""
    return min(MAX_PARTS // pack.sku.cells_per_module, most // 3) + 2


def _made(thing: Assembly) -> Made:
    return Made(_thing(thing), thing.created_at, thing.batch_id)


def _sealed(thing: Assembly) -> list[Fact]:
    return [] if thing.sealed_at is None else [Sealed(_thing(thing), thing.sealed_at)]


def _joined(whole: Assembly, entry: LedgerEntry) -> Joined | Left:
    """An entry of the ledger of a module or pack. Cells are known by their serials, modules by their ids."""
    kind = "cell" if isinstance(whole, Module) else "module"
    ids = entry.part_ids or entry.serials
    parts = [
        Thing(kind, str(part_id), str(serial), whole.sku_id, entry.lot)
        for part_id, serial in zip(ids, entry.serials, strict=True)
    ]
    told = Joined if entry.change == BOUND else Left
    return told(_thing(whole), parts, entry.at, entry.sk)


def _thing(thing: Assembly) -> Thing:
    return Thing(thing.kind, thing.item_id, thing.serial, thing.sku_id)


def _measured(decision: DispositionRecord) -> dict[str, Measured]:
    return {name: Measured(one.value, one.unit) for name, one in (decision.measurements or {}).items()}
