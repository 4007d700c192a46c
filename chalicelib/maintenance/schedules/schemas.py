"""Requests and responses of schedules. Responses contain every field; an absent value is null."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.pagination import CursorRequest
from chalicelib.edge.types import SENTENCE, Code, EntityId, Text100
from chalicelib.identity.accounts.settings import zone_names
from chalicelib.maintenance.rules import Priority
from chalicelib.maintenance.schedules.rules import rule_error
from chalicelib.maintenance.workorders.schemas import Instructions

MAX_PREVIEW = 50
_TIME = Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", extra={SENTENCE: "must be a time such as 06:00"})
RuleText = Annotated[Code, Meta(max_length=500)]
TimezoneName = Annotated[Code, Meta(max_length=64)]
LocalTime = Annotated[str, _TIME]
LeadDays = Annotated[int, Meta(ge=0, le=366)]


def check_recurrence(present: Mapping[str, object]) -> Mapping[str, str]:
    """Return the errors of a rule that is not of RFC 5545 or finer than daily, and of an unknown time zone."""
    errors = {}
    rule, timezone = present.get("rrule"), present.get("timezone")
    if isinstance(rule, str) and (error := rule_error(rule.upper())) is not None:
        errors["rrule"] = error
    if timezone is not None and timezone not in zone_names():
        errors["timezone"] = "must be the IANA name of a time zone, such as Europe/Amsterdam"
    return errors


class CreateSchedule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What has to be done again and again, and when."""

    ride_code: EntityId
    """The `code` with which the ride was imported."""
    checklist_ref: EntityId
    """The `checklist_ref` of a checklist of this ride."""
    item_ref: EntityId
    """The `item_ref` of the item of the checklist that is to be worked on."""
    rrule: RuleText
    """A recurrence rule of RFC 5545, daily or coarser, such as `FREQ=MONTHLY;BYDAY=1MO`. Parts that it leaves open
    follow from `startsOn`. `UNTIL` is a date, which is included, or a time in UTC."""
    timezone: TimezoneName
    """The time zone of dates and times of the schedule, by its IANA name, such as `Europe/Amsterdam`."""
    lead_days: LeadDays
    """How many days before an occurrence its work order is made, at the same local time; 0 to 366."""
    priority: Priority
    """The priority of the work orders. Their due dates are those of the occurrences, whatever the priority."""
    instructions: Instructions | None = None
    """What the technician should know."""
    starts_on: date | None = None
    """The local date from which on the rule has occurrences, at most ten years from today; today if absent. `COUNT`
    counts from it."""
    at: LocalTime = "06:00"
    """The local time at which each occurrence is due; `06:00` if absent. A time that a change of the clocks skips moves
    forward, one that comes twice counts once."""

    cross_check = staticmethod(check_recurrence)


class ScheduleChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Changes of a schedule. Omitted fields stay as they are."""

    ride_code: EntityId | None = None
    """The `code` of another ride."""
    checklist_ref: EntityId | None = None
    """The `checklist_ref` of another checklist, which belongs to the ride."""
    item_ref: EntityId | None = None
    """The `item_ref` of another item."""
    rrule: RuleText | None = None
    """Another recurrence rule of RFC 5545, daily or coarser."""
    timezone: TimezoneName | None = None
    """Another time zone, by its IANA name."""
    lead_days: LeadDays | None = None
    """How many days before an occurrence its work order is made; 0 to 366."""
    priority: Priority | None = None
    """The priority of work orders that are made from now on."""
    instructions: Instructions | UnsetType | None = UNSET
    """What the technician should know. Null removes it."""
    starts_on: date | None = None
    """The local date from which on the rule has occurrences, at most ten years from today."""
    at: LocalTime | None = None
    """The local time at which each occurrence is due."""
    paused: bool | None = None
    """Whether to pause the schedule, or, with false, to go on with the next occurrence from now on."""

    cross_check = staticmethod(check_recurrence)


class ScheduleOccurrence(msgspec.Struct, frozen=True):
    """One time that something is to be done."""

    date: str
    """The local date, such as `2026-03-29`."""
    at: datetime
    """The moment at which it is due, in UTC."""


class ScheduleView(msgspec.Struct, frozen=True, rename="camel"):
    """A schedule: what has to be done again and again, and when."""

    id: str
    """The id of the schedule. With the local date of an occurrence it is the id of that occurrence's work order, such
    as `{id}.2026-03-29`."""
    version: int
    """Counts the changes of the schedule, from 1; work orders do not change it. It is the `ETag`."""
    game_zone: str
    """The game zone of the ride."""
    ride: str
    """The name of the ride."""
    ride_code: str
    """The `code` of the ride."""
    checklist: str
    """The name of the checklist."""
    checklist_ref: str
    """The `checklist_ref` of the checklist."""
    item_ref: str
    """The `item_ref` of the item."""
    item_text: str
    """What the item checks."""
    rrule: str
    """The recurrence rule."""
    timezone: str
    """The time zone of the schedule's dates and times."""
    starts_on: str
    """The local date from which on the rule has occurrences."""
    at: str
    """The local time at which each occurrence is due."""
    lead_days: int
    """How many days before an occurrence its work order is made."""
    priority: Priority
    """The priority of the work orders."""
    instructions: str | None
    """What the technician should know. Null if there is nothing."""
    paused: bool
    """Whether the schedule makes no work orders. Occurrences in the meantime are left out."""
    paused_reason: str | None
    """Why the system has paused it, such as an item that the checklist no longer has. Null if it has not."""
    next: ScheduleOccurrence | None
    """The next occurrence whose work order is to be made. Null while the schedule is paused, and after its end."""
    created_by: str
    """The name of who made the schedule. Its work orders are routed in their name."""
    created_by_id: str
    """The id of who made the schedule."""
    created_at: datetime
    """When the schedule was made."""


class SchedulePage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of schedules."""

    schedules: list[ScheduleView]
    """The schedules of this page."""
    next_cursor: str | None
    """The start of the next page, for `cursor`. Null on the last page."""


class SchedulePreview(msgspec.Struct, frozen=True):
    """The coming occurrences of a schedule."""

    occurrences: list[ScheduleOccurrence]
    """The next occurrences from now on, also while the schedule is paused; fewer than `count` where the rule ends."""


class ScheduleQuery(CursorRequest, frozen=True):
    """A page of the schedules of a game zone."""

    zone: Text100 | None = None
    """Only schedules of this game zone. If it is omitted, the caller's own, or all zones if the caller's permission
    covers the organisation. A zone that it does not cover is 403."""


class PreviewQuery(msgspec.Struct, frozen=True):
    """How far to look ahead."""

    count: Annotated[int, Meta(ge=1, le=MAX_PREVIEW)] = 10
    """The largest number of occurrences, 1 to 50; 10 if absent."""
