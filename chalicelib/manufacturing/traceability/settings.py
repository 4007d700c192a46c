"""The organisation's settings of traceability: how exported documents identify units."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE
from chalicelib.identity.settings import Section, settings_section
from chalicelib.manufacturing.sku_spec import Gtins

Address = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$(?!\n)",
        extra={SENTENCE: "must be an http address without a slash at its end"},
    ),
]


class TraceabilitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """How exported documents identify cells, modules and packs."""

    digital_link: Address = "https://id.gs1.org"
    """The address of the GS1 Digital Link resolver with which the identifiers of units with a GTIN begin, without a
    slash at its end; `https://id.gs1.org` if absent from a request."""
    own_address: Address | None = None
    """The address under which units without a GTIN get their identifiers, without a slash at its end. Null: they get
    UUIDs."""
    gtins: Annotated[dict[Annotated[str, Meta(max_length=64)], Gtins], Meta(max_length=500)] = {}
    """The GTINs of what is built for a SKU that has none of its own, by the SKU's id (`SKU-...`); none if absent from a
    request."""


TRACEABILITY: Section[TraceabilitySettings] = settings_section("traceability", TraceabilitySettings, "traceability")
