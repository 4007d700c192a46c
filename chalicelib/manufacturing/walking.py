"""Reading the ledgers of many modules at once, from a certain place on, and keeping that place in a cursor.

A long list of what is inside is told in pages, module by module in the order in which they were bound and, within one,
in the order of its ledger. A place is the last thing that was told: a module, in it an entry of its ledger, in that a
part. Entries stay where they are, also when a cell of theirs is taken off, so a place stays good and the next page goes
on behind it.

How many modules a page needs is known beforehand, because a module in a pack holds exactly what its SKU says. So their
ledgers are read at once, in one round trip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, get_many, parallel_pair
from chalicelib.manufacturing.registry import BOUND, LEDGER, LedgerEntry
from chalicelib.manufacturing.tables import Module, module_key

AFTER_LEDGER = LEDGER.replace("#", "$")
"""A sort key behind those of all entries of a ledger."""
MAX_MODULES = 60
"""How many ledgers are read at once; their modules come in one batch."""
_SHAPE = {"sk": "S"}
_PLACE = re.compile(r"(\S{1,80}) (\S{0,120}) ([0-9]{1,5})")


class Place(msgspec.Struct, frozen=True):
    """The last thing told: a module (`entry` empty), or how many parts of which entry of its ledger."""

    module_id: str
    entry: str = ""
    parts: int = 0


class Ledger(msgspec.Struct, frozen=True):
    """A module and entries of its ledger; `whole` unless there are more behind them."""

    module: Module
    entries: Sequence[LedgerEntry]
    whole: bool


class InPack(msgspec.Struct, frozen=True):
    """A module as the ledger of its pack names it."""

    id: str
    serial: str


def encode(place: Place | None, name: str) -> str | None:
    """A cursor of the list of this name."""
    if place is None:
        return None
    return cursors.encode({"sk": {"S": f"{place.module_id} {place.entry} {place.parts}"}}, name)


def decode(cursor: str | None, name: str) -> Place | None:
    """The place of a cursor. Raises `ValidationFailed` for one that this list did not give."""
    if cursor is None:
        return None
    found = _PLACE.fullmatch(cursors.decode(cursor, name, _SHAPE)["sk"]["S"])
    if found is None:
        raise cursors.refused()
    return Place(found[1], found[2], int(found[3]))


def in_pack(entries: Sequence[LedgerEntry]) -> list[InPack]:
    """The modules of a pack, in the order in which they were bound."""
    return [
        InPack(str(part_id), str(serial))
        for entry in entries
        if entry.change == BOUND
        for part_id, serial in zip(entry.part_ids or (), entry.serials, strict=True)
    ]


def start_at(modules: Sequence[InPack], place: Place | None, most: int) -> list[InPack]:
    """The modules from a place on, `most` of them. Raises `ValidationFailed` if the place is in none of them."""
    if place is None:
        return list(modules[:most])
    first = next((number for number, module in enumerate(modules) if module.id == place.module_id), None)
    if first is None:
        raise cursors.refused()
    return list(modules[first : first + most])


def read_ledgers(
    org_id: str,
    modules: Sequence[InPack],
    place: Place | None,
    most_entries: int,
    *,
    clock: Clock,
    beside: Sequence[Callable[[], Any]] = (),
) -> tuple[list[Ledger], list[Any]]:
    """These modules and their ledgers, of the first only from the place on; and the answers of calls made `beside`.

    All in one round trip.
    """
    keys = [module_key(org_id, module.id) for module in modules]
    starts = [place.entry if place is not None and place.module_id == module.id else "" for module in modules]
    queries = [partial(_read, where.pk, start, most_entries) for where, start in zip(keys, starts, strict=True)]
    calls: list[Callable[[], Any]] = [partial(get_many, keys, clock), *beside]
    ledgers, (found, *others) = parallel_pair(queries, calls)
    return [
        Ledger(module, entries, whole)
        for where, (entries, whole) in zip(keys, ledgers, strict=True)
        if (module := found.get(where)) is not None
    ], others


def read_ledger(holder_pk: str, place: Place | None, most_entries: int) -> tuple[list[LedgerEntry], bool]:
    """Entries of one ledger from a place on, and whether these are all."""
    return _read(holder_pk, "" if place is None else place.entry, most_entries)


def _read(holder_pk: str, start: str, most: int) -> tuple[list[LedgerEntry], bool]:
    between = LedgerEntry.sk.between(min(max(start, LEDGER), AFTER_LEDGER), AFTER_LEDGER)
    answer = Query(LedgerEntry, holder_pk, range_condition=between).raw(most)
    return [LedgerEntry.from_raw_data(item) for item in answer["Items"]], "LastEvaluatedKey" not in answer
