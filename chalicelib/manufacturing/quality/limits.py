"""What was measured, against the limits of a SKU: as bounds, with the errors that the two give."""

from collections.abc import Mapping, Sequence

import msgspec.structs

from chalicelib.core.errors import ValidationFailed
from chalicelib.manufacturing.quality.rules import (
    LimitBounds,
    LimitViolation,
    MeasuredValue,
    mismatched_units,
    rounded,
)
from chalicelib.manufacturing.sku_spec import Limit, Measurement
from chalicelib.manufacturing.tables import Sku


def rounded_measurements(measurements: Mapping[str, Measurement]) -> dict[str, Measurement]:
    """Return measurements with their values as they are stored."""
    return {
        name: msgspec.structs.replace(measurement, value=rounded(measurement.value))
        for name, measurement in measurements.items()
    }


def measured_values(measurements: Mapping[str, Measurement]) -> dict[str, MeasuredValue]:
    """Return measurements as the rules take them."""
    return {name: MeasuredValue(measurement.value, measurement.unit) for name, measurement in measurements.items()}


def bounds_of(limits: Mapping[str, Limit] | None) -> dict[str, LimitBounds]:
    """Return limits as the rules take them."""
    return {name: LimitBounds(limit.min, limit.max, limit.unit) for name, limit in (limits or {}).items()}


def disposition_bounds(sku: Sku | None) -> dict[str, LimitBounds]:
    """Return the limits of the dispositions of a SKU's packs."""
    return bounds_of(None if sku is None else sku.limits)


def require_units(bounds: Mapping[str, LimitBounds], measured: Mapping[str, MeasuredValue]) -> None:
    """Raise `ValidationFailed` with every measurement in another unit than its limit."""
    units = mismatched_units(bounds, measured)
    if units:
        raise ValidationFailed(
            {f"measurements.{name}.unit": f'must be "{unit}", as in the SKU' for name, unit in units.items()}
        )


def violation_details(violations: Sequence[LimitViolation]) -> list[dict[str, object]]:
    """Return the details of a conflict that name each value that is missing or outside its limit."""
    return [
        {
            "name": violation.name,
            "problem": violation.problem,
            "value": violation.value,
            "min": violation.bounds.minimum,
            "max": violation.bounds.maximum,
            "unit": violation.bounds.unit,
        }
        for violation in violations
    ]
