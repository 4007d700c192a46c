"""The organisation's settings of maintenance: when a work order of each priority is due, and when people are notified.

A change applies to work orders that are routed after it.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.identity.settings import settings_section
from chalicelib.maintenance.rules import Priority

MAX_SOON_H = 48
"""The largest value of "soon", which bounds what is read to count the orders that are due soon."""
MIN_HOURS = 0.01
Hours = Annotated[float, Meta(ge=MIN_HOURS, le=8784)]


class MaintenanceSettings(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Hours until a work order is due by its priority, and from when on people are notified; decimals are possible.

    A change applies to work orders that are made after it, that of `escalateAfterHours` to those that become overdue
    after it.
    """

    critical_hours: Hours = 4
    """Hours from making a work order of the priority `CRITICAL` until it is due; 4 if absent from a request."""
    high_hours: Hours = 24
    """Hours from making a work order of the priority `HIGH` until it is due; 24 if absent from a request."""
    medium_hours: Hours = 72
    """Hours from making a work order of the priority `MEDIUM` until it is due; 72 if absent from a request."""
    low_hours: Hours = 168
    """Hours from making a work order of the priority `LOW` until it is due; 168 if absent from a request."""
    due_soon_hours: Annotated[float, Meta(ge=MIN_HOURS, le=MAX_SOON_H)] = 2
    """Hours before the due date from which on a work order counts as due soon and its technician is notified, or the
    leads of its game zone if no technician has it in hand; 2 if absent from a request."""
    escalate_after_hours: Hours = 24
    """Hours after the due date until an open work order is reported to the superiors of its game zone's leads; 24 if
    absent from a request."""

    def time_allowed(self, priority: Priority) -> timedelta:
        """Return how long after routing a work order of this priority is due."""
        hours = {
            Priority.CRITICAL: self.critical_hours,
            Priority.HIGH: self.high_hours,
            Priority.MEDIUM: self.medium_hours,
            Priority.LOW: self.low_hours,
        }
        return _span(hours[priority])

    @property
    def soon(self) -> timedelta:
        """Return how long before its due date an order is due soon."""
        return _span(self.due_soon_hours)

    @property
    def escalate_after(self) -> timedelta:
        """Return how long after its due date an order is escalated."""
        return _span(self.escalate_after_hours)


def _span(hours: float) -> timedelta:
    """Return hours as a span in whole milliseconds, as moments are stored."""
    return timedelta(milliseconds=round(hours * 3_600_000))


MAINTENANCE = settings_section("maintenance", MaintenanceSettings, "maintenance")
"""The section of the organisation's settings."""
