"""Responses of battery passports, and what a SKU may supply for them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.manufacturing.rules import PackStatus
from chalicelib.manufacturing.sku_spec import PassportValue, places_errors
from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES
from chalicelib.manufacturing.traceability.passports.rules import (
    Access,
    Attribute,
    PassportScope,
    Source,
    ValueKind,
    fields_of,
    text_error,
)


class PassportQuery(msgspec.Struct, frozen=True):
    """The view of a passport."""

    view: PassportScope = PassportScope.PUBLIC
    """What to show. `restricted` needs the permission `manufacturing.passport.restricted`."""


class QrQuery(msgspec.Struct, frozen=True):
    """The form of a QR code."""

    format: Literal["svg"] = "svg"
    """The format of the image."""


class PassportField(msgspec.Struct, frozen=True):
    """What an attribute of the passport is."""

    name: str
    """The name of the attribute, such as `ratedCapacity`."""
    title: str
    """What the attribute is, in words."""
    group: str
    """The part of the passport to which the attribute belongs, such as `performance`."""
    points: str
    """The points of Annex XIII of Regulation (EU) 2023/1542 that ask for it; `VI.A` is part A of Annex VI."""
    access: Access
    """Who may see the attribute."""
    source: Source
    """Where its value comes from."""


class PassportEntry(PassportField, frozen=True):
    """An attribute of the passport that is known."""

    value: PassportValue
    """The value of the attribute."""


class MissingAttribute(PassportField, frozen=True, omit_defaults=True, kw_only=True):
    """A required attribute of the passport that is not known."""

    kind: ValueKind
    """The form that its value has."""
    unit: str | None = None
    """The unit of a quantity or range. Absent for other kinds."""
    choices: list[str] = []
    """The texts of which a choice is one. Absent for other kinds."""


class Completeness(msgspec.Struct, frozen=True):
    """Which of the required attributes are known."""

    required: int
    """The number of attributes that a battery of this category needs."""
    known: int
    """The number of these that are known."""
    missing: list[MissingAttribute]
    """Those that are not known, in the order of the passport."""


class PassportView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The passport of a pack: what is known of it, as far as the view shows it."""

    view: PassportScope
    """What is shown."""
    serial: str
    """The serial number of the pack."""
    attributes: list[PassportEntry]
    """The known attributes, in the order of the passport."""
    address: str | None = None
    """The address of the public page of this passport. Absent if the deployment has no such page, before the pack is
    sealed for the first time, and once it is void."""
    pack_id: str | None = None
    """The id of the pack (`PCK-...`). Absent in the public view."""
    status: PackStatus | None = None
    """The status of the pack on the line. Absent in the public view."""
    completeness: Completeness | None = None
    """What is missing. Absent in the public view."""


def passport_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the errors of the field `passport` of a SKU: unknown names, and values of another form or unit."""
    passport = present.get("passport")
    if not isinstance(passport, Mapping):
        return {}
    errors: dict[str, str] = {}
    for name, value in passport.items():
        attribute = ATTRIBUTES.get(name)
        if attribute is None:
            errors[f"passport.{name}"] = "is no attribute of the battery passport"
        elif attribute.source is not Source.MANUFACTURER:
            errors[f"passport.{name}"] = f"is not supplied here; its source is {attribute.source}"
        elif isinstance(value, PassportValue):
            errors |= {f"passport.{name}{part}": error for part, error in _value_errors(attribute, value).items()}
    return errors


def _value_errors(attribute: Attribute, value: PassportValue) -> dict[str, str]:
    """Return the errors of a value, by the part of it: `.unit` and the like, or the empty text for all of it."""
    expected = fields_of(attribute.kind)
    given = {name: field for name, field in msgspec.structs.asdict(value).items() if field is not None}
    if set(given) != set(expected):
        return {"": f"must have {', '.join(expected)} and nothing else, as a {attribute.kind}"}
    errors = {f".{name}": error for name, error in places_errors(given, ("value", "min", "max")).items()}
    if value.text is not None and (error := text_error(attribute, value.text)):
        errors[".text"] = error
    if value.unit != attribute.unit:
        errors[".unit"] = f'must be "{attribute.unit}"'
    if value.min is not None and value.max is not None and value.min > value.max:
        errors.setdefault(".max", "must not be below min")
    return errors
