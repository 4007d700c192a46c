"""The sweeps over offers without an answer and orders without a courier.

    reassign_due    an offer that no courier has answered in time goes to the next courier; who lets three in a row time
                    out goes off duty
    offer_scheduled a scheduled order whose time has come is offered to a courier
    end_waits       an order that has waited for a courier long enough waits no more
    retry_waiting   an order that still waits is offered to a courier who came near, oldest first

Each order has a unit of work of its own, and of two sweeps that process the same order one fails its condition and does
nothing.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import is_due
from chalicelib.core.parallel import parallel
from chalicelib.core.store import Query, get, parallel_reads
from chalicelib.core.sweep import DueItem, OutcomeT, Sweep, SweepResult, due_queries
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.service import end_duty_of_absent
from chalicelib.dispatch.couriers.tables import NOWHERE
from chalicelib.dispatch.orders.assignment import next_courier, offer_to, reassign
from chalicelib.dispatch.orders.matching import serve_order
from chalicelib.dispatch.orders.rules import OrderAction, OrderState
from chalicelib.dispatch.orders.tables import DUE_SHARDS, OFFER_SHARDS, ORDER_HOURS, Order, order_key
from chalicelib.dispatch.orders.waiting import MAX_AHEAD, SCHEDULED, WAITING, waits_no_more
from chalicelib.dispatch.settings import MAX_WAIT
from chalicelib.edge.dependencies import Dependencies

ACTOR = "system:sweep"
_RESERVE_S = 5.0
"""A page of offers takes at most a second or two; the last pass of a minute begins with fifteen left."""

_SWEEP_NAMES = {SCHEDULED: "scheduled", WAITING: "waits"}
_RETRIED = 200
"""Waiting orders that are read per shard in one sweep, those that began to wait first."""
_PLACE = 14
"""Digits of a cell about a kilometre high: for orders in one such cell the same couriers are near."""


class ScheduleOutcome(StrEnum):
    """The outcome of one scheduled order whose time has come, by the name of its metric."""

    OFFERED = "ScheduledOffered"
    WAITING = "ScheduledWaiting"
    SETTLED = "ScheduledSettled"
    FAILED = "ScheduledFailed"


class WaitOutcome(StrEnum):
    """The outcome of one wait that is over, by the name of its metric."""

    ENDED = "WaitsEnded"
    SETTLED = "WaitsSettled"
    FAILED = "WaitsFailed"


class OfferOutcome(StrEnum):
    """The outcome of one due offer, by the name of its metric."""

    REASSIGNED = "OffersReassigned"
    EXHAUSTED = "OffersExhausted"
    SETTLED = "OffersSettled"
    FAILED = "OffersFailed"


def reassign_due(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float] = lambda: math.inf
) -> SweepResult[OfferOutcome]:
    """Take every due offer from its courier and offer the order to the next one."""
    sweep = Sweep(
        name="offers",
        queries=due_queries(
            Order,
            OFFER_SHARDS.keys("OFFERS"),
            index=Order.offers_due.Meta.index_name,
            attribute=Order.offer_expires_at,
            now=deps.clock.now(),
            life=timedelta(seconds=deps.settings.offer_life_s),
        ),
        id_attribute="order_id",
        settle=partial(_settle, deps, sweep_id, _time_out),
        failed=OfferOutcome.FAILED,
        page_size=500,
        reserve_s=_RESERVE_S,
    )
    return sweep.run(remaining_s)


def _settle(
    deps: Dependencies, sweep_id: str, use_case: Callable[[DueItem, UnitOfWork], OutcomeT], due: DueItem
) -> OutcomeT:
    return deps.runner.run(Actor(due.org_id, ACTOR, sweep_id), partial(use_case, due))


def _due_sweep(
    deps: Dependencies, name: str, life: timedelta, settle: Callable[[DueItem], OutcomeT], failed: OutcomeT
) -> Sweep[OutcomeT]:
    """Return the sweep over orders that are due, scheduled or waiting; `name` begins their shards."""
    queries = due_queries(
        Order,
        DUE_SHARDS.keys(name),
        index=Order.due.Meta.index_name,
        attribute=Order.due_at,
        now=deps.clock.now(),
        life=life,
    )
    return Sweep(
        name=_SWEEP_NAMES[name],
        queries=queries,
        id_attribute="order_id",
        settle=settle,
        failed=failed,
        reserve_s=_RESERVE_S,
    )


def _time_out(due: DueItem, work: UnitOfWork) -> OfferOutcome:
    """Take one offer away if the order itself says that it is due: the index may lag behind."""
    order = get(order_key(due.org_id, due.item_id))
    if order is None or order.status != OrderState.ASSIGNED:
        return OfferOutcome.SETTLED
    life = timedelta(seconds=work.settings.offer_life_s)
    if order.offer_expires_at is None or not is_due(order.offer_expires_at, work.now, life):
        return OfferOutcome.SETTLED
    work.audit(Order.kind, order.order_id, "ORDER_TIMED_OUT")
    courier_id = reassign(work, order, OrderAction.TIME_OUT, end_duty_of_absent(work, order))
    return OfferOutcome.EXHAUSTED if courier_id is None else OfferOutcome.REASSIGNED


def offer_scheduled(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float] = lambda: math.inf
) -> SweepResult[ScheduleOutcome]:
    """Offer every scheduled order whose time has come to a courier."""
    settle, failed = partial(_settle, deps, sweep_id, _offer_scheduled), ScheduleOutcome.FAILED
    return _due_sweep(deps, SCHEDULED, MAX_AHEAD, settle, failed).run(remaining_s)


def _offer_scheduled(due: DueItem, work: UnitOfWork) -> ScheduleOutcome:
    """Offer one scheduled order if it is still scheduled and its time has come."""
    order = get(order_key(due.org_id, due.item_id))
    if order is None or order.status != OrderState.SCHEDULED or order.due_at is None:
        return ScheduleOutcome.SETTLED
    if not is_due(order.due_at, work.now, MAX_AHEAD):
        return ScheduleOutcome.SETTLED
    work.audit(Order.kind, order.order_id, "ORDER_DUE")
    offer_to(work, order, next_courier(work, order))
    return ScheduleOutcome.WAITING if order.assigned_courier is None else ScheduleOutcome.OFFERED


def end_waits(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float] = lambda: math.inf
) -> SweepResult[WaitOutcome]:
    """End the wait of every order that has found no courier in time."""
    settle, failed = partial(_settle, deps, sweep_id, _end_wait), WaitOutcome.FAILED
    return _due_sweep(deps, WAITING, MAX_WAIT, settle, failed).run(remaining_s)


def _end_wait(due: DueItem, work: UnitOfWork) -> WaitOutcome:
    """End one wait if the order itself says that it is over."""
    order = get(order_key(due.org_id, due.item_id))
    if order is None or order.waiting_until is None or not is_due(order.waiting_until, work.now, MAX_WAIT):
        return WaitOutcome.SETTLED
    work.audit(Order.kind, order.order_id, "ORDER_WAIT_ENDED")
    work.update(order, {"updated_at": work.now, **waits_no_more()})
    ORDER_HOURS.count(work, order.org_id, no_nearby_driver=1)
    return WaitOutcome.ENDED


def retry_waiting(deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float] = lambda: math.inf) -> int:
    """Offer waiting orders to couriers who are free near them, the oldest first; return how many were offered.

    Nearly all are offered as soon as a courier is free. This finds couriers who came near since, and makes up for
    follow-ups that failed. Orders of one place are tried until one of them finds no courier.
    """
    now, index = deps.clock.now(), Order.due.Meta.index_name
    queries = [Query(Order, shard, index, Order.due_at > now) for shard in DUE_SHARDS.keys(WAITING)]
    pages = parallel_reads([partial(query.read, _RETRIED) for query in queries])
    places: dict[str, dict[object, list[str]]] = {}
    for row in sorted((row for page in pages for row in page.items), key=lambda row: str(row["order_id"]["S"])):
        place = _place(row), frozenset(row.get("tried", {}).get("SS", ()))
        places.setdefault(row["org_id"]["S"], {}).setdefault(place, []).append(row["order_id"]["S"])
    calls = [partial(_retry, deps, sweep_id, remaining_s, org_id, orders) for org_id, orders in places.items()]
    offered = sum(parallel(calls, pool="sweep"))
    observability.count("WaitingOffered", offered)
    return offered


def _place(row: Mapping[str, Any]) -> str:
    if "pickup_lat" not in row:
        return NOWHERE
    return geo.encode(float(row["pickup_lat"]["N"]), float(row["pickup_lng"]["N"]), _PLACE)


def _retry(
    deps: Dependencies,
    sweep_id: str,
    remaining_s: Callable[[], float],
    org_id: str,
    orders: Mapping[object, Sequence[str]],
) -> int:
    """Try an organisation's waiting orders, place by place; return how many were offered."""
    offered = 0
    for order_ids in orders.values():
        for order_id in order_ids:
            if remaining_s() < _RESERVE_S or not _try_again(deps, sweep_id, org_id, order_id):
                break
            offered += 1
    return offered


def _try_again(deps: Dependencies, sweep_id: str, org_id: str, order_id: str) -> bool:
    """Return whether a courier near this order was offered an order."""
    try:
        return deps.runner.run(Actor(org_id, ACTOR, sweep_id), partial(serve_order, org_id, order_id))
    except Exception:  # noqa: BLE001 - one order must not stop the others
        ids = {"sweep": "waiting", "org_id": org_id, "order_id": order_id}
        observability.log().exception("sweep item failed", extra=ids)
        return False
