"""The use cases of schedules: create, update, pause, resume, delete.

The first occurrence of a new or resumed schedule is one that is still to come: what passed before is left out. What a
sweep has not made in time stays due when the schedule is edited, by its new rule. Editing never repeats an occurrence
whose work order was made, because its id is taken.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.table import is_as_read
from chalicelib.core.time_zones import time_zone
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.service import require_item, require_ride
from chalicelib.maintenance.checklists.tables import Checklist, Ride, checklist_key, ride_key
from chalicelib.maintenance.schedules.recurrence import Occurrence, Recurrence, occurrences, occurrences_after, today_in
from chalicelib.maintenance.schedules.rules import moment_of
from chalicelib.maintenance.schedules.schemas import CreateSchedule, ScheduleChange
from chalicelib.maintenance.schedules.tables import Schedule, next_values, schedule_key, zone_schedules_key

_FARTHEST = timedelta(days=3653)
"""How far from today a schedule may start: ten years. Its occurrences are counted from there."""
_WHEN = frozenset({"rrule", "timezone", "starts_on", "at", "lead_days"})
_PLAIN = ("rrule", "timezone", "at", "lead_days", "priority", "starts_on")


class _Target(NamedTuple):
    """What a schedule names: an item of a checklist of a ride, as they are stored."""

    ride: Ride | None
    checklist: Checklist | None


def create_schedule(
    work: UnitOfWork, checklist: Checklist, command: CreateSchedule, actor: Actor, ride: Ride | None
) -> Schedule:
    """Make a schedule of an item of a checklist.

    Raise `AccessDenied` for a ride of another game zone, and `ValidationFailed` for a ride that the checklist does not
    belong to, an item that it does not have, and a rule without an occurrence to come.
    """
    schedule_id = work.ids.new()
    today = today_in(command.timezone, work.now)
    schedule = schedule_key(actor.org_id, schedule_id).new(
        schedule_id=schedule_id,
        org_id=actor.org_id,
        **_target_values(actor, _Target(ride, checklist), command.ride_code, command.item_ref),
        rrule=command.rrule.upper(),
        timezone=command.timezone,
        starts_on=_check_start(command.starts_on or today, today).isoformat(),
        at=command.at,
        lead_days=command.lead_days,
        priority=command.priority.value,
        instructions=command.instructions or None,
        created_by_id=actor.user_id,
        created_by_name=actor.full_name,
        created_by_role=actor.role,
        created_at=work.now,
        updated_at=work.now,
    )
    for name, value in next_values(schedule_id, _require_next(schedule.recurrence, work.now)).items():
        setattr(schedule, name, value)
    work.audit(Schedule.kind, schedule_id, "SCHEDULE_CREATED")
    work.create(schedule)
    return schedule


def update_schedule(work: UnitOfWork, schedule: Schedule, command: ScheduleChange, actor: Actor) -> Schedule:
    """Change a schedule, pause it or resume it; work orders that were made already stay as they are.

    Raise what `create_schedule` raises.
    """
    values = _changes(schedule, command, work.now)
    if command.ride_code or command.checklist_ref or command.item_ref:
        values |= _new_target(schedule, command, actor)
    was_paused, missed_on = schedule.paused, _missed_on(schedule, work.now)
    # A sweep leaves the version as it is, so the step that it makes is a condition of its own.
    no_sweep = is_as_read(Schedule.next_on, schedule.next_on)
    work.update(schedule, {**values, "updated_at": work.now}, condition=no_sweep)
    is_edited = not _WHEN.isdisjoint(values)
    if schedule.paused:
        if "rrule" in values:
            _require_next(schedule.recurrence, work.now)
        work.update(schedule, next_values(schedule.schedule_id, None))
    elif was_paused or is_edited:
        following = _require_next if is_edited else _find_next
        occurrence = None if missed_on is None else next(occurrences(schedule.recurrence, missed_on), None)
        occurrence = occurrence or following(schedule.recurrence, work.now)
        work.update(schedule, next_values(schedule.schedule_id, occurrence))
    return schedule


def delete_schedule(work: UnitOfWork, schedule: Schedule) -> None:
    """Delete a schedule; its work orders stay."""
    work.delete(schedule)


def _missed_on(schedule: Schedule, now: datetime) -> date | None:
    """Return the date of the occurrence that is over and whose work order no sweep has made yet, if there is one."""
    if schedule.next_on is None:
        return None
    day = date.fromisoformat(schedule.next_on)
    return day if moment_of(day, schedule.recurrence.at, time_zone(schedule.timezone)) <= now else None


def _find_next(recurrence: Recurrence, moment: datetime) -> Occurrence | None:
    return next(occurrences_after(recurrence, moment), None)


def _require_next(recurrence: Recurrence, now: datetime) -> Occurrence:
    occurrence = _find_next(recurrence, now)
    if occurrence is None:
        raise ValidationFailed({"rrule": "has no occurrence from now on"})
    return occurrence


def _changes(schedule: Schedule, command: ScheduleChange, now: datetime) -> dict[str, Any]:
    """Return the changed values of a schedule, but for its ride, checklist and item."""
    sent = {name: getattr(command, name) for name in _PLAIN if getattr(command, name) is not None}
    values = {name: value for name, value in _stored(sent).items() if value != getattr(schedule, name)}
    if command.starts_on is not None:
        _check_start(command.starts_on, today_in(command.timezone or schedule.timezone, now))
    if command.instructions is not UNSET:
        values["instructions"] = command.instructions or None
    if command.paused is not None:
        values |= {"paused": command.paused, "paused_reason": None}
    return values


def _stored(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are stored."""
    values = dict(sent)
    if "rrule" in values:
        values["rrule"] = values["rrule"].upper()
    if "starts_on" in values:
        values["starts_on"] = values["starts_on"].isoformat()
    if "priority" in values:
        values["priority"] = values["priority"].value
    return values


def _new_target(schedule: Schedule, command: ScheduleChange, actor: Actor) -> dict[str, Any]:
    """Return the values of the ride, checklist and item that a schedule names from now on."""
    ride_code = command.ride_code or schedule.ride_code
    target = _Target(
        get(ride_key(schedule.org_id, ride_code)),
        get(checklist_key(schedule.org_id, command.checklist_ref or schedule.checklist_ref)),
    )
    return _target_values(actor, target, ride_code, command.item_ref or schedule.item_ref)


def _target_values(actor: Actor, target: _Target, ride_code: str, item_ref: str) -> dict[str, Any]:
    """Return the values of a ride, a checklist and an item, after checking that they belong together."""
    if target.checklist is None:
        raise ValidationFailed({"checklistRef": "is not a checklist of this organisation"})
    if target.ride is None or target.checklist.ride_code != ride_code:
        raise ValidationFailed({"rideCode": "is not the ride of this checklist"})
    ride = require_ride(actor, permissions.MANAGE_SCHEDULES, target.ride)
    return {
        "game_zone": ride.game_zone,
        "schedule_zone_key": zone_schedules_key(actor.org_id, ride.game_zone),
        "ride_code": ride.code,
        "ride_name": ride.name,
        "checklist_ref": target.checklist.checklist_ref,
        "checklist_name": target.checklist.name,
        "item_ref": item_ref,
        "item_text": require_item(target.checklist, item_ref)["text"],
    }


def _check_start(starts_on: date, today: date) -> date:
    if abs(starts_on - today) > _FARTHEST:
        raise ValidationFailed({"startsOn": "must be within ten years from today"})
    return starts_on
