"""Sweeps: settles every item of a sharded index that is due, page by page, within a time budget.

All shards are read in parallel, oldest first, so a sweep costs what is due. Each item is settled by itself: one that
fails is logged and counted, stays in the index for the next sweep, and does not stop the items behind it. Items that
were settled leave the index. A sweep that stops before the end, because its time is over, says so.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import SKEW
from chalicelib.core.parallel import parallel
from chalicelib.core.store import Query, Rows, parallel_reads

OutcomeT = TypeVar("OutcomeT", bound=StrEnum)

PAGE_SIZE = 50
RESERVE_S = 12.0
"""No page is begun with less time left, since its items may take that long when the store is slow."""


def due_queries(
    model: type[Any], hash_keys: Iterable[str], *, index: str, attribute: Any, now: datetime, life: timedelta
) -> list[Query[Any]]:
    """Return the queries of the items that are due by a time that was set at most `life` ahead (`clock.is_due`)."""
    ranges = (attribute <= now, attribute > now + life + SKEW)
    return [Query(model, key, index=index, range_condition=each) for key in hash_keys for each in ranges]


class DueItem(msgspec.Struct, frozen=True):
    """An item that is due, as the index says; the index may lag behind the item."""

    org_id: str
    item_id: str


class SweepResult(msgspec.Struct, Generic[OutcomeT], frozen=True):
    """The number of items per outcome, and of shards that were not read to the end."""

    outcomes: Counter[OutcomeT]
    shards_left: int = 0

    @property
    def is_complete(self) -> bool:
        """Return whether every due item was settled or has failed."""
        return not self.shards_left


class Sweep(msgspec.Struct, Generic[OutcomeT], frozen=True, kw_only=True):
    """A sweep over the due items of `queries`, one for each shard.

    `id_attribute` names the item's id in the index, beside `org_id`. `settle` handles one item; its outcome is the
    name of a metric, and `failed` that of items for which it raised. `per_org` limits how many items of one
    organisation are settled at the same time, for items that change the same other item.
    """

    name: str
    queries: Sequence[Query[Any]]
    id_attribute: str
    settle: Callable[[DueItem], OutcomeT]
    failed: OutcomeT
    per_org: int | None = None
    page_size: int = PAGE_SIZE
    reserve_s: float = RESERVE_S

    def run(self, remaining_s: Callable[[], float] = lambda: math.inf) -> SweepResult[OutcomeT]:
        """Settle what is due until nothing is left or `remaining_s` falls below the reserve."""
        outcomes: Counter[OutcomeT] = Counter()
        shards: list[tuple[Query[Any], Mapping[str, Any] | None]] = [(query, None) for query in self.queries]
        while shards and remaining_s() >= self.reserve_s:
            pages: list[Rows] = parallel_reads([partial(query.read, self.page_size, start) for query, start in shards])
            settled = self._settle_all([self._due(row) for page in pages for row in page.items])
            outcomes.update(settled)
            for outcome, number in settled.items():
                observability.count(outcome, number)
            shards = [(query, page.next_key) for (query, _), page in zip(shards, pages, strict=True) if page.next_key]
        if shards:
            observability.count("SweepShardsLeft", len(shards))
            observability.log().warning("sweep stopped early", extra={"sweep": self.name, "shards_left": len(shards)})
        return SweepResult(outcomes, len(shards))

    def _due(self, row: Mapping[str, Any]) -> DueItem:
        return DueItem(row["org_id"]["S"], row[self.id_attribute]["S"])

    def _settle_all(self, items: Sequence[DueItem]) -> Counter[OutcomeT]:
        settled = parallel([partial(self._settle_lane, lane) for lane in self._lanes(items)], pool="sweep")
        return Counter(outcome for outcomes in settled for outcome in outcomes)

    def _lanes(self, items: Sequence[DueItem]) -> list[Sequence[DueItem]]:
        """Return the items in groups; those of one group are settled one after the other."""
        if self.per_org is None:
            return [[item] for item in items]
        by_org: dict[str, list[DueItem]] = {}
        for item in items:
            by_org.setdefault(item.org_id, []).append(item)
        lanes = (own[lane :: self.per_org] for own in by_org.values() for lane in range(self.per_org))
        return [lane for lane in lanes if lane]

    def _settle_lane(self, lane: Sequence[DueItem]) -> list[OutcomeT]:
        return [self._settle_one(item) for item in lane]

    def _settle_one(self, item: DueItem) -> OutcomeT:
        try:
            return self.settle(item)
        except Exception:  # noqa: BLE001 - one item must not stop the others
            ids = {"sweep": self.name, "org_id": item.org_id, self.id_attribute: item.item_id}
            observability.log().exception("sweep item failed", extra=ids)
            return self.failed
