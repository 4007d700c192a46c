"""The organisation's settings of packing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE
from chalicelib.identity.settings import settings_section

_PREFIX = Meta(pattern=r"^[0-9]{7,10}$(?!\n)", extra={SENTENCE: "must be 7 to 10 digits"})


class PackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How boxes get their Serial Shipping Container Codes (SSCC), and what packers are warned of or refused."""

    gs1_company_prefix: Annotated[str, _PREFIX] | None = None
    """The organisation's GS1 company prefix, 7 to 10 digits. Null: boxes get no SSCC."""
    sscc_extension_digit: Annotated[int, Meta(ge=0, le=9)] = 0
    """The digit before the prefix, 0 to 9. Another one gives a new range of serial numbers, or distinguishes sites."""
    overpack: Literal["allow", "warn", "refuse"] = "allow"
    """Whether more of a line may be packed than was ordered: yes, with `overpack_warning`, or no."""
    expiry: Literal["off", "warn", "refuse"] = "warn"
    """Whether plates may be packed after their expiry date: yes, with `expiry_warning`, or no."""
    time_zone: Annotated[str, Meta(min_length=1, max_length=64)] = "UTC"
    """The time zone in which a plate's expiry date ends, by its IANA name, such as `Europe/Amsterdam`."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of an unknown time zone."""
        try:
            ZoneInfo(str(present.get("time_zone", "UTC")))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return {"time_zone": "must be the IANA name of a time zone, such as Europe/Amsterdam"}
        return {}

    def today(self, now: datetime) -> date:
        """Return the date in the organisation's time zone."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


PACKING = settings_section("packing", PackingSettings, "packing")
