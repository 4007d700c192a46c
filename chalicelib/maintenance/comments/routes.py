"""Endpoints of comments on work orders."""

from collections.abc import Sequence

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import User
from chalicelib.maintenance import permissions
from chalicelib.maintenance.comments import queries, service, views
from chalicelib.maintenance.comments.schemas import (
    AddComment,
    CommentPage,
    CommentQuery,
    CommentView,
    PeopleList,
    PeopleQuery,
)
from chalicelib.maintenance.comments.tables import WorkOrderComment
from chalicelib.maintenance.resources import DISCUSSION, WORK_ORDER
from chalicelib.maintenance.workorders.examples import COMMENT, MENTIONED
from chalicelib.maintenance.workorders.tables import WorkOrder

routes = Routes(__name__, "Maintenance")

_COMMENTS = "/v1/work-orders/{work_order_id}/comments"


@routes.post(
    _COMMENTS,
    permission=permissions.COMMENT,
    resource=WORK_ORDER,
    related={"discussion": DISCUSSION},
    if_match="optional",
    body=AddComment,
    returns=CommentView,
    view=views.comment_view,
    status=201,
    audit_target=AuditTarget(WorkOrder.kind, "COMMENT_ADDED", "work_order_id"),
    examples={"request": {"text": COMMENT["text"], "mentions": [MENTIONED["id"]]}, "response": COMMENT},
)
def add_comment(request: Request[AddComment, Empty, WorkOrder], work: UnitOfWork) -> WorkOrderComment:
    """Comment on a work order, in every state, and mention users in the comment.

    Everybody else who takes part is notified (`WO_COMMENT`), as long as the work order is within their reach: who made
    and who assigned it, its technician, the first 50 users who commented or were mentioned, and those whom this comment
    mentions. The version of the work order stays as it is. A repeated request adds another comment: send an
    `Idempotency-Key`.
    """
    return service.add_comment(work, request.resource, request.body, request.actor, request.related["discussion"])


@routes.get(
    _COMMENTS,
    permission=permissions.READ,
    resource=WORK_ORDER,
    query=CommentQuery,
    returns=CommentPage,
    view=views.comment_page_view,
    examples={"response": {"comments": [COMMENT], "nextCursor": None}},
)
def list_comments(request: Request[Empty, CommentQuery, WorkOrder]) -> Page[WorkOrderComment]:
    """List the comments on a work order, oldest first."""
    return queries.list_comments(request.resource, request.query)


@routes.get(
    "/v1/work-orders/{work_order_id}/people",
    permission=permissions.COMMENT,
    resource=WORK_ORDER,
    query=PeopleQuery,
    returns=PeopleList,
    view=views.people_view,
    examples={"response": {"people": [MENTIONED]}},
)
def list_people(request: Request[Empty, PeopleQuery, WorkOrder]) -> Sequence[User]:
    """List users who can be mentioned in comments on a work order, by name: those whom it is within reach of."""
    return queries.list_people(request.resource, request.query, dependencies().clock)
