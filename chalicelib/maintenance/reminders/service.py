"""Sends the notices of a work order that follow from time: each in a transaction of its own, exactly once.

The transaction has the notices and the step to the next one, under the condition of everything that was decided on:
the version of the order, the moment of the notice, and who was notified already. So of two that send the same notice
one fails its condition, reads again and finds it sent; and a step that is taken then comes before or after it.

A notice that goes to more people than fit into a transaction is sent in parts, in the order of their ids, and the order
holds the last of them. What is left, and a next notice that is due already, follows at once; the sweep does what fails.

The order of the notices:

    routed       at once, after routing, reopening and recalling; `routing_notice` is set until it is sent
    due soon     the organisation's `dueSoonHours` before the due date
    overdue      after the due date
    escalated    the organisation's `escalateAfterHours` after the due date

Each is sent once per order and due date. A new due date begins with "due soon" again, but one that the order has had
before, such as that of its former priority, continues where it was: the order remembers its latest due dates.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from pynamodb.expressions.condition import Condition

from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.errors import Conflict
from chalicelib.core.store import get
from chalicelib.core.table import set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.identity.settings import section_of
from chalicelib.maintenance.reminders.queries import find_recipients
from chalicelib.maintenance.rules import CLOCKED, Reminder, WorkOrderState, reminder
from chalicelib.maintenance.settings import MAINTENANCE, MaintenanceSettings
from chalicelib.maintenance.workorders import events
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key

MAX_REMEMBERED = 20
"""How many former due dates an order remembers; the oldest is forgotten first."""


def send_soon(work: UnitOfWork, order: WorkOrder) -> None:
    """Send what is due of an order once the unit of work is committed."""
    work.follow_ups.append((order.org_id, partial(send_notice, order.org_id, order.order_id)))


def send_notice(org_id: str, order_id: str, work: UnitOfWork) -> Reminder | None:
    """Send the notice that is due of an order, if one is by the order itself: an index may lag behind. Return which."""
    order = get(work_order_key(org_id, order_id))
    notice = None if order is None else _due_notice(order, work)
    if order is None or notice is None:
        return None
    everybody = find_recipients(order, notice, work.clock)
    left = [user_id for user_id in everybody if user_id > (order.notice_told_to or "")]
    if notice is not Reminder.ROUTED:  # the row of the routing tells of that one
        work.audit(WorkOrder.kind, order.order_id, notice.value)
    for user_id in left[: events.MAX_AT_ONCE]:
        events.notify_due(work, order, notice, user_id)
    if len(left) > events.MAX_AT_ONCE:
        _advance(work, order, {"notice_told_to": left[events.MAX_AT_ONCE - 1]})
    else:
        settings = section_of(get(organisation_key(org_id)), MAINTENANCE)
        _advance(work, order, sent_values(order, notice, settings))
    if _due_notice(order, work) is not None:
        send_soon(work, order)
    return notice


def _due_notice(order: WorkOrder, work: UnitOfWork) -> Reminder | None:
    """Return the notice that is due of an order; none while its clock stands."""
    if order.notice_at is None or WorkOrderState(order.state) not in CLOCKED:
        return None
    return Reminder.ROUTED if order.routing_notice else reminder(order.notice_at, order.due_at, work.now)


def _advance(work: UnitOfWork, order: WorkOrder, values: Mapping[str, object]) -> None:
    """Stage the values of an order that follow from a notice, without a new version; the order has them at once."""
    unchanged = (
        (WorkOrder.version == order.version)
        & same(WorkOrder.notice_at, order.notice_at)
        & same(WorkOrder.notice_told_to, order.notice_told_to)
    )
    work.update_unread(
        work_order_key(order.org_id, order.order_id),
        condition=unchanged,
        on_conflict=Conflict(),
        actions=set_actions(WorkOrder, values),
        audited=False,
    )
    for name, value in values.items():
        setattr(order, name, value)


# --- the order of the notices, as values of the order ----------------------------------------------------------------


def due_values(order: WorkOrder, due_at: datetime, organisation: Organisation | None) -> dict[str, object]:
    """Return the values of an order whose due date becomes `due_at`."""
    if due_at == order.due_at:
        return {}
    if order.routing_notice:
        return {"due_at": due_at}
    notice_at = _first_notice_at(order, due_at, section_of(organisation, MAINTENANCE))
    return {"due_at": due_at, "notice_at": notice_at, **_remembered(order)}


def routing_values(order: WorkOrder, due_at: datetime, now: datetime) -> dict[str, object]:
    """Return the values of an order that is as newly routed, and due at `due_at`: its leads are notified at once."""
    remembered = {} if order.routing_notice else _remembered(order)
    return {"due_at": due_at, "notice_at": now, "routing_notice": True, **remembered}


def sent_values(order: WorkOrder, notice: Reminder, settings: MaintenanceSettings) -> dict[str, object]:
    """Return the values of an order of which a notice was sent to everybody whom it concerns."""
    if notice is Reminder.ROUTED:
        notice_at = _first_notice_at(order, order.due_at, settings)
        return {"notice_at": notice_at, "routing_notice": None, "notice_told_to": None}
    next_at: Mapping[Reminder, datetime | None] = {
        Reminder.DUE_SOON: order.due_at,
        Reminder.OVERDUE: order.due_at + settings.escalate_after,
        Reminder.ESCALATED: None,
    }
    return {"notice_at": next_at[notice], "notice_told_to": None}


def same(attribute: Any, value: object) -> Condition:
    """Return the condition that an attribute is as it was read."""
    condition: Condition = attribute.does_not_exist() if value is None else attribute == value
    return condition


def _first_notice_at(order: WorkOrder, due_at: datetime, settings: MaintenanceSettings) -> datetime | None:
    """Return the moment of the next notice of a due date: where it was if the order has had the date before."""
    earlier = dict(order.earlier_notices or ())
    if to_millis(due_at) not in earlier:
        return due_at - settings.soon
    next_at = earlier[to_millis(due_at)]
    return None if next_at is None else from_millis(int(next_at))


def _remembered(order: WorkOrder) -> dict[str, object]:
    """Return the values of an order that leaves its due date, which it remembers with the date's next notice."""
    left, next_at = to_millis(order.due_at), order.notice_at
    others = [entry for entry in order.earlier_notices or () if entry[0] != left]
    latest = [*others, [left, None if next_at is None else to_millis(next_at)]][-MAX_REMEMBERED:]
    return {"earlier_notices": latest, "notice_told_to": None}
