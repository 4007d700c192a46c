"""SSCCs for boxes: each is given once, to one box, for good.

The serials of an extension digit and company prefix come from counters that stand side by side, each giving every
sixteenth number. A box asks one of them by its id, and another one if somebody was quicker there, so boxes that are
closed at the same moment seldom wait for each other; and the number and the box that bears it are written in one
transaction, so none is lost. Another digit or prefix has counters of its own, and the old ones go on where they were if
it is settled again; only a prefix that differs from another one by zeros at its end shares the other one's.
"""

from __future__ import annotations

import zlib
from functools import partial

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get, parallel
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.errors import NoSerialsLeft
from chalicelib.packing.keys import SERIAL_SHARDS, serial_key, sscc_key
from chalicelib.packing.settings import PackingSettings
from chalicelib.packing.sscc import make_sscc, most_serials
from chalicelib.packing.tables import Box, SerialCounter, SsccClaim


def claim(work: UnitOfWork, box: Box, settled: PackingSettings) -> str | None:
    """Claim an SSCC for a box; None if the organisation has no GS1 company prefix. Raises `NoSerialsLeft`."""
    if settled.gs1_company_prefix is None:
        return None
    extension, prefix = settled.sscc_extension_digit, settled.gs1_company_prefix
    digits = f"{extension}{prefix}"
    shard, counter = _counter(box, digits, most_serials(prefix), work.conflicts)
    sscc = make_sscc(extension, prefix, _next(shard, counter))
    work.update_unread(
        serial_key(box.org_id, digits, shard),
        condition=SerialCounter.pk.does_not_exist()
        if counter is None
        else SerialCounter.following == counter.following,
        on_conflict=Unavailable(),
        actions=[SerialCounter.following.set((counter.following if counter else 0) + 1)],
        label=_label(shard),
        audited=False,
    )
    work.update_unread(
        sscc_key(box.org_id, sscc),
        condition=SsccClaim.pk.does_not_exist(),
        on_conflict=Unavailable(),
        actions=[SsccClaim.box_id.set(box.box_id), SsccClaim.shipment_id.set(box.shipment_id)],
        label=_label(shard),
        audited=False,
    )
    return sscc


def _counter(box: Box, digits: str, most: int, lost: frozenset[str]) -> tuple[int, SerialCounter | None]:
    """The counter that gives a box its serial, and its shard: its own one, or one at which nobody was quicker.

    Where the box's own is used up the others are asked as well, all at once. Raises `NoSerialsLeft`.
    """
    own = zlib.crc32(box.box_id.encode())
    shards = [(own + step) % SERIAL_SHARDS for step in range(SERIAL_SHARDS)]
    first, *others = sorted(shards, key=lambda shard: _label(shard) in lost)
    counter = get(serial_key(box.org_id, digits, first))
    if _next(first, counter) < most:
        return first, counter
    counters = parallel([partial(get, serial_key(box.org_id, digits, shard)) for shard in others])
    for shard, other in zip(others, counters, strict=True):
        if _next(shard, other) < most:
            return shard, other
    raise NoSerialsLeft


def _next(shard: int, counter: SerialCounter | None) -> int:
    """The serial that a counter gives next."""
    return (counter.following if counter else 0) * SERIAL_SHARDS + shard


def _label(shard: int) -> str:
    return f"serials {shard}"
