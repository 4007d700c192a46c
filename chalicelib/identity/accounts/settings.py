"""The settings of an organisation that all domains share: its time zone."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.time_zones import time_zone
from chalicelib.edge.types import Code
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of, settings_section


class GeneralSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all parts of the organisation share."""

    timezone: Annotated[Code, Meta(max_length=64)] = "UTC"
    """The organisation's time zone by its IANA name, such as `Europe/Amsterdam`. In it days begin, and times are shown
    that are meant for people."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of an unknown time zone."""
        if str(present.get("timezone", "UTC")) in zone_names():
            return {}
        return {"timezone": "must be the IANA name of a time zone, such as Europe/Amsterdam"}

    @property
    def zone(self) -> tzinfo:
        """Return the time zone; UTC without reading a database."""
        return time_zone(self.timezone)

    def local_date(self, moment: datetime) -> date:
        """Return the date of a moment in the organisation's time zone."""
        return moment.astimezone(self.zone).date()


GENERAL = settings_section("general", GeneralSettings, "the whole organisation")
"""The section of the organisation's settings."""


def general_settings(organisation: Organisation | None) -> GeneralSettings:
    """Return the settings that all domains share."""
    return section_of(organisation, GENERAL)


@cache
def zone_names() -> frozenset[str]:
    """Return the names of time zones in the package's own database, so that every machine knows the same ones."""
    return frozenset(files("tzdata").joinpath("zones").read_text().split())
