"""The organisation's settings of packing."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.barcodes.prefixes import company_prefix_error
from chalicelib.edge.types import SENTENCE
from chalicelib.identity.settings import settings_section
from chalicelib.packing.sscc import max_serials

_PREFIX = Meta(pattern=r"^[0-9]{6,12}$(?!\n)", extra={SENTENCE: "must be 6 to 12 digits"})


class PackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How boxes get their Serial Shipping Container Codes (SSCC), and what packers are warned of or refused."""

    gs1_company_prefix: Annotated[str, _PREFIX] | None = None
    """The organisation's GS1 company prefix, 6 to 12 digits, of exactly the length that GS1's table gives. It belongs
    to one organisation, and so does every prefix that begins with it. Null: boxes get no SSCC, and the prefix is given
    up."""
    extension_digit: Annotated[int, Meta(ge=0, le=9)] = 0
    """The digit before the prefix, 0 to 9. Another one gives a new range of serial numbers, or distinguishes sites."""
    first_serial: Annotated[int, Meta(ge=0, lt=10**10)] = 0
    """The smallest serial number to use, for a prefix of which another system has used the numbers before it."""
    overpack: Literal["allow", "warn", "refuse"] = "allow"
    """Whether more of a line may be packed than was ordered: yes, with `overpack_warning`, or no."""
    expiry: Literal["off", "warn", "refuse"] = "warn"
    """Whether plates may be packed after their expiry date, which ends in the organisation's time zone: yes, with
    `expiry_warning`, or no."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a prefix that GS1 does not give and of a serial without room."""
        errors = {}
        prefix, serial = present.get("gs1_company_prefix"), present.get("first_serial", 0)
        if isinstance(prefix, str) and (error := company_prefix_error(prefix)) is not None:
            errors["gs1_company_prefix"] = error
        elif isinstance(prefix, str) and isinstance(serial, int) and serial >= (limit := max_serials(prefix)):
            errors["first_serial"] = f"must be less than {limit}, the number of serials of this prefix"
        return errors


PACKING = settings_section("packing", PackingSettings, "packing", renamed={"sscc_extension_digit": "extension_digit"})
