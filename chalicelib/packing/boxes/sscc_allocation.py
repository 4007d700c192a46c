"""Allocates SSCCs to boxes: each is given once, to one box, for good, in all organisations.

A GS1 company prefix belongs to one organisation (`prefixes`). The serial numbers of an extension digit and prefix come
from sixteen counters, each of which gives every sixteenth number. A box uses the counter of its id, or another one
after a conflict, so boxes that are closed at the same moment seldom wait for each other. The serial number and the box
are written in one transaction, so no number is lost. Each digit and prefix has its own counters, which continue if an
organisation sets it again. Prefixes that differ only by trailing zeros share their counters.

Earlier versions counted for each organisation and knew no owners: counters continue where those ended, and a prefix
that was set then belongs to the first organisation that closes a box with it. Boxes of another one that had set it too
get no SSCC.
"""

from functools import partial
from typing import NamedTuple

from chalicelib.core.errors import Unavailable
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey, ReadResult, get_many, parallel_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.boxes.prefixes import claim_prefix
from chalicelib.packing.boxes.tables import (
    SERIAL_SHARDS,
    Box,
    PrefixNode,
    SerialCounter,
    SsccClaim,
    earlier_serial_key,
    prefix_key,
    serial_key,
    sscc_key,
)
from chalicelib.packing.errors import NoSerialsLeft, PrefixTaken
from chalicelib.packing.settings import PackingSettings
from chalicelib.packing.sscc import make_sscc, max_serials

_SHARDS = Shards(SERIAL_SHARDS)


class _Counter(NamedTuple):
    """A shard's counter: how often it was used, as stored (None: not yet), and how often at least to count from."""

    shard: int
    stored: int | None
    following: int

    @property
    def serial(self) -> int:
        """Return the next serial number."""
        return self.following * SERIAL_SHARDS + self.shard


def allocate_sscc(work: UnitOfWork, box: Box, settings: PackingSettings) -> str | None:
    """Stage a new SSCC of a box and return it; None without a GS1 company prefix of its own. Raise `NoSerialsLeft`."""
    if settings.gs1_company_prefix is None:
        return None
    extension, prefix = settings.extension_digit, settings.gs1_company_prefix
    owner, counter = _find_counter(work, box, settings, prefix)
    if owner != box.org_id and not _claims(work, box.org_id, prefix):
        return None
    sscc = make_sscc(extension, prefix, counter.serial)
    is_same = SerialCounter.pk.does_not_exist() if counter.stored is None else SerialCounter.following == counter.stored
    work.update_unread(
        serial_key(f"{extension}{prefix}", counter.shard),
        condition=is_same,
        on_conflict=Unavailable(),
        actions=[SerialCounter.following.set(counter.following + 1)],
        label=_label(counter.shard),
        audited=False,
    )
    work.update_unread(
        sscc_key(box.org_id, sscc),
        condition=SsccClaim.pk.does_not_exist(),
        on_conflict=Unavailable(),
        actions=[SsccClaim.box_id.set(box.box_id), SsccClaim.shipment_id.set(box.shipment_id)],
        label=_label(counter.shard),
        audited=False,
    )
    return sscc


def _claims(work: UnitOfWork, org_id: str, prefix: str) -> bool:
    """Stage that a prefix that an earlier version set belongs to the organisation; return False if it cannot."""
    try:
        claim_prefix(work, org_id, prefix)
    except PrefixTaken:
        return False
    return True


def _find_counter(work: UnitOfWork, box: Box, settings: PackingSettings, prefix: str) -> tuple[str | None, _Counter]:
    """Return the owner of the prefix, and the counter of the box's shard, or of one without an earlier conflict.

    If that shard is used up, all others are read at once. Raise `NoSerialsLeft`.
    """
    digits, limit = f"{settings.extension_digit}{prefix}", max_serials(prefix)
    first, *others = sorted(_SHARDS.numbers_from(box.box_id), key=lambda shard: _label(shard) in work.conflicts)
    owner_key = prefix_key(prefix)
    read = partial(_read_counter, work, box.org_id, digits, settings.first_serial)
    result, counter = read(first, owner_key)
    if counter.serial >= limit:
        counters = [other for _, other in parallel_reads([partial(read, shard, owner_key) for shard in others])]
        counter = next((each for each in counters if each.serial < limit), counter)
    if counter.serial >= limit:
        raise NoSerialsLeft
    node = result.get(owner_key)
    return None if node is None else node.org_id, counter


def _read_counter(  # noqa: PLR0917 - bound by `partial`
    work: UnitOfWork, org_id: str, digits: str, first_serial: int, shard: int, owner_key: ItemKey[PrefixNode]
) -> tuple[ReadResult, _Counter]:
    """Return a counter as stored, or as an earlier version left it, and not before the first serial number.

    The owner of the prefix is read with it.
    """
    key, earlier_key = serial_key(digits, shard), earlier_serial_key(org_id, digits, shard)
    result = get_many([owner_key, key, earlier_key], work.clock)
    stored = result.get(key)
    used = stored or result.get(earlier_key)
    at_least = max(0, -((shard - first_serial) // SERIAL_SHARDS))
    following = max(0 if used is None else used.following, at_least)
    return result, _Counter(shard, None if stored is None else stored.following, following)


def _label(shard: int) -> str:
    return f"serials {shard}"
