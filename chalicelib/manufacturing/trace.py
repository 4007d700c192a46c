"""Tracing: where a serial number is, what holds it and what it holds.

What is above is short: pack, batches, SKU. What is below may be ten thousand cells and comes in pages (`walking.py`).
A page of a pack costs three round trips: the serial with the admission, the pack with its ledger, then the ledgers of
the modules on the page all at once.

A cell that was taken off a module is free, and so not in the registry any more. It is traced all the same, as `REMOVED`
with nothing above it, because it once was part of something and its life can be exported. A serial that was never bound
here, or that only another organisation uses, does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Literal

import msgspec

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound
from chalicelib.core.store import ItemKey, Query, get, get_many, parallel_pair
from chalicelib.core.table import key
from chalicelib.edge.request import Request
from chalicelib.manufacturing import walking
from chalicelib.manufacturing.modules import ledger_of
from chalicelib.manufacturing.registry import (
    CELL,
    MODULE,
    FormerCell,
    SerialNumber,
    former_pk,
    serial_key,
)
from chalicelib.manufacturing.tables import Assembly, Batch, Module, Pack, Sku, batch_key, module_key, pack_key, sku_key
from chalicelib.manufacturing.trace_schemas import Entry, TraceQuery, TraceView
from chalicelib.manufacturing.walking import Ledger, Place

READ = "manufacturing.trace.read"
_SPARE = 2


class Traced(msgspec.Struct, frozen=True):
    """A page of a trace, and where it goes on."""

    view: TraceView
    next_cursor: str | None


class _Below(msgspec.Struct, frozen=True):
    """Something below, and the place that it marks."""

    entry: Entry
    place: Place


class _Unpacked(msgspec.Struct, frozen=True):
    """What can be told of the ledgers read so far; `stopped` is where the next page goes on if there is more."""

    told: Sequence[_Below]
    stopped: Place | None


def of_request(_: str, serial: str) -> ItemKey[SerialNumber]:
    """For `loads`: where the serial is that a request names."""
    return serial_key(serial)


def find_serial(request: Request[Any, Any]) -> SerialNumber | None:
    """The serial that the request names, as it is used now; None for a cell that was taken off.

    Raises `NotFound` or `AccessDenied`.
    """
    actor, serial = request.actor, request.path["serial"]
    used = request.read(serial_key(serial))
    if used is not None and used.org_id != actor.org_id:
        used = None
    if used is None and not _once_bound(actor.org_id, serial):
        raise NotFound(f"There is no serial number {serial}.", details={"serial": serial})
    actor.require_reach(READ)
    return used


def trace(request: Request[Any, TraceQuery], clock: Clock) -> Traced:
    """A page of what is above and below a serial. Raises `NotFound`, `AccessDenied` or `ValidationFailed`."""
    used = find_serial(request)
    org_id, serial, asked = request.actor.org_id, request.path["serial"], request.query
    name = key(org_id, "TRACE", serial)
    place = walking.decode(asked.cursor, name)
    if used is None:
        return Traced(TraceView(serial, "cell", serial, "REMOVED", [], []), None)
    if used.used_as == CELL:
        module = existing(get(module_key(org_id, used.holder_id)), serial)
        above = [_entry("module", module), *_above_module(module, clock)]
        return Traced(TraceView(serial, "cell", serial, "BOUND", above, []), None)
    if used.used_as == MODULE:
        thing, above, unpacked = _module(org_id, used.holder_id, place, asked.limit, clock)
    else:
        thing, above, unpacked = _pack(org_id, used.holder_id, place, asked.limit, clock)
    page = unpacked.told[: asked.limit]
    last = page[-1].place if len(unpacked.told) > asked.limit else unpacked.stopped
    kind: Literal["module", "pack"] = "module" if isinstance(thing, Module) else "pack"
    view = TraceView(serial, kind, thing.item_id, thing.status, above, [one.entry for one in page])
    return Traced(view, walking.encode(last, name))


def existing(thing: Any, serial: str) -> Any:
    """What a serial leads to. Raises `NotFound` if it went away while it was being looked for."""
    if thing is None:
        raise NotFound(f"There is no serial number {serial}.", details={"serial": serial})
    return thing


def _once_bound(org_id: str, serial: str) -> bool:
    return bool(Query(FormerCell, former_pk(org_id, serial)).raw(1)["Items"])


def _module(
    org_id: str, module_id: str, place: Place | None, limit: int, clock: Clock
) -> tuple[Assembly, list[Entry], _Unpacked]:
    if place is not None and place.module_id != module_id:
        raise cursors.refused()
    where = module_key(org_id, module_id)
    [module], [read] = parallel_pair(
        [partial(get, where)], [partial(walking.read_ledger, where.pk, place, limit + _SPARE)]
    )
    module = existing(module, module_id)
    entries, whole = read
    unpacked = _unpack([Ledger(module, entries, whole)], place or Place(module_id), None)
    return module, _above_module(module, clock), unpacked


def _pack(
    org_id: str, pack_id: str, place: Place | None, limit: int, clock: Clock
) -> tuple[Assembly, list[Entry], _Unpacked]:
    where = pack_key(org_id, pack_id)
    [pack], [entries] = parallel_pair([partial(get, where)], [partial(ledger_of, where.pk)])
    pack = existing(pack, pack_id)
    modules = walking.in_pack(entries)
    most = min(limit // (1 + pack.sku.cells_per_module) + _SPARE, walking.MAX_MODULES)
    page = walking.start_at(modules, place, most)
    above = partial(_batches_and_sku, pack, clock)
    ledgers, others = walking.read_ledgers(org_id, page, place, limit + _SPARE, clock=clock, beside=[above])
    behind = Place(page[-1].id, walking.AFTER_LEDGER) if page and page[-1] != modules[-1] else None
    return pack, others[0], _unpack(ledgers, place, behind)


def _unpack(ledgers: Sequence[Ledger], place: Place | None, behind: Place | None) -> _Unpacked:
    """What comes after a place: each module and then its cells, up to where a ledger was not read to its end.

    `behind` is where it goes on after these ledgers, if there are more.
    """
    told: list[_Below] = []
    for ledger in ledgers:
        told += _of_module(ledger, place)
        if not ledger.whole:
            last = ledger.entries[-1]
            return _Unpacked(told, Place(ledger.module.item_id, last.sk, len(last.serials)))
    return _Unpacked(told, behind)


def _of_module(ledger: Ledger, place: Place | None) -> Iterator[_Below]:
    module, before = ledger.module, place
    if before is None or before.module_id != module.item_id:
        before = Place(module.item_id)
        yield _Below(_entry("module", module), before)
    for entry in ledger.entries:
        present = set(entry.present)
        for number, serial in enumerate(map(str, entry.serials), 1):
            if serial in present and (entry.sk, number) > (before.entry, before.parts):
                yield _Below(Entry("cell", serial, serial), Place(module.item_id, entry.sk, number))


def _above_module(module: Module, clock: Clock) -> list[Entry]:
    """What is above a module: its pack, the batches of both, the SKU."""
    wanted: list[ItemKey[Any]] = [
        batch_key(module.org_id, module.batch_id),
        sku_key(module.org_id, module.sku_id),
    ]
    if module.pack_id is None:
        found = get_many(wanted, clock)
        return _entries(None, [found.get(wanted[0])], found.get(wanted[1]))
    of_pack = pack_key(module.org_id, module.pack_id)
    found = get_many([*wanted, of_pack], clock)
    pack, batches = found.get(of_pack), [found.get(wanted[0])]
    if pack is not None and pack.batch_id != module.batch_id:
        batches.append(get(batch_key(module.org_id, pack.batch_id)))
    return _entries(pack, batches, found.get(wanted[1]))


def _batches_and_sku(pack: Pack, clock: Clock) -> list[Entry]:
    """What is above a pack."""
    batch, sku = batch_key(pack.org_id, pack.batch_id), sku_key(pack.org_id, pack.sku_id)
    found = get_many([batch, sku], clock)
    return _entries(None, [found.get(batch)], found.get(sku))


def _entries(pack: Pack | None, batches: Sequence[Batch | None], sku: Sku | None) -> list[Entry]:
    above = [] if pack is None else [_entry("pack", pack)]
    above += [Entry("batch", batch.item_id, status=batch.status) for batch in batches if batch is not None]
    return above if sku is None else [*above, Entry("sku", sku.item_id, status=sku.status)]


def _entry(kind: Literal["module", "pack"], thing: Assembly) -> Entry:
    return Entry(kind, thing.item_id, thing.serial, thing.status)
