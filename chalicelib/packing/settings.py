"""The organisation's settings of packing."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE
from chalicelib.identity.settings import settings_section

_PREFIX = Meta(pattern=r"^[0-9]{7,10}$(?!\n)", extra={SENTENCE: "must be 7 to 10 digits"})


class PackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How SSCCs are made for boxes; without a GS1 company prefix boxes get none.

    The extension digit precedes the prefix. Another digit gives a new range of serial numbers, or distinguishes sites.
    """

    gs1_company_prefix: Annotated[str, _PREFIX] | None = None
    sscc_extension_digit: Annotated[int, Meta(ge=0, le=9)] = 0


PACKING = settings_section("packing", PackingSettings, "packing")
