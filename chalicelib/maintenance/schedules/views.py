"""Schedules as clients read them."""

from collections.abc import Sequence
from datetime import date

from chalicelib.core.pagination import Page
from chalicelib.core.time_zones import time_zone
from chalicelib.maintenance.rules import Priority
from chalicelib.maintenance.schedules.recurrence import Occurrence
from chalicelib.maintenance.schedules.rules import moment_of
from chalicelib.maintenance.schedules.schemas import ScheduleOccurrence, SchedulePage, SchedulePreview, ScheduleView
from chalicelib.maintenance.schedules.tables import Schedule


def schedule_view(schedule: Schedule) -> ScheduleView:
    """Return a schedule."""
    return ScheduleView(
        id=schedule.schedule_id,
        version=schedule.version,
        game_zone=schedule.game_zone,
        ride=schedule.ride_name,
        ride_code=schedule.ride_code,
        checklist=schedule.checklist_name,
        checklist_ref=schedule.checklist_ref,
        item_ref=schedule.item_ref,
        item_text=schedule.item_text,
        rrule=schedule.rrule,
        timezone=schedule.timezone,
        starts_on=schedule.starts_on,
        at=schedule.at,
        lead_days=schedule.lead_days,
        priority=Priority(schedule.priority),
        instructions=schedule.instructions,
        paused=schedule.paused,
        paused_reason=schedule.paused_reason,
        next=_next(schedule),
        created_by=schedule.created_by_name,
        created_by_id=schedule.created_by_id,
        created_at=schedule.created_at,
    )


def schedule_page_view(page: Page[Schedule]) -> SchedulePage:
    """Return a page of schedules."""
    return SchedulePage([schedule_view(schedule) for schedule in page.items], page.next_cursor)


def preview_view(occurrences: Sequence[Occurrence]) -> SchedulePreview:
    """Return the occurrences to come."""
    return SchedulePreview([ScheduleOccurrence(one.day.isoformat(), one.at) for one in occurrences])


def _next(schedule: Schedule) -> ScheduleOccurrence | None:
    if schedule.next_on is None:
        return None
    moment = moment_of(date.fromisoformat(schedule.next_on), schedule.recurrence.at, time_zone(schedule.timezone))
    return ScheduleOccurrence(schedule.next_on, moment)
