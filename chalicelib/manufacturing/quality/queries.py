"""Reads of dispositions."""

from chalicelib.core.store import Query
from chalicelib.manufacturing.quality.tables import DISPOSITION, DispositionRecord

_AFTER_DISPOSITIONS = DISPOSITION.replace("#", "$")
_MIN_RECORDS = 10
"""The records that are read even if an answer of the store ends before; the first may be that of the start."""


def read_dispositions(pack_pk: str) -> list[DispositionRecord]:
    """Return all dispositions of a pack, oldest first."""
    in_pack = DispositionRecord.sk.startswith(DISPOSITION)
    return list(Query(DispositionRecord, pack_pk, range_condition=in_pack).all())


def read_dispositions_from(pack_pk: str, start: str) -> tuple[list[DispositionRecord], bool]:
    """Return dispositions of a pack from a sort key on, up to 1 MB, and whether there are no more."""
    low = min(max(start, DISPOSITION), _AFTER_DISPOSITIONS)
    between = DispositionRecord.sk.between(low, _AFTER_DISPOSITIONS)
    rows = Query(DispositionRecord, pack_pk, range_condition=between).read(max_reads=1, min_items=_MIN_RECORDS)
    return [DispositionRecord.from_raw_data(item) for item in rows.items], rows.is_complete
