"""The content of a SKU: the specification that batches, modules and packs carry, and the limits of its test.

An active SKU never changes, so each entity built for it holds a copy (`SkuSpec`) and lists need no read per row. The
limits of the end-of-line test can be long and are needed once per pack; only the SKU itself holds them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from chalicelib.core.structs import decoder_of
from chalicelib.edge.types import CODE, SENTENCE, Code, Name, Scan

T = TypeVar("T")

MAX_PLACES = 6
MAX_MEASURED = 10**9
"""The largest measured value in size."""
Name64 = Annotated[Name, Meta(max_length=64)]
Code64 = Annotated[Code, Meta(max_length=64)]
Unit16 = Annotated[Name, Meta(max_length=16)]
Lot = Annotated[
    str,
    CODE,
    Meta(
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$(?!\n)",
        extra={SENTENCE: "must consist of visible ASCII characters without spaces"},
    ),
]
"""A lot as printed; upper and lower case differ."""
ScannedSerial = Annotated[Scan, Meta(max_length=500)]
"""A serial number, or a code that contains it, as scanned; `traceability/rules.py` reads it."""


class Limit(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The bounds of a measured value, both inclusive; at least one is given."""

    unit: Unit16
    """The unit of the value, such as `V`; the measurement has to have exactly the same."""
    min: Decimal | None = None
    """The lowest value that passes, with at most 6 decimal places. Absent if there is none; one of `min` and `max` is
    required."""
    max: Decimal | None = None
    """The highest value that passes, with at most 6 decimal places. Absent if there is none; not below `min`."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of missing, reversed or too precise bounds."""
        low, high = present.get("min"), present.get("max")
        errors = places_errors(present, ("min", "max"))
        if low is None and high is None:
            return {"min": "is required unless max is given"}
        if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
            errors.setdefault("max", "must not be below min")
        return errors


class Measurement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measured value."""

    value: Decimal
    """The measured value, a JSON number from -1,000,000,000 to 1,000,000,000. It is rounded to 6 decimal places."""
    unit: Unit16
    """The unit of the value, such as `V`; where the SKU has a limit of this name, its unit."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a value that is too large for exact sums of squares (`reports/rules.py`)."""
        value = present.get("value")
        too_large = isinstance(value, Decimal) and abs(value) > MAX_MEASURED
        return {"value": f"must be from -{MAX_MEASURED} to {MAX_MEASURED}; use a larger unit"} if too_large else {}


Limits = dict[Name64, Limit]
Measurements = Annotated[dict[Name64, Measurement], Meta(max_length=200)]


class SkuSpec(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A SKU as part of what is built for it."""

    id: str
    """The id of the SKU: `SKU-` and a UUID."""
    name: str
    """The name of the product."""
    chemistry: str
    """The chemistry of the cells, such as `LFP`, in the organisation's own words."""
    cells_per_module: int
    """The number of cells that a module has to hold to be sealed."""
    modules_per_pack: int
    """The number of modules that a pack has to hold to be sealed."""
    nominal_voltage: Decimal | None = None
    """The nominal voltage of the pack in volts. Absent if it was not given."""
    nominal_capacity: Decimal | None = None
    """The nominal capacity of the pack in ampere hours. Absent if it was not given."""
    sku_code: str | None = None
    """The organisation's own code of the product. Absent if it was not given."""
    limits: Limits | None = None
    """The limits of the pack's end-of-line test, by the name of the measurement. Absent if there are none, and in lists
    and responses to changes of batches, modules and packs."""


class StructAttribute(Attribute[T]):
    """A struct stored as JSON text with exact decimals; the audit row shows the struct itself."""

    attr_type = STRING

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self._kind = kind

    def serialize(self, value: T) -> str:
        """Return the JSON text."""
        return _ENCODER.encode(value).decode()

    def deserialize(self, value: str) -> T:
        """Return the struct."""
        decoded: T = decoder_of(self._kind).decode(value)
        return decoded


def places_errors(present: Mapping[str, object], names: tuple[str, ...]) -> dict[str, str]:
    """Return an error for each of these fields whose decimal has too many places."""
    return {
        name: f"must have at most {MAX_PLACES} decimal places"
        for name in names
        if has_too_many_places(present.get(name))
    }


def has_too_many_places(value: object) -> bool:
    """Return whether a decimal has more places than are stored; trailing zeros do not count."""
    if not isinstance(value, Decimal):
        return False
    _, digits, exponent = value.as_tuple()
    excess = -MAX_PLACES - int(exponent)  # counted in digits: arithmetic would first round to 28 of them
    return excess > 0 and any(digits[-excess:])


_ENCODER = msgspec.json.Encoder(decimal_format="number")
