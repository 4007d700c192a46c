"""The organisation's settings of packing."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE
from chalicelib.identity.settings import settings_section

_PREFIX = Meta(pattern=r"^[0-9]{7,10}$(?!\n)", extra={SENTENCE: "must be 7 to 10 digits"})


class PackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the Serial Shipping Container Codes (SSCC) of boxes are made."""

    gs1_company_prefix: Annotated[str, _PREFIX] | None = None
    """The organisation's GS1 company prefix, 7 to 10 digits. Null: boxes get no SSCC."""
    sscc_extension_digit: Annotated[int, Meta(ge=0, le=9)] = 0
    """The digit before the prefix, 0 to 9. Another one gives a new range of serial numbers, or distinguishes sites."""


PACKING = settings_section("packing", PackingSettings, "packing")
