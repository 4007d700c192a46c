"""The notices of a work order, sent in the transaction of the change that causes them.

    WO_ASSIGNED     to the technician who gets it
    WO_REASSIGNED   to the technician who had it, if it was assigned to another
    WO_RETURNED     to the team leads: who assigned it, and the technician's superior

and those that follow from time, each in a transaction of its own (`reminders/`):

    WO_ROUTED       to the leads of the game zone, at once
    WO_DUE_SOON     to the technician who has it in hand, else to the leads of the game zone
    WO_OVERDUE      to the technician who has it in hand and to the team leads, else to the leads of the game zone
    WO_ESCALATED    to the superiors of the leads of the game zone
"""

from collections.abc import Mapping, Sequence
from functools import partial

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.maintenance.rules import Reminder, WorkOrderState, format_span
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.service import notify

MAX_AT_ONCE = 20
"""How many people are notified in one transaction: a notice takes three of its hundred items."""

_TYPES: Mapping[Reminder, NoticeType] = {
    Reminder.ROUTED: NoticeType.WO_ROUTED,
    Reminder.DUE_SOON: NoticeType.WO_DUE_SOON,
    Reminder.OVERDUE: NoticeType.WO_OVERDUE,
    Reminder.ESCALATED: NoticeType.WO_ESCALATED,
}


def notify_assigned(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """Notify the technician who gets the order."""
    title = f"{order.code} was assigned to you ({order.priority})"
    _notify(work, order, technician_id, NoticeType.WO_ASSIGNED, (title, _subject(order)))


def notify_reassigned(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """Notify the technician from whom the order was taken."""
    body = f"It is now assigned to {order.technician_name}. {_subject(order)}"
    _notify(
        work, order, technician_id, NoticeType.WO_REASSIGNED, (f"{order.code} was assigned to another technician", body)
    )


def notify_returned(work: UnitOfWork, order: WorkOrder, lead_ids: Sequence[str]) -> None:
    """Notify the team leads of a return: the first ones with it, the others in transactions that follow it."""
    title = f"{order.code} was returned by {order.returned_by_name}"
    for lead_id in lead_ids[:MAX_AT_ONCE]:
        _notify(work, order, lead_id, NoticeType.WO_RETURNED, (title, order.return_reason or ""))
    if others := lead_ids[MAX_AT_ONCE:]:
        work.follow_ups.append((order.org_id, partial(notify_returned, order=order, lead_ids=others)))


def notify_due(work: UnitOfWork, order: WorkOrder, notice: Reminder, user_id: str) -> None:
    """Notify a user of the routing, or of what follows from the due date."""
    title = {
        Reminder.ROUTED: f"{order.code} needs a technician ({order.priority})",
        Reminder.DUE_SOON: f"{order.code} is due soon",
        Reminder.OVERDUE: f"{order.code} is overdue",
        Reminder.ESCALATED: f"{order.code} has been overdue for {format_span(work.now - order.due_at)}",
    }[notice]
    left = f"{format_span(order.due_at - work.now)} left." if notice is Reminder.DUE_SOON else ""
    holder = "" if notice is Reminder.ROUTED or user_id == order.technician_id else _holder(order)
    body = " ".join(text for text in (left, holder, _subject(order)) if text)
    _notify(work, order, user_id, _TYPES[notice], (title, body))


def _holder(order: WorkOrder) -> str:
    """Return a sentence that says who has the order."""
    sentences = {
        WorkOrderState.ROUTED: "It is not assigned.",
        WorkOrderState.RETURNED: f"It was returned by {order.returned_by_name}.",
        WorkOrderState.OUTSOURCED: f"It was given to {order.vendor}.",
    }
    return sentences.get(WorkOrderState(order.state), f"It is assigned to {order.technician_name}.")


def _subject(order: WorkOrder) -> str:
    return f"{order.ride_name}: {order.item_text}"


def _notify(work: UnitOfWork, order: WorkOrder, user_id: str, kind: NoticeType, words: tuple[str, str]) -> None:
    """Stage a notice about an order; `words` are its title and text."""
    title, body = words
    subject = NoticeSubject(SubjectKind.WORK_ORDER, order.order_id)
    notify(work, Recipient(order.org_id, user_id), kind, title=title, body=body, subject=subject)
