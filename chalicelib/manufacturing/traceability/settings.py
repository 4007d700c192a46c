"""The organisation's settings of traceability: how exported documents identify units."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.barcodes.codes import is_gtin
from chalicelib.edge.types import SENTENCE
from chalicelib.identity.settings import Section, settings_section

Gtin = Annotated[str, Meta(pattern=r"^[0-9]{14}$(?!\n)", extra={SENTENCE: "must be a GTIN of 14 digits"})]
Address = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$(?!\n)",
        extra={SENTENCE: "must be an http address without a slash at its end"},
    ),
]


class Gtins(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The GTINs of a SKU's products, as far as they have one; shorter ones are padded with zeros on the left."""

    cell: Gtin | None = None
    """The GTIN of the cells: 14 digits, the last one the check digit. Absent if they have none."""
    module: Gtin | None = None
    """The GTIN of the modules: 14 digits, the last one the check digit. Absent if they have none."""
    pack: Gtin | None = None
    """The GTIN of the packs: 14 digits, the last one the check digit. Absent if they have none."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of GTINs with a wrong check digit, and of zero."""
        return {
            name: "must end in the right check digit" if gtin.strip("0") else "must not be zero"
            for name, gtin in present.items()
            if isinstance(gtin, str) and not is_gtin(gtin)
        }


class TraceabilitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """How exported documents identify cells, modules and packs."""

    digital_link: Address = "https://id.gs1.org"
    """The address of the GS1 Digital Link resolver with which the identifiers of units with a GTIN begin, without a
    slash at its end; `https://id.gs1.org` if absent from a request."""
    own_address: Address | None = None
    """The address under which units without a GTIN get their identifiers, without a slash at its end. Null: they get
    UUIDs."""
    gtins: Annotated[dict[Annotated[str, Meta(max_length=64)], Gtins], Meta(max_length=500)] = {}
    """The GTINs of what is built for a SKU, by the SKU's id (`SKU-...`); none if absent from a request."""


TRACEABILITY: Section[TraceabilitySettings] = settings_section("traceability", TraceabilitySettings, "traceability")
