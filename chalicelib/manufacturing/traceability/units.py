"""Codes for units of measurement, as other companies understand them.

EPCIS requires the codes of UN/CEFACT Recommendation 20 ("Codes for Units of Measure Used in International Trade",
https://unece.org/trade/uncefact/cl-recommendations) and names the kind of quantity by a term of the GS1 vocabulary. The
table holds the units that battery testers report. A unit that is not in it is exported as it was given, in a field of
our own, because a wrong code would be worse than none. Case matters: `mOhm` is not `MOhm`. A lone `F` is not in the
table, because it is the farad by the standard and degrees Fahrenheit on many testers.
"""

from collections.abc import Mapping

import msgspec


class MeasurementUnit(msgspec.Struct, frozen=True):
    """The code of Recommendation 20, and the EPCIS name of the kind of quantity."""

    code: str
    quantity: str


_KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Voltage": {"VLT": ("V", "VDC", "volt"), "2Z": ("mV",), "KVT": ("kV",)},
    "ElectricCurrent": {"AMP": ("A", "ampere"), "4K": ("mA",), "B22": ("kA",)},
    "ElectricCharge": {"AMH": ("Ah", "AH"), "E09": ("mAh",), "TAH": ("kAh",)},
    "Resistance": {
        "OHM": ("Ohm", "ohm", "Ω"),
        "E45": ("mOhm", "mohm", "mΩ", "milliohm"),
        "B94": ("uOhm", "µOhm", "µΩ", "uΩ"),
        "B49": ("kOhm", "kΩ"),
        "B75": ("MOhm", "MΩ", "megohm"),
    },
    "Energy": {"WHR": ("Wh",), "KWH": ("kWh",), "JOU": ("J",), "KJO": ("kJ",)},
    "Power": {"WTT": ("W",), "KWT": ("kW",)},
    "Temperature": {"CEL": ("°C", "degC", "Cel"), "KEL": ("K",), "FAH": ("°F", "degF")},
    "Mass": {"KGM": ("kg",), "GRM": ("g",)},
    "Length": {"MMT": ("mm",), "4H": ("µm", "um"), "MTR": ("m",)},
    "Pressure": {"KPA": ("kPa",), "BAR": ("bar",), "PAL": ("Pa",)},
    "Frequency": {"HTZ": ("Hz",), "KHZ": ("kHz",)},
    "Time": {"SEC": ("s",), "MIN": ("min",), "HUR": ("h",)},
    "Capacitance": {"FAR": ("farad",), "4O": ("µF", "uF")},
    "Conductance": {"SIE": ("S",)},
    "Dimensionless": {"P1": ("%", "percent")},
}
"""The spellings of units by kind of quantity and code."""

_MICRO, _OHM = ("\u03bc", "\u00b5"), ("\u2126", "\u03a9")  # the Greek letter and the sign look the same


def _normalised(unit: str) -> str:
    return unit.strip().replace(*_MICRO).replace(*_OHM).replace("℃", "°C").replace("·", "")


UNITS: Mapping[str, MeasurementUnit] = {
    _normalised(text): MeasurementUnit(code, quantity)
    for quantity, codes in _KINDS.items()
    for code, texts in codes.items()
    for text in (*texts, code)
}
"""Units by spelling; the codes themselves are spellings, too."""


def measurement_unit(text: str) -> MeasurementUnit | None:
    """Return the unit that a text denotes, or None if that is not certain."""
    return UNITS.get(_normalised(text))
