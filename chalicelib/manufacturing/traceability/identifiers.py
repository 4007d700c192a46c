"""Identifiers of cells, modules and packs that other companies can use: URIs.

A URI has to be valid and always the same for the same unit, and must not claim an identifier that is not owned. There
are three forms, in order of preference:

    https://id.gs1.org/01/09521234543213/21/PK-1   a GS1 Digital Link, if the product's GTIN is set
    https://trace.example.com/pack/PK-1            under an address of the organisation, if it sets one
    urn:uuid:6d1f0c9e-...                          made from organisation, kind and serial number

A GTIN cannot be derived from a company prefix, because the company assigns item numbers itself.
"""

import re
import uuid
from urllib.parse import quote

import msgspec

from chalicelib.manufacturing.sku_spec import Gtins
from chalicelib.manufacturing.traceability.settings import TraceabilitySettings

NAMESPACE = uuid.UUID("5eb0f31b-f993-4eb2-be0a-5a854a2ba1f2")
"""The namespace of UUIDs that are made from names: of units without another identifier, and of events."""

# What GS1 allows in a serial number (AI 21): at most 20 characters of its character set 82.
_GS1_SERIAL = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")


class UriNaming(msgspec.Struct, frozen=True):
    """The identifiers of one organisation's units."""

    org_id: str
    settings: TraceabilitySettings = TraceabilitySettings()

    def uri(self, kind: str, sku_id: str, serial: str, gtins: Gtins | None = None) -> str:
        """Return the URI of a `cell`, `module` or `pack`; `gtins` are those of its SKU, if it has any."""
        gtin = getattr(self.settings.gtins.get(sku_id) if gtins is None else gtins, kind, None)
        link = digital_link(self.settings.digital_link, gtin, serial)
        if link is not None:
            return link
        if self.settings.own_address is not None:
            return f"{self.settings.own_address}/{kind}/{quote(serial, safe='')}"
        return self.uuid_urn(kind, serial)

    def uuid_urn(self, *parts: str) -> str:
        """Return a `urn:uuid:`, always the same for the same parts of the same organisation."""
        return uuid.uuid5(NAMESPACE, msgspec.json.encode([self.org_id, *parts]).decode()).urn


def digital_link(resolver: str, gtin: str | None, serial: str) -> str | None:
    """Return the GS1 Digital Link of a unit at a resolver; None without a GTIN, or if GS1 does not allow the serial."""
    if gtin is None or not _GS1_SERIAL.fullmatch(serial):
        return None
    return f"{resolver}/01/{gtin}/21/{quote(serial, safe='')}"
