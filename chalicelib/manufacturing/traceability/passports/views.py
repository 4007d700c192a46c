"""Battery passports as responses: what a view may show, and for the restricted one what is missing."""

from collections.abc import Mapping
from typing import Any

from chalicelib.manufacturing.rules import PackStatus
from chalicelib.manufacturing.schemas import Envelope
from chalicelib.manufacturing.sku_spec import PassportValue
from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES
from chalicelib.manufacturing.traceability.passports.queries import PassportRead
from chalicelib.manufacturing.traceability.passports.rules import Attribute, PassportScope, is_shown, missing, required
from chalicelib.manufacturing.traceability.passports.schemas import (
    Completeness,
    MissingAttribute,
    PassportEntry,
    PassportView,
)


def passport_view(read: PassportRead) -> Envelope[PassportView]:
    """Return a passport as its view shows it."""
    is_restricted = read.scope is PassportScope.RESTRICTED
    return Envelope(
        PassportView(
            view=read.scope,
            serial=read.pack.serial,
            attributes=shown_entries(read.values, read.scope),
            address=read.address,
            pack_id=read.pack.item_id if is_restricted else None,
            status=PackStatus(read.pack.status) if is_restricted else None,
            completeness=_completeness(read.values) if is_restricted else None,
        )
    )


def shown_entries(values: Mapping[str, PassportValue], scope: PassportScope) -> list[PassportEntry]:
    """Return the known attributes that a view shows, in the order of the passport."""
    return [
        PassportEntry(**_field(attribute), value=values[attribute.name])
        for attribute in ATTRIBUTES.values()
        if attribute.name in values and is_shown(attribute, scope)
    ]


def _completeness(values: Mapping[str, PassportValue]) -> Completeness:
    category = values["batteryCategory"].text if "batteryCategory" in values else None
    number = len(required(ATTRIBUTES.values(), category))
    absent = [
        MissingAttribute(**_field(attribute), kind=attribute.kind, unit=attribute.unit, choices=list(attribute.choices))
        for attribute in missing(ATTRIBUTES.values(), category, values)
    ]
    return Completeness(number, number - len(absent), absent)


def _field(attribute: Attribute) -> dict[str, Any]:
    return {name: getattr(attribute, name) for name in ("name", "title", "group", "points", "access", "source")}
