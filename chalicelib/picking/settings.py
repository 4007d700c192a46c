"""The organisation's settings of picking: the rates that count as 100 percent."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of, settings_section

UnitsPerHour = Annotated[int, Meta(ge=1, le=100_000)]


class PickingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The standard rates of picking, by role."""

    picker_units_per_hour: UnitsPerHour = 120
    """Units per hour of work that count as a score of 100 percent on assignments of pickers."""
    operative_units_per_hour: UnitsPerHour = 80
    """Units per hour of work that count as a score of 100 percent on assignments of operatives."""

    def units_per_hour(self, role: str) -> int:
        """Return the standard rate of a role."""
        return self.operative_units_per_hour if role == "operative" else self.picker_units_per_hour


PICKING = settings_section("picking", PickingSettings, "picking")
"""The section of the organisation's settings."""


def picking_settings(organisation: Organisation | None) -> PickingSettings:
    """Return the organisation's settings of picking."""
    return section_of(organisation, PICKING)
