"""What an organisation settles about its repairs: how soon each priority has to be done, and what "soon" means.

Work orders are due by what is settled when they are routed; what was routed before stays due when it was.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.identity.organisation import section_of, settings_section
from chalicelib.identity.tables import Organisation
from chalicelib.maintenance.rules import Priority

MAX_SOON_H = 48
"""The widest that "soon" can be, so that what is read to count it stays bounded."""
Hours = Annotated[int, Meta(ge=1, le=8784)]


class MaintenanceOptions(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Hours until a work order of each priority is due, and hours before that in which it is due soon."""

    critical_hours: Hours = 4
    high_hours: Hours = 24
    medium_hours: Hours = 72
    low_hours: Hours = 168
    due_soon_hours: Annotated[int, Meta(ge=1, le=MAX_SOON_H)] = 2

    def allowed(self, priority: Priority) -> timedelta:
        """How long a repair of this priority may take."""
        hours = {
            Priority.CRITICAL: self.critical_hours,
            Priority.HIGH: self.high_hours,
            Priority.MEDIUM: self.medium_hours,
            Priority.LOW: self.low_hours,
        }
        return timedelta(hours=hours[priority])

    @property
    def soon(self) -> timedelta:
        """How long before its due date an order is due soon."""
        return timedelta(hours=self.due_soon_hours)


MAINTENANCE = settings_section("maintenance", MaintenanceOptions, "maintenance")
"""An organisation's own."""


def options_of(organisation: Organisation | None) -> MaintenanceOptions:
    """What an organisation has settled."""
    return section_of(organisation, MAINTENANCE)
