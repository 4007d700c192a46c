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

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.maintenance.rules import in_words
from chalicelib.maintenance.tables import WorkOrder
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.service import notify


def assigned(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """To the technician whose it is now."""
    title = f"{order.code} is yours ({order.priority})"
    _tell(work, order, technician_id, NoticeType.WO_ASSIGNED, (title, _subject(order)))


def reassigned(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """To the technician whose it was, and who did not give it back."""
    body = f"{order.technician_name} has it now. {_subject(order)}"
    _tell(work, order, technician_id, NoticeType.WO_REASSIGNED, (f"{order.code} is no longer yours", body))


def returned(work: UnitOfWork, order: WorkOrder, lead_id: str) -> None:
    """To a team lead, who has to find somebody else."""
    title = f"{order.code} was given back by {order.returned_by_name}"
    _tell(work, order, lead_id, NoticeType.WO_RETURNED, (title, order.return_reason or ""))


def due_soon(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """To the technician who has it in hand, and so much time left."""
    body = f"{in_words(order.due_at - work.now)} left. {_subject(order)}"
    _tell(work, order, technician_id, NoticeType.WO_DUE_SOON, (f"{order.code} is due soon", body))


def overdue(work: UnitOfWork, order: WorkOrder, technician_id: str) -> None:
    """To the technician who has it in hand."""
    _tell(work, order, technician_id, NoticeType.WO_OVERDUE, (f"{order.code} is overdue", _subject(order)))


def overdue_with(work: UnitOfWork, order: WorkOrder, lead_id: str) -> None:
    """To a team lead, whose technician has it in hand."""
    body = f"{order.technician_name} has it. {_subject(order)}"
    _tell(work, order, lead_id, NoticeType.WO_OVERDUE, (f"{order.code} is overdue", body))


def leads_of(order: WorkOrder, knowing_id: str, reports_to: str | None) -> list[str]:
    """The team leads of the technician of this order, who reports to `reports_to`; nobody twice.

    `knowing_id` is who knows of it already, and is not told as a lead too.
    """
    known = dict.fromkeys(lead for lead in (order.assigned_by_id, reports_to) if lead)
    return [lead for lead in known if lead != knowing_id]


def _subject(order: WorkOrder) -> str:
    return f"{order.ride_name}: {order.item_text}"


def _tell(work: UnitOfWork, order: WorkOrder, user_id: str, kind: NoticeType, words: tuple[str, str]) -> None:
    """Stage that somebody is told something of an order; `words` are title and text."""
    title, body = words
    subject = NoticeSubject(SubjectKind.WORK_ORDER, order.order_id)
    notify(work, Recipient(order.org_id, user_id), kind, title=title, body=body, subject=subject)
