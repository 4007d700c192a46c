"""The caller's own notifications. No endpoint shows those of other users."""

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.notices import permissions, queries, service, views
from chalicelib.notices.events import NOTICE_EXAMPLE
from chalicelib.notices.schemas import NoticePage, NoticeQuery
from chalicelib.notices.tables import Notification, NotificationHead, notification_key

routes = Routes(__name__, "Notifications")

NOTIFICATION_RESOURCE = Resource(
    key=lambda org_id, user_id, notice_id: notification_key(Recipient(org_id, user_id), notice_id),
    id_from=("user_id", "notice_id"),
    owners=lambda _, actor: (actor.user_id,),
    name="notification",
)


@routes.get(
    "/v1/me/notifications",
    permission=permissions.READ,
    query=NoticeQuery,
    returns=NoticePage,
    view=views.notification_page_view,
    examples={"response": {"items": [NOTICE_EXAMPLE], "unread": 1}},
)
def list_notifications(request: Request[Empty, NoticeQuery]) -> queries.NotificationList:
    """List the caller's notifications, newest first, with the number of unread ones.

    New ones also arrive as the event `notice` on the socket, and as push messages on the caller's devices.
    """
    return queries.list_notifications(request.actor, request.query, dependencies().clock)


@routes.post(
    "/v1/me/notifications/{notice_id}/read",
    permission=permissions.READ,
    resource=NOTIFICATION_RESOURCE,
    status=204,
    audit_target=AuditTarget(Notification.kind, "NOTICE_READ", "notice_id"),
)
def read_notification(request: Request[Empty, Empty, Notification], work: UnitOfWork) -> None:
    """Mark a notification as read; marking it again changes nothing."""
    service.read_notification(work, request.resource, request.actor)


@routes.post(
    "/v1/me/notifications/read-all",
    permission=permissions.READ,
    status=204,
    audit_target=AuditTarget(NotificationHead.kind, "NOTICES_READ"),
)
def read_all_notifications(request: Request[Empty], work: UnitOfWork) -> None:
    """Mark all of the caller's notifications as read; repeating it changes nothing."""
    service.read_all_notifications(work, request.actor, dependencies().runner)
