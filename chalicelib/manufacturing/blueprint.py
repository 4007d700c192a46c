"""What a SKU says for good: the blueprint that batches, modules and packs carry with them, and its limits.

A SKU that is active never changes, so whatever is built from it keeps a copy (`SkuSpec`) and no reader has to fetch the
SKU for each row. The limits of the end-of-line test may be long and matter once in a pack's life; they stay with the
SKU.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from chalicelib.edge.types import NOT_BLANK, SENTENCE

T = TypeVar("T")

MAX_PLACES = 6
Name64 = Annotated[str, NOT_BLANK, Meta(max_length=64)]
Unit = Annotated[str, NOT_BLANK, Meta(max_length=16)]
Serial = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$(?!\n)",
        extra={SENTENCE: "must consist of visible ASCII characters without spaces"},
    ),
]
"""A serial number or lot as it is scanned; capitals and small letters are different characters."""


class Limit(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a measured value has to lie within, both ends included; at least one end is given."""

    unit: Unit
    min: Decimal | None = None
    max: Decimal | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """An end at least, in their order, as exact as is stored."""
        low, high = present.get("min"), present.get("max")
        problems = places_problems(present, ("min", "max"))
        if low is None and high is None:
            return {"min": "is required unless max is given"}
        if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
            problems.setdefault("max", "must not be below min")
        return problems


class Measurement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value as it was measured."""

    value: Decimal
    unit: Unit

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """As exact as is stored."""
        return places_problems(present, ("value",))


Limits = dict[Name64, Limit]


class SkuSpec(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A SKU as whatever is built by it carries it; `limits` are there only where one thing is shown in detail."""

    id: str
    name: str
    chemistry: str
    cells_per_module: int
    modules_per_pack: int
    nominal_voltage: Decimal | None = None
    nominal_capacity: Decimal | None = None
    sku_code: str | None = None
    limits: Limits | None = None


class StructAttribute(Attribute[T]):
    """A plain value stored as JSON text, with exact decimals; the audit trail sees the value itself."""

    attr_type = STRING

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self._kind = kind

    def serialize(self, value: T) -> str:
        """As JSON."""
        return _ENCODER.encode(value).decode()

    def deserialize(self, value: str) -> T:
        """The value. Decoders are kept by msgspec per type."""
        decoded: T = msgspec.json.decode(value, type=self._kind)
        return decoded


def places_problems(present: Mapping[str, object], names: tuple[str, ...]) -> dict[str, str]:
    """A sentence for each of these fields whose decimal is finer than is kept."""
    return {name: f"must have at most {MAX_PLACES} decimal places" for name in names if too_fine(present.get(name))}


def too_fine(value: object) -> bool:
    """Whether a decimal has more places than are kept. Zeros at its end are none."""
    if not isinstance(value, Decimal):
        return False
    _, digits, exponent = value.as_tuple()
    excess = -MAX_PLACES - int(exponent)  # taken from its digits: arithmetic would round them to 28 first
    return excess > 0 and any(digits[-excess:])


_ENCODER = msgspec.json.Encoder(decimal_format="number")
