"""The sweep that makes the work orders of occurrences when their time has come, each exactly once.

A schedule is in a sharded index by the moment at which its next work order is made. Each occurrence has a unit of work
of its own: the work order, whose id is that of the schedule and the local date, and the step to the next occurrence,
under the condition of what was read. So of two sweeps that process the same occurrence one fails its condition and runs
again on fresh reads; and a sweep that ends anywhere has either made both or nothing.

A sweep that did not run for days makes all that was missed, a limited number of each schedule per pass: what is left
stays due. An occurrence that cannot be made because the checklist or its item is gone pauses the schedule.
"""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.store import Query, get, get_many
from chalicelib.core.sweep import PAGE_SIZE, DueItem, Sweep, SweepResult
from chalicelib.core.table import set_actions
from chalicelib.core.time_zones import time_zone
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.service import find_item
from chalicelib.maintenance.checklists.tables import Checklist, checklist_key
from chalicelib.maintenance.rules import Priority
from chalicelib.maintenance.schedules.recurrence import occurrences
from chalicelib.maintenance.schedules.rules import moment_of, occurrence_order_id
from chalicelib.maintenance.schedules.tables import (
    SCHEDULE_SHARDS,
    Schedule,
    next_values,
    schedule_key,
    zone_schedules_key,
)
from chalicelib.maintenance.workorders.schemas import CreateWorkOrder
from chalicelib.maintenance.workorders.service import PlannedWorkOrder, create_work_order
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key

ACTOR = "system:sweep"
MAX_OCCURRENCES = 20
"""How many occurrences of one schedule are made when it is settled; the rest stays due."""
_TAKEN_OVER = ("game_zone", "ride_code", "ride_name", "checklist_name", "item_text")
"""What a schedule copies of its ride, checklist and item, which may have been imported again."""
_PER_ORG = 4
"""How many schedules of one organisation are settled at once: they may share a checklist."""


class OccurrenceOutcome(StrEnum):
    """The outcome of one schedule that was due, by the name of its metric."""

    MADE = "SchedulesRun"
    STOPPED = "SchedulesStopped"
    SETTLED = "SchedulesSettled"
    FAILED = "SchedulesFailed"


def make_scheduled_orders(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], page: int = PAGE_SIZE
) -> SweepResult[OccurrenceOutcome]:
    """Make the work order of every occurrence whose time has come."""
    due = Schedule.make_at <= deps.clock.now()
    index = Schedule.schedules_due.Meta.index_name
    sweep = Sweep(
        name="schedules",
        queries=[Query(Schedule, key, index=index, range_condition=due) for key in SCHEDULE_SHARDS.keys("SCHEDULES")],
        id_attribute="schedule_id",
        settle=partial(_settle, deps, sweep_id),
        failed=OccurrenceOutcome.FAILED,
        per_org=_PER_ORG,
        page_size=page,
    )
    return sweep.run(remaining_s)


def _settle(deps: Dependencies, sweep_id: str, due: DueItem) -> OccurrenceOutcome:
    """Make the occurrences of one schedule that are due."""
    actor = Actor(due.org_id, ACTOR, sweep_id)
    outcomes: list[OccurrenceOutcome] = []
    while not outcomes or (outcomes[-1] is OccurrenceOutcome.MADE and len(outcomes) < MAX_OCCURRENCES):
        outcomes.append(deps.runner.run(actor, partial(_make_next, deps, due)))
    made = OccurrenceOutcome.MADE in outcomes and outcomes[-1] is OccurrenceOutcome.SETTLED
    return OccurrenceOutcome.MADE if made else outcomes[-1]


def _make_next(deps: Dependencies, due: DueItem, work: UnitOfWork) -> OccurrenceOutcome:
    """Make the next work order of a schedule if the schedule itself says that it is time: the index may lag behind."""
    schedule = get(schedule_key(due.org_id, due.item_id))
    if schedule is None or schedule.next_on is None or schedule.make_at is None or schedule.make_at > work.now:
        return OccurrenceOutcome.SETTLED
    day = date.fromisoformat(schedule.next_on)
    order_key = work_order_key(due.org_id, occurrence_order_id(schedule.schedule_id, day))
    target_key, settings_key = checklist_key(due.org_id, schedule.checklist_ref), organisation_key(due.org_id)
    stored = get_many((order_key, target_key, settings_key), deps.clock)
    order: WorkOrder | None = None
    if stored.get(order_key) is None:  # it exists if the schedule was moved back after it was made
        checklist = stored.get(target_key)
        if checklist is None:
            return _stop(work, schedule, "The checklist does not exist any more.")
        if find_item(checklist, schedule.item_ref) is None:
            return _stop(work, schedule, "The checklist does not have this item any more.")
        order = _make(work, schedule, day, checklist, stored.get(settings_key))
    _advance(work, schedule, day, order)
    return OccurrenceOutcome.MADE


def _make(
    work: UnitOfWork, schedule: Schedule, day: date, checklist: Checklist, organisation: Organisation | None
) -> WorkOrder:
    """Make the work order of an occurrence, in the name of who made the schedule."""
    actor = Actor(
        schedule.org_id,
        schedule.created_by_id,
        role=schedule.created_by_role,
        full_name=schedule.created_by_name,
        permissions={permissions.CREATE: "org"},  # whatever they may do by now: the schedule was allowed
    )
    due_at = moment_of(day, schedule.recurrence.at, time_zone(schedule.timezone))
    planned = PlannedWorkOrder(occurrence_order_id(schedule.schedule_id, day), due_at)
    command = CreateWorkOrder(
        schedule.checklist_ref, schedule.item_ref, Priority(schedule.priority), schedule.instructions
    )
    return create_work_order(work, checklist, command, actor, organisation, planned=planned).order


def _advance(work: UnitOfWork, schedule: Schedule, day: date, order: WorkOrder | None) -> None:
    """Stage the step to the next occurrence. The schedule takes over what the new order names."""
    following = next(occurrences(schedule.recurrence, day + timedelta(days=1)), None)
    values = next_values(schedule.schedule_id, following)
    named = {} if order is None else {name: getattr(order, name) for name in _TAKEN_OVER}
    values |= {name: value for name, value in named.items() if value != getattr(schedule, name)}
    if "game_zone" in values:
        values["schedule_zone_key"] = zone_schedules_key(schedule.org_id, values["game_zone"])
    work.update_unread(
        schedule_key(schedule.org_id, schedule.schedule_id),
        condition=(Schedule.version == schedule.version) & (Schedule.next_on == schedule.next_on),
        on_conflict=Conflict(),
        actions=set_actions(Schedule, values),
        audited=False,
    )


def _stop(work: UnitOfWork, schedule: Schedule, reason: str) -> OccurrenceOutcome:
    """Pause a schedule whose work orders cannot be made any more."""
    work.audit(Schedule.kind, schedule.schedule_id, "SCHEDULE_STOPPED")
    nothing = next_values(schedule.schedule_id, None)
    work.update(schedule, {"paused": True, "paused_reason": reason, "updated_at": work.now, **nothing})
    return OccurrenceOutcome.STOPPED
