"""Which attributes a battery passport has, who may see them, and the form of its public token."""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from chalicelib.manufacturing.rules import PackStatus


class Access(StrEnum):
    """Who may see an attribute, as Annex XIII of Regulation (EU) 2023/1542 divides them.

    `public`: everybody (point 1). `restricted`: persons with a legitimate interest and the Commission (points 2 and 4).
    `authorities`: notified bodies, market surveillance authorities and the Commission (point 3).
    """

    PUBLIC = "public"
    RESTRICTED = "restricted"
    AUTHORITIES = "authorities"


class PassportScope(StrEnum):
    """What a view of a passport shows.

    `public`: what everybody may see. `restricted`: everything that is known, and what is missing.
    """

    PUBLIC = "public"
    RESTRICTED = "restricted"


class Source(StrEnum):
    """Where the value of an attribute comes from.

    `sku`: a field of the SKU. `manufacturer`: the SKU's `passport`, which the manufacturer supplies. `unit`: the record
    of the pack. `test`: a measurement of a test or disposition that the pack passed. `computed`: made from the others.
    `use`: records of the battery's use, which Baton does not hold.
    """

    SKU = "sku"
    MANUFACTURER = "manufacturer"
    UNIT = "unit"
    TEST = "test"
    COMPUTED = "computed"
    USE = "use"


class ValueKind(StrEnum):
    """The form of a value.

    `text`: `text`. `choice`: `text`, one of those that are named. `link`: `text`, an https address. `month`: `text`, a
    year and month such as `2026-03`. `quantity`: `value` and `unit`. `range`: `min`, `max` and `unit`.
    """

    TEXT = "text"
    CHOICE = "choice"
    LINK = "link"
    MONTH = "month"
    QUANTITY = "quantity"
    RANGE = "range"


class Need(StrEnum):
    """The batteries whose passport needs an attribute: all, those of electric vehicles (`ev`), or none."""

    ALWAYS = "always"
    EV = "ev"
    OPTIONAL = "optional"


class Attribute(NamedTuple):
    """An attribute of the passport.

    `points` are the points of Annex XIII that ask for it. `unit` is that of quantities and ranges.
    """

    name: str
    title: str
    group: str
    points: str
    access: Access
    source: Source
    need: Need
    kind: ValueKind
    unit: str | None
    choices: tuple[str, ...]


class PassportToken(NamedTuple):
    """The parts of a public token: the organisation and the pack."""

    org_id: str
    pack_id: str

    @property
    def text(self) -> str:
        """Return the token as it stands in the address."""
        return f"{self.org_id}.{self.pack_id}"


PUBLISHED = frozenset({PackStatus.READY_FOR_EOL, PackStatus.FINALIZED, PackStatus.REWORK, PackStatus.SHIPPED})
"""The statuses in which everybody may read the public part: the pack was sealed once, and is not void."""

_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.(PCK-[A-Za-z0-9-]{1,64})")
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def parse_token(text: str) -> PassportToken | None:
    """Return the parts of a public token, or None for any other text."""
    match = _TOKEN.fullmatch(text)
    return PassportToken(match[1], match[2]) if match else None


def is_shown(attribute: Attribute, scope: PassportScope) -> bool:
    """Return whether a view shows an attribute."""
    return scope is PassportScope.RESTRICTED or attribute.access is Access.PUBLIC


def required(attributes: Iterable[Attribute], category: str | None) -> list[Attribute]:
    """Return the attributes without which the passport of a battery of this category is incomplete."""
    needs = {Need.ALWAYS} | ({Need.EV} if category == "EV" else set())
    return [attribute for attribute in attributes if attribute.need in needs]


def missing(attributes: Iterable[Attribute], category: str | None, known: Collection[str]) -> list[Attribute]:
    """Return the required attributes that are not known."""
    return [attribute for attribute in required(attributes, category) if attribute.name not in known]


def text_error(attribute: Attribute, text: str) -> str | None:
    """Return why a text is no value of an attribute; None if it is one."""
    if attribute.kind is ValueKind.LINK and not _LINK.fullmatch(text):
        return "must be an https address"
    if attribute.kind is ValueKind.MONTH and not _MONTH.fullmatch(text):
        return "must be a year and month such as 2026-03"
    if attribute.kind is ValueKind.CHOICE and text not in attribute.choices:
        return f"must be one of {', '.join(attribute.choices)}"
    return None


def fields_of(kind: ValueKind) -> tuple[str, ...]:
    """Return the names of the fields that a value of this form has."""
    return {ValueKind.QUANTITY: ("value", "unit"), ValueKind.RANGE: ("min", "max", "unit")}.get(kind, ("text",))
