"""Orders that found no courier and wait for one: where they wait, and the oldest one that fits a courier.

A free courier is looked for when an order begins to wait, and an order when a courier becomes free; both look once more
after their own commit (`matching`). So that neither misses the other, the area of a waiting order is written before the
order, and a courier reads the areas after the commit that makes them free.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from pynamodb.expressions.update import Action

from chalicelib.core.conditional import write_if
from chalicelib.core.store import Query, get, get_many, parallel_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.tables import NOWHERE
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.orders.tables import (
    DUE_SHARDS,
    Order,
    WaitingArea,
    order_key,
    waiting_area_key,
    waiting_areas,
    waiting_cell,
)
from chalicelib.dispatch.settings import dispatch_settings

WAITING, SCHEDULED = "WAITING", "SCHEDULED"
"""What the shards of due orders begin with."""
MAX_AHEAD = timedelta(days=30)
"""How far ahead an order can be scheduled."""
_AREA_SLACK = timedelta(minutes=10)
"""An area is written for longer than its order waits, so that orders after it rarely have to write it again."""
_MAX_AREAS = 50
_CANDIDATES = 10
_MAX_ROWS = 200
"""Rows of the index that are read per area: only couriers who declined very many orders, or who are far off, need more
than the first page."""


class CourierReach(msgspec.Struct, frozen=True):
    """Which orders a courier can get: those near a position (None: all), but none that they had before."""

    org_id: str
    courier_id: str
    position: tuple[float, float] | None
    radius_m: float

    def cells(self) -> set[str] | None:
        """Return the coarse cells that are within reach; None: all."""
        if self.position is None:
            return None
        return {NOWHERE, *geo.cells_within(*self.position, self.radius_m, geo.COVER)}

    def fits(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an index entry is of an order that the courier can get."""
        if self.courier_id in raw.get("tried", {}).get("SS", ()):
            return False
        if self.position is None or "pickup_lat" not in raw:
            return True
        pickup = float(raw["pickup_lat"]["N"]), float(raw["pickup_lng"]["N"])
        return geo.great_circle_m(*self.position, *pickup) <= self.radius_m


def cell_of(order: Order) -> str:
    """Return the coarse cell in which an order waits."""
    return NOWHERE if order.pickup is None else geo.encode(*order.pickup, geo.COVER)


def begin_wait(work: UnitOfWork, order: Order) -> dict[str, object]:
    """Return the fields of an order that waits from now on; its area has been marked."""
    until = _waits_until(work, order)
    return {
        "waiting_until": until,
        "waiting_cell": waiting_cell(order.org_id, cell_of(order)),
        "due_shard": DUE_SHARDS.key_of(order.order_id, WAITING),
        "due_at": until,
    }


def mark_area(work: UnitOfWork, order: Order) -> None:
    """Write that orders wait where this one would, outside the unit of work: it may be written for nothing."""
    until, area_key = _waits_until(work, order), waiting_area_key(order.org_id, cell_of(order))
    area = get(area_key)
    if area is not None and area.until >= until:
        return
    kept_until = until + _AREA_SLACK
    shorter = WaitingArea.until.does_not_exist() | (WaitingArea.until < kept_until)
    actions: list[Action] = [WaitingArea.until.set(kept_until), WaitingArea.expires_at.set(kept_until)]
    write_if(lambda: area_key.new().update(actions=actions, condition=shorter))


def waits_no_more() -> dict[str, object]:
    """Return the fields of an order that does not wait."""
    return {"waiting_until": None, "waiting_cell": None, "due_shard": None, "due_at": None}


def is_waiting(order: Order | None, now: datetime) -> bool:
    """Return whether an order waits for a courier."""
    if order is None or order.status != OrderState.NO_NEARBY_DRIVER or order.waiting_until is None:
        return False
    return order.waiting_until > now


def areas_of(org_id: str) -> list[str]:
    """Return the coarse cells in which orders of an organisation may wait."""
    return [str(area["sk"]["S"]) for area in Query(WaitingArea, waiting_areas(org_id)).read().items]


def find_oldest(
    work: UnitOfWork, reach: CourierReach, areas: Sequence[str], known_id: str | None = None
) -> Order | None:
    """Return the oldest waiting order that the courier can get, or None.

    `areas` are where orders may wait, `known_id` is an order that the index may not hold yet. One round of queries, and
    one batch of the oldest orders.
    """
    cells = reach.cells()
    near = [cell for cell in areas if cells is None or cell in cells]
    reads = [partial(_order_ids, waiting_cell(reach.org_id, cell), reach.fits) for cell in near[:_MAX_AREAS]]
    known = [] if known_id is None else [known_id]
    order_ids = sorted({*known, *(order_id for found in parallel_reads(reads) for order_id in found)})[:_CANDIDATES]
    if not order_ids:
        return None
    keys = [order_key(reach.org_id, order_id) for order_id in order_ids]
    orders = get_many(keys, work.clock)
    fitting = (order for order in map(orders.get, keys) if order is not None and is_waiting(order, work.now))
    return next((order for order in fitting if reach.courier_id not in (order.tried or ())), None)


def _order_ids(hash_key: str, fits: Callable[[Mapping[str, Any]], bool]) -> list[str]:
    """Return the oldest orders that wait in one area and fit."""
    rows = islice(Query(Order, hash_key, Order.waiting.Meta.index_name).raw_items(_CANDIDATES * 2), _MAX_ROWS)
    return list(islice((str(row["order_id"]["S"]) for row in rows if fits(row)), _CANDIDATES))


def _waits_until(work: UnitOfWork, order: Order) -> datetime:
    return work.now + timedelta(minutes=dispatch_settings(work, order.org_id).waiting_minutes)
