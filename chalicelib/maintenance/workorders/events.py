"""The notices of a work order, sent in the transaction of the change that causes them.

    WO_ASSIGNED     to the technician who gets it
    WO_REASSIGNED   to the technician who had it, if it was assigned to another before it was started
    WO_RETURNED     to the team leads: who assigned it, and the technician's superior
    WO_DUE_SOON     to the technician who has it in hand
    WO_OVERDUE      to the technician who has it in hand, and to the team leads

The team leads are named by the order and the technician themselves, so no list has to be read.
"""

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.maintenance.rules import format_span
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.service import notify


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


def notify_returned(work: UnitOfWork, order: WorkOrder, lead_id: str) -> None:
    """Notify a team lead of a return."""
    title = f"{order.code} was returned by {order.returned_by_name}"
    _notify(work, order, lead_id, NoticeType.WO_RETURNED, (title, order.return_reason or ""))


def notify_due_soon(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """Notify the technician of the time that is left."""
    body = f"{format_span(order.due_at - work.now)} left. {_subject(order)}"
    _notify(work, order, technician_id, NoticeType.WO_DUE_SOON, (f"{order.code} is due soon", body))


def notify_overdue(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """Notify the technician that the order is overdue."""
    _notify(work, order, technician_id, NoticeType.WO_OVERDUE, (f"{order.code} is overdue", _subject(order)))


def notify_lead_overdue(work: UnitOfWork, order: WorkOrder, lead_id: str) -> None:
    """Notify a team lead that an order of the technician is overdue."""
    body = f"It is assigned to {order.technician_name}. {_subject(order)}"
    _notify(work, order, lead_id, NoticeType.WO_OVERDUE, (f"{order.code} is overdue", body))


def team_leads(order: WorkOrder, except_id: str, reports_to: str | None) -> list[str]:
    """Return the team leads of an order whose technician reports to `reports_to`, each once, without `except_id`."""
    leads = dict.fromkeys(lead for lead in (order.assigned_by_id, reports_to) if lead)
    return [lead for lead in leads if lead != except_id]


def _subject(order: WorkOrder) -> str:
    return f"{order.ride_name}: {order.item_text}"


def _notify(work: UnitOfWork, order: WorkOrder, user_id: str, kind: NoticeType, words: tuple[str, str]) -> None:
    """Stage a notice about an order; `words` are its title and text."""
    title, body = words
    subject = NoticeSubject(SubjectKind.WORK_ORDER, order.order_id)
    notify(work, Recipient(order.org_id, user_id), kind, title=title, body=body, subject=subject)
