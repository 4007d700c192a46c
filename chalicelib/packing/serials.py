"""SSCCs for boxes: each is given once, to one box, for good.

The serials of an organisation come from counters that stand side by side, each giving every sixteenth number. A box
asks one of them by its id, and another one if somebody was quicker there, so boxes that are closed at the same moment
seldom wait for each other, and the number and the box that bears it are written in one transaction: none is lost.

When the serials of one extension digit are used up, the next digit begins, which makes ten times as many boxes.
"""

from __future__ import annotations

import zlib

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.organisation import section_of
from chalicelib.identity.tables import organisation_key
from chalicelib.packing.errors import NoSerialsLeft
from chalicelib.packing.settings import PACKING
from chalicelib.packing.sscc import make_sscc, most_serials
from chalicelib.packing.tables import SERIAL_SHARDS, Box, SerialCounter, SsccClaim, serial_key, sscc_key

_EXTENSIONS = 10


def claim(work: UnitOfWork, box: Box, clock: Clock) -> str | None:
    """Claim an SSCC for a box; None if the organisation has no GS1 company prefix. Raises `NoSerialsLeft`."""
    shard = _shard(box.box_id, work.lost)
    at_counter, at_organisation = serial_key(box.org_id, shard), organisation_key(box.org_id)
    found = get_many([at_counter, at_organisation], clock)
    prefix = section_of(found.get(at_organisation), PACKING).gs1_company_prefix
    if prefix is None:
        return None
    counter = found.get(at_counter)
    count = counter.following if counter else 0
    sscc = sscc_at(prefix, count * SERIAL_SHARDS + shard)
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


def sscc_at(prefix: str, place: int) -> str:
    """The SSCC at a place (from 0) among all that a company prefix can make. Raises `NoSerialsLeft`."""
    extension, serial = divmod(place, most_serials(prefix))
    if extension >= _EXTENSIONS:
        raise NoSerialsLeft
    return make_sscc(extension, prefix, serial)


def _shard(box_id: str, lost: frozenset[str]) -> int:
    """The counter that a box asks: its own one, or the next at which nobody was quicker."""
    own = zlib.crc32(box_id.encode())
    shards = [(own + step) % SERIAL_SHARDS for step in range(SERIAL_SHARDS)]
    return next((shard for shard in shards if _label(shard) not in lost), shards[0])


def _label(shard: int) -> str:
    return f"serials {shard}"
