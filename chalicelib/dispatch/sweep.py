"""The sweep over offers: an offer that no courier has answered in time goes to the next courier.

Due offers are read from a sharded index, so the cost of a sweep depends only on what is due. Each order has a unit of
work of its own: one that fails does not stop the others, and of two sweeps that process the same order one fails its
condition and does nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum
from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.store import Query, get, parallel
from chalicelib.core.table import key
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.assignment import reassign
from chalicelib.dispatch.rules import OrderAction, OrderState
from chalicelib.dispatch.tables import OFFER_SHARDS, OffersDue, Order, order_key
from chalicelib.edge.dependencies import Dependencies

ACTOR = "system:sweep"
_PER_SHARD = 500


class OfferOutcome(StrEnum):
    """The outcome of one due offer."""

    REASSIGNED = "OffersReassigned"
    EXHAUSTED = "OffersExhausted"
    SETTLED = "OffersSettled"
    FAILED = "OffersFailed"


class DueOffer(msgspec.Struct, frozen=True):
    """An offer whose time is over, as the index says."""

    org_id: str
    order_id: str


def reassign_due(deps: Dependencies, sweep_id: str) -> Counter[OfferOutcome]:
    """Take every due offer away and hand it on; how many ended in which way.

    At most 500 of each shard are taken in one pass, oldest first.
    """
    now = deps.clock.now()
    shards = [partial(_due_in, shard, now) for shard in range(OFFER_SHARDS)]
    due = [one for found in parallel(shards) for one in found]
    outcomes = Counter(parallel([partial(_settle, deps, one, sweep_id) for one in due], pool="sweep"))
    for outcome, amount in outcomes.items():
        observability.count(outcome, amount)
    return outcomes


def _due_in(shard: int, now: datetime) -> list[DueOffer]:
    query = Query(
        Order,
        key("OFFERS", shard),
        index=OffersDue.Meta.index_name,
        range_condition=Order.offer_expires_at <= now,
    )
    return [DueOffer(raw["org_id"]["S"], raw["order_id"]["S"]) for raw in query.raw(limit=_PER_SHARD)["Items"]]


def _settle(deps: Dependencies, due: DueOffer, sweep_id: str) -> OfferOutcome:
    try:
        return deps.runner.run(Actor(due.org_id, ACTOR, sweep_id), partial(_time_out, due))
    except Exception:  # noqa: BLE001 - one order must not stop the others
        observability.log().exception("an offer could not be taken away", extra={"order_id": due.order_id})
        return OfferOutcome.FAILED


def _time_out(due: DueOffer, work: UnitOfWork) -> OfferOutcome:
    """Take one offer away, if it is still due by the order itself: the index may lag behind."""
    order = get(order_key(due.org_id, due.order_id))
    if order is None or order.status != OrderState.ASSIGNED:
        return OfferOutcome.SETTLED
    if order.offer_expires_at is None or order.offer_expires_at > work.now:
        return OfferOutcome.SETTLED
    work.audit(Order.kind, order.order_id, "ORDER_TIMED_OUT")
    courier_id = reassign(work, order, OrderAction.TIME_OUT)
    return OfferOutcome.EXHAUSTED if courier_id is None else OfferOutcome.REASSIGNED
