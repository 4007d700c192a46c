"""SSCCs for boxes: each is given once, to one box, for good.

The serials of an extension digit and company prefix come from counters that stand side by side, each giving every
sixteenth number. A box asks one of them by its id, and another one if somebody was quicker there, so boxes that are
closed at the same moment seldom wait for each other; and the number and the box that bears it are written in one
transaction, so none is lost. Another digit or prefix has counters of its own, and the old ones go on where they were if
it is settled again.
"""

from __future__ import annotations

import zlib

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get
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
    shard = _shard(box.box_id, work.lost)
    at_counter = serial_key(box.org_id, f"{extension}{prefix}", shard)
    counter = get(at_counter)
    count = counter.following if counter else 0
    serial = count * SERIAL_SHARDS + shard
    if serial >= most_serials(prefix):
        raise NoSerialsLeft
    sscc = make_sscc(extension, prefix, serial)
    as_read = SerialCounter.following == count if counter else SerialCounter.pk.does_not_exist()
    work.amend(
        at_counter,
        guard=as_read,
        on_loss=Unavailable(),
        actions=[SerialCounter.following.set(count + 1)],
        label=_label(shard),
        audited=False,
    )
    work.amend(
        sscc_key(box.org_id, sscc),
        guard=SsccClaim.pk.does_not_exist(),
        on_loss=Unavailable(),
        actions=[SsccClaim.box_id.set(box.box_id), SsccClaim.shipment_id.set(box.shipment_id)],
        label=_label(shard),
        audited=False,
    )
    return sscc


def _shard(box_id: str, lost: frozenset[str]) -> int:
    """The counter that a box asks: its own one, or the next at which nobody was quicker."""
    own = zlib.crc32(box_id.encode())
    shards = [(own + step) % SERIAL_SHARDS for step in range(SERIAL_SHARDS)]
    return next((shard for shard in shards if _label(shard) not in lost), shards[0])


def _label(shard: int) -> str:
    return f"serials {shard}"
