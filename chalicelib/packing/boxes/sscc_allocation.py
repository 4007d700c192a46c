"""Allocates SSCCs to boxes: each is given once, to one box, for good.

The serial numbers of an extension digit and company prefix come from sixteen counters, each of which gives every
sixteenth number. A box uses the counter of its id, or another one after a conflict, so boxes that are closed at the
same moment seldom wait for each other. The serial number and the box are written in one transaction, so no number is
lost. Each digit and prefix has its own counters, which continue if it is set again. Prefixes that differ only by
trailing zeros share their counters.
"""

from functools import partial

from chalicelib.core.errors import Unavailable
from chalicelib.core.sharding import Shards
from chalicelib.core.store import get, parallel_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.boxes.tables import SERIAL_SHARDS, Box, SerialCounter, SsccClaim, serial_key, sscc_key
from chalicelib.packing.errors import NoSerialsLeft
from chalicelib.packing.settings import PackingSettings
from chalicelib.packing.sscc import make_sscc, max_serials

_SHARDS = Shards(SERIAL_SHARDS)


def allocate_sscc(work: UnitOfWork, box: Box, settings: PackingSettings) -> str | None:
    """Stage a new SSCC of a box and return it; None without a GS1 company prefix. Raise `NoSerialsLeft`."""
    if settings.gs1_company_prefix is None:
        return None
    extension, prefix = settings.sscc_extension_digit, settings.gs1_company_prefix
    digits = f"{extension}{prefix}"
    shard, counter = _find_counter(box, digits, max_serials(prefix), work.conflicts)
    sscc = make_sscc(extension, prefix, _next_serial(shard, counter))
    following = 0 if counter is None else counter.following
    work.update_unread(
        serial_key(box.org_id, digits, shard),
        condition=SerialCounter.pk.does_not_exist() if counter is None else SerialCounter.following == following,
        on_conflict=Unavailable(),
        actions=[SerialCounter.following.set(following + 1)],
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


def _find_counter(box: Box, digits: str, limit: int, conflicts: frozenset[str]) -> tuple[int, SerialCounter | None]:
    """Return the shard of the box, or one without an earlier conflict, and its counter.

    If that shard is used up, all others are read at once. Raise `NoSerialsLeft`.
    """
    first, *others = sorted(_SHARDS.numbers_from(box.box_id), key=lambda shard: _label(shard) in conflicts)
    counter = get(serial_key(box.org_id, digits, first))
    if _next_serial(first, counter) < limit:
        return first, counter
    counters = parallel_reads([partial(get, serial_key(box.org_id, digits, shard)) for shard in others])
    for shard, other in zip(others, counters, strict=True):
        if _next_serial(shard, other) < limit:
            return shard, other
    raise NoSerialsLeft


def _next_serial(shard: int, counter: SerialCounter | None) -> int:
    return (counter.following if counter else 0) * SERIAL_SHARDS + shard


def _label(shard: int) -> str:
    return f"serials {shard}"
