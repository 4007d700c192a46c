"""Endpoints of schedules."""

from collections.abc import Sequence

from chalicelib.core.errors import AccessDenied
from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.tables import Checklist
from chalicelib.maintenance.resources import ROUTED_CHECKLIST, SCHEDULE, SCHEDULED_RIDE
from chalicelib.maintenance.schedules import examples, queries, service, views
from chalicelib.maintenance.schedules.recurrence import Occurrence
from chalicelib.maintenance.schedules.schemas import (
    CreateSchedule,
    PreviewQuery,
    ScheduleChange,
    SchedulePage,
    SchedulePreview,
    ScheduleQuery,
    ScheduleView,
)
from chalicelib.maintenance.schedules.tables import Schedule

routes = Routes(__name__, "Maintenance")


@routes.post(
    "/v1/schedules",
    permission=permissions.MANAGE_SCHEDULES,
    resource=ROUTED_CHECKLIST,
    related={"ride": SCHEDULED_RIDE},
    body=CreateSchedule,
    returns=ScheduleView,
    view=views.schedule_view,
    status=201,
    versioned=True,
    errors=[AccessDenied],
    audit_target=AuditTarget(Schedule.kind, "SCHEDULE_CREATED"),
    examples={"request": examples.NEW_SCHEDULE, "response": examples.SCHEDULE},
)
def create_schedule(request: Request[CreateSchedule, Empty, Checklist], work: UnitOfWork) -> Schedule:
    """Make a schedule, which makes a work order of a checklist's item for each of its occurrences.

    The work order is made `leadDays` before the occurrence, exactly once, and is due at the occurrence's local moment.
    Other open work orders of the item do not matter. Occurrences that have passed make none. A repeated request makes
    another schedule: send an `Idempotency-Key`.
    """
    return service.create_schedule(work, request.resource, request.body, request.actor, request.related["ride"])


@routes.get(
    "/v1/schedules",
    permission=permissions.READ_SCHEDULES,
    query=ScheduleQuery,
    returns=SchedulePage,
    view=views.schedule_page_view,
    errors=[AccessDenied],
    examples={"response": {"schedules": [examples.SCHEDULE], "nextCursor": None}},
)
def list_schedules(request: Request[Empty, ScheduleQuery]) -> Page[Schedule]:
    """List the schedules of a game zone, or of all zones for those whose scope allows it, oldest first."""
    return queries.list_schedules(request.actor, request.query)


@routes.get(
    "/v1/schedules/{schedule_id}",
    permission=permissions.READ_SCHEDULES,
    resource=SCHEDULE,
    returns=ScheduleView,
    view=views.schedule_view,
    versioned=True,
    examples={"response": examples.SCHEDULE},
)
def get_schedule(request: Request[Empty, Empty, Schedule]) -> Schedule:
    """Get a schedule with the next occurrence whose work order is to be made."""
    return request.resource


@routes.get(
    "/v1/schedules/{schedule_id}/preview",
    permission=permissions.READ_SCHEDULES,
    resource=SCHEDULE,
    query=PreviewQuery,
    returns=SchedulePreview,
    view=views.preview_view,
    examples={"response": {"occurrences": examples.OCCURRENCES}},
)
def preview_schedule(request: Request[Empty, PreviewQuery, Schedule]) -> Sequence[Occurrence]:
    """Get the coming occurrences of a schedule."""
    return queries.preview_schedule(request.resource, request.query, dependencies().clock.now())


@routes.patch(
    "/v1/schedules/{schedule_id}",
    permission=permissions.MANAGE_SCHEDULES,
    resource=SCHEDULE,
    body=ScheduleChange,
    returns=ScheduleView,
    view=views.schedule_view,
    versioned=True,
    audit_target=AuditTarget(Schedule.kind, "SCHEDULE_UPDATED", "schedule_id"),
    examples={"request": examples.CHANGE, "response": {**examples.SCHEDULE, **examples.CHANGE, "version": 2}},
)
def update_schedule(request: Request[ScheduleChange, Empty, Schedule], work: UnitOfWork) -> Schedule:
    """Change a schedule, pause it or resume it.

    Work orders that were made already stay as they are. A paused schedule makes none, and goes on from now when it is
    resumed: the occurrences in between are left out.
    """
    return service.update_schedule(work, request.resource, request.body, request.actor)


@routes.delete(
    "/v1/schedules/{schedule_id}",
    permission=permissions.MANAGE_SCHEDULES,
    resource=SCHEDULE,
    status=204,
    versioned=True,
    audit_target=AuditTarget(Schedule.kind, "SCHEDULE_DELETED", "schedule_id"),
)
def delete_schedule(request: Request[Empty, Empty, Schedule], work: UnitOfWork) -> None:
    """Delete a schedule. Its work orders stay."""
    service.delete_schedule(work, request.resource)
