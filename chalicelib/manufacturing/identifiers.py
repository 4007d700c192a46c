"""Names that the rest of the world can use for cells, modules and packs: URIs.

A URI has to be valid, always the same for the same thing, and must not claim what is not so. Three are possible, the
best first:

    https://id.gs1.org/01/09521234543213/21/PK-1   a GS1 Digital Link, if the product's GTIN is known
    https://trace.example.com/pack/PK-1            under an address of the organisation's own, if it says which
    urn:uuid:6d1f0c9e-...                          made from organisation, kind and serial number; nobody has to own it

A GTIN cannot be made up from a company prefix: the company assigns item numbers itself. So there is no way from a
prefix alone to a Digital Link, and none is pretended.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE

SPACE = uuid.UUID("5eb0f31b-f993-4eb2-be0a-5a854a2ba1f2")
"""Where ids that are made from names are at home: things without a URI of their own, and events."""

# What GS1 allows in a serial number (AI 21): its character set 82, at most 20 of them.
_GS1_SERIAL = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")

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
    """The GTINs of a SKU's products, as far as they have one; 14 digits, shorter ones with zeros in front."""

    cell: Gtin | None = None
    module: Gtin | None = None
    pack: Gtin | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Their check digits."""
        return {
            name: "must end in the right check digit"
            for name, gtin in present.items()
            if isinstance(gtin, str) and not is_gtin(gtin)
        }


class TraceabilitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What exported documents call things. `gtins` is by SKU id; without any, things get neutral names."""

    digital_link: Address = "https://id.gs1.org"
    own_address: Address | None = None
    gtins: Annotated[dict[Annotated[str, Meta(max_length=64)], Gtins], Meta(max_length=500)] = {}


class Naming(msgspec.Struct, frozen=True):
    """How one organisation's things are named."""

    org_id: str
    settings: TraceabilitySettings = TraceabilitySettings()

    def uri(self, kind: str, sku_id: str, serial: str) -> str:
        """The URI of a `cell`, `module` or `pack`."""
        gtin = getattr(self.settings.gtins.get(sku_id), kind, None)
        if gtin is not None and _GS1_SERIAL.fullmatch(serial):
            return f"{self.settings.digital_link}/01/{gtin}/21/{quote(serial, safe='')}"
        if self.settings.own_address is not None:
            return f"{self.settings.own_address}/{kind}/{quote(serial, safe='')}"
        return self.made_up(kind, serial)

    def made_up(self, *parts: str) -> str:
        """A `urn:uuid:`, always the same for the same parts of the same organisation."""
        return uuid.uuid5(SPACE, msgspec.json.encode([self.org_id, *parts]).decode()).urn


def is_gtin(digits: str) -> bool:
    """Whether 14 digits end in the check digit that GS1 wants."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    return total % 10 == 0
