"""Units of measurements get their codes of UN/CEFACT Recommendation 20, or none rather than a wrong one."""

import re

import pytest

from chalicelib.manufacturing.traceability.units import UNITS, unit_of
from tests.builders.epcis import validator


@pytest.mark.parametrize(
    ("written", "code", "quantity"),
    [
        ("V", "VLT", "Voltage"),
        ("mV", "2Z", "Voltage"),
        ("A", "AMP", "ElectricCurrent"),
        ("Ah", "AMH", "ElectricCharge"),
        ("A·h", "AMH", "ElectricCharge"),
        ("mOhm", "E45", "Resistance"),
        ("mΩ", "E45", "Resistance"),
        ("m\u2126", "E45", "Resistance"),
        ("MΩ", "B75", "Resistance"),
        ("\u03bcOhm", "B94", "Resistance"),
        ("°C", "CEL", "Temperature"),
        ("℃", "CEL", "Temperature"),
        (" kWh ", "KWH", "Energy"),
        ("%", "P1", "Dimensionless"),
        ("VLT", "VLT", "Voltage"),
    ],
)
def test_a_unit_is_known_however_it_is_written(written: str, code: str, quantity: str) -> None:
    found = unit_of(written)
    assert found is not None
    assert (found.code, found.quantity) == (code, quantity)


@pytest.mark.parametrize("written", ["", "furlong", "MV", "v", "mohms/cell", "F", "C"])
def test_what_is_not_certain_is_not_guessed(written: str) -> None:
    assert unit_of(written) is None


def test_every_unit_has_a_code_and_a_kind_that_the_standard_knows() -> None:
    kinds = validator().schema["definitions"]["measurementType"]["anyOf"][1]["enum"]
    for text, unit in UNITS.items():
        assert re.fullmatch(r"[A-Z0-9]{2,3}", unit.code), text
        assert unit.quantity in kinds, text
