"""What was done to a work order: one event for every write, in the same transaction, and the timeline made of them."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.tables import WorkOrder, WorkOrderEvent, event_key, work_order_key

MOST = 1000
"""How many events of one order are shown; only somebody who adds and removes photos all day comes near it."""


class Action(StrEnum):
    """What was done."""

    ROUTED = "ROUTED"
    ASSIGNED = "ASSIGNED"
    REASSIGNED = "REASSIGNED"
    STARTED = "STARTED"
    RETURNED = "RETURNED"
    OUTSOURCED = "OUTSOURCED"
    DONE = "DONE"
    PHOTO_ADDED = "PHOTO_ADDED"
    PHOTO_REMOVED = "PHOTO_REMOVED"


def record_event(
    work: UnitOfWork, order: WorkOrder, actor: Actor, action: Action, note: str | None = None
) -> WorkOrderEvent:
    """Stage the event of what this person does; the order shows its new state already."""
    event_id = work.ids.new()
    where = event_key(order.org_id, order.order_id, event_id)
    event = WorkOrderEvent(
        where.pk,
        where.sk,
        event_id=event_id,
        action=action.value,
        state=order.state,
        actor_id=actor.user_id,
        actor_name=actor.full_name,
        actor_role=actor.role,
        at=work.now,
        note=note,
        technician_id=order.technician_id,
        technician_name=order.technician_name,
    )
    work.create(event, audited=False)
    return event


def events_of(order: WorkOrder, most: int = MOST) -> list[WorkOrderEvent]:
    """Everything that was done to an order, oldest first; the latest `most` of it."""
    within = WorkOrderEvent.sk.startswith(event_key(order.org_id, order.order_id, "").sk)
    pk = work_order_key(order.org_id, order.order_id).pk
    return list(Query(WorkOrderEvent, pk, range_condition=within, newest_first=True).page(most).items)[::-1]
