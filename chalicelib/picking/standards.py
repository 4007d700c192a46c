"""What an organisation settles for picking: the pace that counts as 100 percent."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.identity.settings import settings_section

Pace = Annotated[int, Meta(ge=1, le=100_000)]


class PickingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units that somebody at a normal pace picks in an hour of work, by role."""

    picker_units_per_hour: Pace = 120
    operative_units_per_hour: Pace = 80

    def pace_of(self, role: str) -> int:
        """The standard of a queue."""
        return self.operative_units_per_hour if role == "operative" else self.picker_units_per_hour


PICKING = settings_section("picking", PickingSettings, "picking")
