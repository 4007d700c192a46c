"""The notices of comments, `WO_COMMENT`, sent to who takes part; the texts differ for those who were mentioned."""

from collections.abc import Iterable

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.maintenance.comments.tables import WorkOrderComment
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.service import notify


def notify_commented(work: UnitOfWork, order: WorkOrder, comment: WorkOrderComment, user_ids: Iterable[str]) -> None:
    """Notify users of a comment."""
    mentioned = {mention["id"] for mention in comment.mentions or ()}
    subject = NoticeSubject(SubjectKind.WORK_ORDER, order.order_id)
    for user_id in user_ids:
        done = "mentioned you in a comment on" if user_id in mentioned else "commented on"
        title = f"{comment.author_name} {done} {order.code}"
        recipient = Recipient(order.org_id, user_id)
        notify(work, recipient, NoticeType.WO_COMMENT, title=title, body=comment.text, subject=subject)
