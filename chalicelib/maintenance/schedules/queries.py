"""Reads of schedules: lists by game zone, and the occurrences to come."""

from datetime import datetime
from itertools import islice

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import Page
from chalicelib.core.store import Query
from chalicelib.maintenance import permissions
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.schedules.recurrence import Occurrence, occurrences_after
from chalicelib.maintenance.schedules.schemas import PreviewQuery, ScheduleQuery
from chalicelib.maintenance.schedules.tables import Schedule, schedules_key, zone_schedules_key


def list_schedules(actor: Actor, query: ScheduleQuery) -> Page[Schedule]:
    """Return a page of the schedules that the caller may see. Raise `AccessDenied` for a zone outside their scope."""
    reach = reach_of_list(actor, permissions.READ_SCHEDULES, query.zone)
    if reach.is_empty:
        return Page((), None)
    if reach.zone is None:
        return Query(Schedule, schedules_key(actor.org_id)).page(query.limit, query.cursor)
    key, index = zone_schedules_key(actor.org_id, reach.zone), Schedule.schedules_of_zone.Meta.index_name
    return Query(Schedule, key, index=index).page(query.limit, query.cursor)


def preview_schedule(schedule: Schedule, query: PreviewQuery, now: datetime) -> list[Occurrence]:
    """Return the occurrences to come."""
    return list(islice(occurrences_after(schedule.recurrence, now), query.count))
