"""Codes of units by UN/CEFACT Recommendation 20; none for an uncertain spelling."""

import re

import pytest

from chalicelib.manufacturing.traceability.units import UNITS, measurement_unit
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
def test_spellings_of_units(written: str, code: str, quantity: str) -> None:
    found = measurement_unit(written)
    assert found is not None
    assert (found.code, found.quantity) == (code, quantity)


@pytest.mark.parametrize("written", ["", "furlong", "MV", "v", "mohms/cell", "F", "C"])
def test_uncertain_spellings_have_no_unit(written: str) -> None:
    assert measurement_unit(written) is None


def test_every_unit_has_a_standard_code_and_quantity() -> None:
    kinds = validator().schema["definitions"]["measurementType"]["anyOf"][1]["enum"]
    for text, unit in UNITS.items():
        assert re.fullmatch(r"[A-Z0-9]{2,3}", unit.code), text
        assert unit.quantity in kinds, text
