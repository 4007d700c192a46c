"""The use cases of GS1 company prefixes: an organisation claims one and gives one up.

A prefix belongs to one organisation, from the moment it is set until it is set to null. For some member organisations
GS1's table gives no length, so that one prefix may begin another, such as 7610425 and 76104251: they would give the
same SSCCs. So a prefix also cannot be claimed while another organisation owns one that begins it or that it begins.

A claim writes the node of its digits and those of all shorter beginnings, on their versions. Two claims of which one
begins the other have the node of the shorter one in common, so one of them sees the other.
"""

from typing import NamedTuple

from chalicelib.barcodes.prefixes import SHORTEST_PREFIX
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.boxes.tables import PrefixNode, prefix_key
from chalicelib.packing.errors import PrefixTaken
from chalicelib.packing.settings import PackingSettings


class _Node(NamedTuple):
    """A node as stored; one that is not stored has no owners."""

    key: ItemKey[PrefixNode]
    stored: PrefixNode | None

    @property
    def org_id(self) -> str | None:
        """Return the owner of the prefix."""
        return None if self.stored is None else self.stored.org_id

    @property
    def longer(self) -> dict[str, str]:
        """Return the owners of longer prefixes."""
        return {} if self.stored is None else dict(self.stored.longer)

    def stage(self, work: UnitOfWork, **values: object) -> None:
        """Stage new values."""
        if self.stored is None:
            work.create(self.key.new(**values), Unavailable(), audited=False)
        else:
            work.update(self.stored, values, on_conflict=Unavailable())


def change_prefix(work: UnitOfWork, org_id: str, before: PackingSettings, after: PackingSettings) -> None:
    """Stage that a new prefix belongs to the organisation, or that it gives its prefix up. Raise `PrefixTaken`."""
    if after.gs1_company_prefix is not None:
        claim_prefix(work, org_id, after.gs1_company_prefix)
    elif before.gs1_company_prefix is not None:
        _give_up(work, org_id, before.gs1_company_prefix)


def claim_prefix(work: UnitOfWork, org_id: str, prefix: str) -> None:
    """Stage that a prefix belongs to the organisation, if it does not yet. Raise `PrefixTaken`."""
    *shorter, own = _read(work, prefix)
    if {*own.longer.values(), own.org_id, *(node.org_id for node in shorter)} - {None, org_id}:
        raise PrefixTaken
    if own.org_id is None:
        own.stage(work, org_id=org_id)
        for node in shorter:
            node.stage(work, longer={**node.longer, prefix: org_id})


def _give_up(work: UnitOfWork, org_id: str, prefix: str) -> None:
    """Stage that the organisation owns a prefix no longer, if it does."""
    *shorter, own = _read(work, prefix)
    if own.org_id == org_id:
        own.stage(work, org_id=None)
        for node in shorter:
            node.stage(work, longer={other: owner for other, owner in node.longer.items() if other != prefix})


def _read(work: UnitOfWork, prefix: str) -> list[_Node]:
    """Return the nodes of a prefix and of what it begins with, the prefix itself last."""
    keys = [prefix_key(prefix[:length]) for length in range(SHORTEST_PREFIX, len(prefix) + 1)]
    result = get_many(keys, work.clock)
    return [_Node(key, result.get(key)) for key in keys]
