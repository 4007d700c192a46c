"""Time zones by their names."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo


def time_zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name. UTC needs no time zone database."""
    return UTC if name == "UTC" else ZoneInfo(name)
