"""The content of a SKU: the specification that batches, modules and packs carry, its tests and its passport.

An active SKU never changes, so each entity built for it holds a copy (`SkuSpec`) and lists need no read per row. What
each scan is checked against is in the copy. The limits, tests and the passport can be long and are needed once per
unit; only the SKU itself holds them.
"""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from chalicelib.barcodes.codes import is_gtin
from chalicelib.barcodes.patterns import MAX_LENGTH as MAX_PATTERN
from chalicelib.barcodes.patterns import pattern_error
from chalicelib.core.structs import decoder_of
from chalicelib.edge.types import CODE, NOT_BLANK, SENTENCE, Code, Name, Scan

T = TypeVar("T")

MAX_PLACES = 6
MAX_MEASURED = 10**9
"""The largest measured value in size."""
MAX_TEST_LIMITS = 100
"""The limits in all steps of a list of tests; a stored item has a largest size."""
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
SerialPattern = Annotated[str, CODE, Meta(min_length=1, max_length=MAX_PATTERN)]
ScannedSerial = Annotated[Scan, Meta(max_length=500)]
"""A serial number, or a code that contains it, as scanned; `traceability/rules.py` reads it."""


Gtin = Annotated[str, Meta(pattern=r"^[0-9]{14}$(?!\n)", extra={SENTENCE: "must be a GTIN of 14 digits"})]


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


class SerialPatterns(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    r"""The patterns that the serial numbers of what is built for a SKU have to match as a whole.

    A pattern is a part of the syntax of regular expressions: characters, `.`, classes such as `[A-F0-9]`, `\d`, `\w`,
    groups, `|`, and the repeats `?`, `*`, `+`, `{4}`, `{2,}`, `{2,5}`. Look-around, references and repeats of what
    repeats itself are refused.
    """

    cell: SerialPattern | None = None
    """The pattern of the serial numbers of cells. Absent if there is none."""
    module: SerialPattern | None = None
    """The pattern of the serial numbers of modules. Absent if there is none."""
    pack: SerialPattern | None = None
    """The pattern of the serial numbers of packs. Absent if there is none."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of texts that are no patterns."""
        errors = {name: pattern_error(value) for name, value in present.items() if isinstance(value, str)}
        return {name: error for name, error in errors.items() if error is not None}


class TestStep(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of the tests of a unit, with its limits."""

    step: Code64
    """The code of the step, such as `OCV`; each is in the list once."""
    required: bool
    """Whether a unit needs a test of this step that passed."""
    limits: Annotated[Limits, Meta(max_length=50)] = {}
    """The limits of the step by the name of the measurement. Absent if there are none."""


def planned_test_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the errors of lists of tests that name a step twice or have too many limits."""
    errors: dict[str, str] = {}
    for name in ("tests", "moduleTests"):
        steps = [step for step in present.get(name) or () if isinstance(step, TestStep)]  # type: ignore[attr-defined]
        repeated = [step for step, times in Counter(step.step for step in steps).items() if times > 1]
        if repeated:
            errors[name] = f"must not name a step twice: {', '.join(repeated)}"
        elif sum(len(step.limits) for step in steps) > MAX_TEST_LIMITS:
            errors[name] = f"must not have more than {MAX_TEST_LIMITS} limits in all steps"
    return errors


class PassportValue(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The value of an attribute of the battery passport: a text, a quantity with its unit, or a range with its unit."""

    text: Annotated[str, NOT_BLANK, Meta(max_length=500)] | None = None
    """The value of a text, a choice, a link or a month. Absent for quantities and ranges."""
    value: Decimal | None = None
    """The value of a quantity, with at most 6 decimal places. Absent for other values."""
    min: Decimal | None = None
    """The lower end of a range, with at most 6 decimal places. Absent for other values."""
    max: Decimal | None = None
    """The upper end of a range, with at most 6 decimal places, not below `min`. Absent for other values."""
    unit: Unit16 | None = None
    """The unit of a quantity or range. Absent for other values."""


Passport = dict[Code64, PassportValue]
"""Attributes of the battery passport: name to value."""


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
    gtins: Gtins | None = None
    """The GTINs of what is built for the SKU. Absent if it has none of its own."""
    serial_patterns: SerialPatterns | None = None
    """The patterns that new serial numbers have to match. Absent if there are none."""
    require_lot: bool | None = None
    """True if a cell needs a lot to be bound. Absent if it needs none."""
    limits: Limits | None = None
    """The limits of the pack's end-of-line test, by the name of the measurement. Absent if there are none, and in lists
    and responses to changes of batches, modules and packs."""
    tests: list[TestStep] | None = None
    """The tests of a pack. Absent if there are none, in lists, and in responses to changes of batches, modules and
    packs."""
    module_tests: list[TestStep] | None = None
    """The tests of a module. Absent if there are none, in lists, and in responses to changes of batches, modules and
    packs."""
    passport: Passport | None = None
    """The attributes of the battery passport that hold for every pack. Absent if there are none, in lists, and in
    responses to changes of batches, modules and packs."""


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
