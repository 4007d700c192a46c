"""The order of a work order's notices, as values of the order: what is sent next, and when.

    routed       at once, after routing, reopening and recalling; `routing_notice` is set until it is sent
    due soon     the organisation's `dueSoonHours` before the due date
    overdue      after the due date
    escalated    the organisation's `escalateAfterHours` after the due date

Each is sent once per order and due date. A new due date begins with "due soon" again, but one that the order has had
before, such as that of its former priority, continues where it was: the order remembers its latest due dates.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from chalicelib.core.clock import from_millis, to_millis
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of
from chalicelib.maintenance.rules import Reminder
from chalicelib.maintenance.settings import MAINTENANCE, MaintenanceSettings
from chalicelib.maintenance.workorders.tables import WorkOrder

MAX_REMEMBERED = 20
"""How many former due dates an order remembers; the oldest is forgotten first."""


def due_values(order: WorkOrder, due_at: datetime, organisation: Organisation | None) -> dict[str, object]:
    """Return the values of an order whose due date becomes `due_at`."""
    if due_at == order.due_at:
        return {}
    if order.routing_notice:
        return {"due_at": due_at}
    notice_at = _first_notice_at(order, due_at, section_of(organisation, MAINTENANCE))
    return {"due_at": due_at, "notice_at": notice_at, **_remembered(order)}


def routing_values(order: WorkOrder, due_at: datetime, now: datetime) -> dict[str, object]:
    """Return the values of an order that is as newly routed, and due at `due_at`: its leads are told at once."""
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
