"""The timeline of a work order: one event for every change, written in the same transaction."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.workorders.tables import WorkOrder, WorkOrderEvent, event_key, work_order_key

MAX_EVENTS = 1000
"""The most events of one order that are shown."""

NO_DETAILS: Mapping[str, object] = {}


class TimelineAction(StrEnum):
    """The actions in the timeline of a work order.

    `ROUTED` is its making; `REASSIGNED` takes it from a technician and gives it to another. `HELD` and `RESUMED` begin
    and end a hold. `VENDOR_DONE` and `RECALLED` end the work of a vendor. `REOPENED` opens it again after it was done;
    `EDITED` changes its priority or its instructions. `LABOUR_REMOVED` and `PART_REMOVED` take back what was added.
    """

    ROUTED = "ROUTED"
    ASSIGNED = "ASSIGNED"
    REASSIGNED = "REASSIGNED"
    STARTED = "STARTED"
    HELD = "HELD"
    RESUMED = "RESUMED"
    RETURNED = "RETURNED"
    OUTSOURCED = "OUTSOURCED"
    VENDOR_DONE = "VENDOR_DONE"
    RECALLED = "RECALLED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    REOPENED = "REOPENED"
    EDITED = "EDITED"
    PHOTO_ADDED = "PHOTO_ADDED"
    PHOTO_REMOVED = "PHOTO_REMOVED"
    LABOUR_ADDED = "LABOUR_ADDED"
    LABOUR_REMOVED = "LABOUR_REMOVED"
    PART_ADDED = "PART_ADDED"
    PART_REMOVED = "PART_REMOVED"


BESIDE_STEPS = frozenset(
    {
        *(TimelineAction.PHOTO_ADDED, TimelineAction.PHOTO_REMOVED, TimelineAction.LABOUR_ADDED),
        *(TimelineAction.LABOUR_REMOVED, TimelineAction.PART_ADDED, TimelineAction.PART_REMOVED),
    }
)
"""Actions that leave the version as it is. One that happens beside a step may follow it with the state of before."""


def record_event(
    work: UnitOfWork,
    order: WorkOrder,
    actor: Actor,
    action: TimelineAction,
    note: str | None = None,
    *,
    details: Mapping[str, object] = NO_DETAILS,
) -> WorkOrderEvent:
    """Stage the event of an action; the order has its new state already."""
    event_id = work.ids.new()
    event = event_key(order.org_id, order.order_id, event_id).new(
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
        **details,
    )
    work.create(event, audited=False)
    return event


def steps_of(events: Sequence[WorkOrderEvent]) -> list[WorkOrderEvent]:
    """Return the events of steps, whose states follow from each other."""
    return [event for event in events if event.action not in BESIDE_STEPS]


def list_events(order: WorkOrder, limit: int = MAX_EVENTS) -> list[WorkOrderEvent]:
    """Return the latest `limit` events of an order, oldest first."""
    return list(_events(order, newest_first=True).page(limit).items)[::-1]


def list_steps(order: WorkOrder) -> list[WorkOrderEvent]:
    """Return the events of all steps of an order, oldest first."""
    return steps_of([WorkOrderEvent.from_raw_data(dict(raw)) for raw in _events(order).raw_items()])


def _events(order: WorkOrder, *, newest_first: bool = False) -> Query[WorkOrderEvent]:
    within = WorkOrderEvent.sk.startswith(event_key(order.org_id, order.order_id, "").sk)
    pk = work_order_key(order.org_id, order.order_id).pk
    return Query(WorkOrderEvent, pk, range_condition=within, newest_first=newest_first)
