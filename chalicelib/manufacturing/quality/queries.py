"""Reads of dispositions."""

from chalicelib.core.store import Query
from chalicelib.manufacturing.quality.tables import DISPOSITION, DispositionRecord


def read_dispositions(pack_pk: str) -> list[DispositionRecord]:
    """Return all dispositions of a pack, oldest first."""
    in_pack = DispositionRecord.sk.startswith(DISPOSITION)
    return list(Query(DispositionRecord, pack_pk, range_condition=in_pack).all())
