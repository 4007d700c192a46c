"""The organisation's settings of traceability: how exported documents identify units."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

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
    """The GTINs of a SKU's products, as far as they have one; 14 digits, shorter ones padded with zeros on the left."""

    cell: Gtin | None = None
    module: Gtin | None = None
    pack: Gtin | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of GTINs with a wrong check digit."""
        return {
            name: "must end in the right check digit"
            for name, gtin in present.items()
            if isinstance(gtin, str) and not has_valid_check_digit(gtin)
        }


class TraceabilitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The names in exported documents. `gtins` is by SKU id; a unit without GTIN gets a neutral identifier."""

    digital_link: Address = "https://id.gs1.org"
    own_address: Address | None = None
    gtins: Annotated[dict[Annotated[str, Meta(max_length=64)], Gtins], Meta(max_length=500)] = {}


TRACEABILITY: Section[TraceabilitySettings] = settings_section(
    "traceability", TraceabilitySettings, "how exported documents identify units"
)


def has_valid_check_digit(gtin: str) -> bool:
    """Return whether a GTIN of 14 digits ends in the check digit that GS1 defines."""
    total = sum(int(digit) * (3, 1)[position % 2] for position, digit in enumerate(gtin))
    return total % 10 == 0
