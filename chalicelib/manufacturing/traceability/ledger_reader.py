"""Reads ledgers: of one assembly, or of many modules in parallel from a position on, which a cursor encodes.

Long contents are returned in pages, module by module in the order of binding, and within a module in the order of its
ledger. A position is the last returned part: a module, an entry of its ledger, and a part of that entry. Entries are
never moved, also when a cell is unbound, so a position stays valid.

The number of modules that a page needs is known before reading, because a module in a pack holds exactly what its SKU
requires. So their ledgers are read in one round trip.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, get_many, parallel_pair_reads
from chalicelib.manufacturing.tables import Module, module_key
from chalicelib.manufacturing.traceability.tables import LEDGER, VOIDED, LedgerEntry

AFTER_LEDGER = LEDGER.replace("#", "$")
"""A sort key after those of all entries of a ledger."""
MAX_MODULES = 60
"""The number of ledgers that are read at once; their modules are one batch read."""
_MIN_ENTRIES = 10
"""The entries that are read even if an answer of the store ends before; the first may be that of the position."""
_SHAPE = {"sk": "S"}
_POSITION = re.compile(r"(\S{1,80}) (\S{0,120}) ([0-9]{1,5})")


class LedgerPosition(msgspec.Struct, frozen=True):
    """The last returned item: a module (`entry` empty), or a number of parts of an entry of its ledger."""

    module_id: str
    entry: str = ""
    parts: int = 0


class ModuleLedger(msgspec.Struct, frozen=True):
    """A module and entries of its ledger; `is_complete` unless there are more after them."""

    module: Module
    entries: Sequence[LedgerEntry]
    is_complete: bool


class PackedModule(msgspec.Struct, frozen=True):
    """A module as the ledger of its pack names it, and when it was bound."""

    id: str
    serial: str
    bound_at: datetime


def encode_position(position: LedgerPosition | None, list_name: str) -> str | None:
    """Return the cursor of a position, or None."""
    if position is None:
        return None
    text = f"{position.module_id} {position.entry} {position.parts}"
    return cursors.encode({"sk": {"S": text}}, list_name)


def decode_position(cursor: str | None, list_name: str) -> LedgerPosition | None:
    """Return the position of a cursor. Raise `ValidationFailed` if the cursor does not belong to this list."""
    if cursor is None:
        return None
    match = _POSITION.fullmatch(cursors.decode(cursor, list_name, _SHAPE)["sk"]["S"])
    if match is None:
        raise cursors.refused()
    return LedgerPosition(match[1], match[2], int(match[3]))


def read_whole_ledger(holder_pk: str) -> list[LedgerEntry]:
    """Return the ledger of a module or pack, in order; a round trip per megabyte, some 4,000 entries."""
    return list(Query(LedgerEntry, holder_pk, range_condition=LedgerEntry.sk.startswith(LEDGER)).all())


def packed_modules(entries: Sequence[LedgerEntry]) -> list[PackedModule]:
    """Return the modules that a pack holds, in the order of binding; `entries` are its whole ledger."""
    if any(entry.change == VOIDED for entry in entries):
        return []
    return [
        PackedModule(str(part_id), str(serial), entry.at)
        for entry in entries
        for part_id, serial in zip(entry.part_ids or (), entry.serials, strict=False)
        if serial in entry.present
    ]


def modules_from(modules: Sequence[PackedModule], position: LedgerPosition | None, limit: int) -> list[PackedModule]:
    """Return up to `limit` modules from a position on. Raise `ValidationFailed` if it is in none of them."""
    if position is None:
        return list(modules[:limit])
    first = next((number for number, module in enumerate(modules) if module.id == position.module_id), None)
    if first is None:
        raise cursors.refused()
    return list(modules[first : first + limit])


def read_ledgers(
    org_id: str,
    modules: Sequence[PackedModule],
    position: LedgerPosition | None,
    max_entries: int,
    *,
    clock: Clock,
    other_reads: Sequence[Callable[[], Any]] = (),
) -> tuple[list[ModuleLedger], list[Any]]:
    """Return these modules with their ledgers, and the results of other reads, all in one round trip.

    The ledger of the module of the position is read from there on.
    """
    keys = [module_key(org_id, module.id) for module in modules]
    starts = [position.entry if position is not None and position.module_id == module.id else "" for module in modules]
    queries = [partial(_read, key.pk, start, max_entries) for key, start in zip(keys, starts, strict=True)]
    reads: list[Callable[[], Any]] = [partial(get_many, keys, clock), *other_reads]
    ledgers, (stored, *others) = parallel_pair_reads(queries, reads)
    return [
        ModuleLedger(module, entries, is_complete)
        for key, (entries, is_complete) in zip(keys, ledgers, strict=True)
        if (module := stored.get(key)) is not None
    ], others


def read_ledger(holder_pk: str, position: LedgerPosition | None, max_entries: int) -> tuple[list[LedgerEntry], bool]:
    """Return entries of one ledger from a position on, and whether there are no more."""
    return _read(holder_pk, "" if position is None else position.entry, max_entries)


def _read(holder_pk: str, start: str, limit: int) -> tuple[list[LedgerEntry], bool]:
    between = LedgerEntry.sk.between(min(max(start, LEDGER), AFTER_LEDGER), AFTER_LEDGER)
    rows = Query(LedgerEntry, holder_pk, range_condition=between).read(limit, max_reads=1, min_items=_MIN_ENTRIES)
    return [LedgerEntry.from_raw_data(item) for item in rows.items], rows.is_complete
