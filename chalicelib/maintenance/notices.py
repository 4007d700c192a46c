"""Who is told what of a work order, in the transaction of the change that they are told of.

    WO_ASSIGNED     who got it
    WO_REASSIGNED   who had it, when it went to a colleague before it was begun
    WO_RETURNED     the team lead: who assigned it, and whom the technician reports to
    WO_DUE_SOON     who has it in hand
    WO_OVERDUE      who has it in hand, and the team lead as above

The team lead is found by what order and person say themselves. So nothing has to be looked up for it, and who leads
the team from now on hears of it because its people report to them.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.maintenance.rules import in_words
from chalicelib.maintenance.tables import WorkOrder
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.service import notify


def assigned(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """Tell a technician that the order is theirs now."""
    _tell(work, order, technician_id, NoticeType.WO_ASSIGNED, (f"New work order {order.code}", _what(order)))


def reassigned(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """Tell a technician that the order went to somebody else."""
    title = f"{order.code} went to somebody else"
    _tell(work, order, technician_id, NoticeType.WO_REASSIGNED, (title, _what(order)))


def returned(work: UnitOfWork, order: WorkOrder, technician_id: str, reports_to: str | None) -> None:
    """Tell the team lead that a technician, who reports to somebody, gave the order back; it shows the reason."""
    body = f"{order.returned_by_name}: {order.return_reason} ({_what(order)})"
    for lead in _leads(order, technician_id, reports_to):
        _tell(work, order, lead, NoticeType.WO_RETURNED, (f"{order.code} was returned", body))


def due_soon(work: UnitOfWork, order: WorkOrder, technician_id: str, left: timedelta) -> None:
    """Remind the technician that there is so much time left."""
    body = f"{in_words(left)} left: {_what(order)}"
    _tell(work, order, technician_id, NoticeType.WO_DUE_SOON, (f"{order.code} is due soon", body))


def overdue(work: UnitOfWork, order: WorkOrder, technician_id: str, reports_to: str | None) -> None:
    """Tell the technician, and the team lead, that the order should have been done by now."""
    title = f"{order.code} is overdue"
    _tell(work, order, technician_id, NoticeType.WO_OVERDUE, (title, _what(order)))
    for lead in _leads(order, technician_id, reports_to):
        _tell(work, order, lead, NoticeType.WO_OVERDUE, (title, f"{order.technician_name}: {_what(order)}"))


def _tell(work: UnitOfWork, order: WorkOrder, person_id: str, notice_type: NoticeType, text: tuple[str, str]) -> None:
    title, body = text
    subject = NoticeSubject(SubjectKind.WORK_ORDER, order.order_id)
    notify(work, Recipient(order.org_id, person_id), notice_type, title=title, body=body, subject=subject)


def _leads(order: WorkOrder, technician_id: str, reports_to: str | None) -> list[str]:
    """Who leads the technician of this order; nobody twice, and never the technician."""
    known = dict.fromkeys(lead for lead in (order.assigned_by_id, reports_to) if lead)
    return [lead for lead in known if lead != technician_id]


def _what(order: WorkOrder) -> str:
    return f"{order.ride_name}: {order.item_text}"
