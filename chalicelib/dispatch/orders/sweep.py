"""The sweep over offers: an offer that no courier has answered in time goes to the next courier.

Each order has a unit of work of its own, and of two sweeps that process the same order one fails its condition and does
nothing.
"""

import math
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.clock import is_due
from chalicelib.core.store import get
from chalicelib.core.sweep import DueItem, Sweep, SweepResult, due_queries
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.orders.assignment import reassign
from chalicelib.dispatch.orders.rules import OrderAction, OrderState
from chalicelib.dispatch.orders.tables import OFFER_SHARDS, Order, order_key
from chalicelib.edge.dependencies import Dependencies

ACTOR = "system:sweep"
_RESERVE_S = 5.0
"""A page of offers takes at most a second or two; the last pass of a minute begins with fifteen left."""


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
        settle=partial(_settle, deps, sweep_id),
        failed=OfferOutcome.FAILED,
        page_size=500,
        reserve_s=_RESERVE_S,
    )
    return sweep.run(remaining_s)


def _settle(deps: Dependencies, sweep_id: str, due: DueItem) -> OfferOutcome:
    return deps.runner.run(Actor(due.org_id, ACTOR, sweep_id), partial(_time_out, due))


def _time_out(due: DueItem, work: UnitOfWork) -> OfferOutcome:
    """Take one offer away if the order itself says that it is due: the index may lag behind."""
    order = get(order_key(due.org_id, due.item_id))
    if order is None or order.status != OrderState.ASSIGNED:
        return OfferOutcome.SETTLED
    life = timedelta(seconds=work.settings.offer_life_s)
    if order.offer_expires_at is None or not is_due(order.offer_expires_at, work.now, life):
        return OfferOutcome.SETTLED
    work.audit(Order.kind, order.order_id, "ORDER_TIMED_OUT")
    courier_id = reassign(work, order, OrderAction.TIME_OUT)
    return OfferOutcome.EXHAUSTED if courier_id is None else OfferOutcome.REASSIGNED
