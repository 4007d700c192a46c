"""Units of measurements, as other companies understand them.

EPCIS wants the codes of UN/CEFACT Recommendation 20 ("Codes for Units of Measure Used in International Trade",
https://unece.org/trade/uncefact/cl-recommendations) and names the kind of quantity by a word of GS1's vocabulary. The
table holds what testers of batteries report. A unit that is not in it is no error: it is exported as it was given, in a
field of our own, rather than under a code that would be a guess; so capitals count, too: `mOhm` is not `MOhm`. A lone
`F` is not in it either: by the book it is the farad, and on many a tester degrees Fahrenheit.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Unit(msgspec.Struct, frozen=True):
    """The code of Recommendation 20, and what EPCIS calls the kind of quantity."""

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
"""By kind of quantity and code: the ways in which people and test rigs write the unit."""

_MICRO, _OHM = ("\u03bc", "\u00b5"), ("\u2126", "\u03a9")  # the Greek letter and the sign look the same


def _written(unit: str) -> str:
    return unit.strip().replace(*_MICRO).replace(*_OHM).replace("℃", "°C").replace("·", "")


UNITS: Mapping[str, Unit] = {
    _written(text): Unit(code, quantity)
    for quantity, codes in _KINDS.items()
    for code, texts in codes.items()
    for text in (*texts, code)
}
"""Units by how they are written; the codes themselves are ways of writing them, too."""


def unit_of(text: str) -> Unit | None:
    """The unit that a text means, or None if that is not known for certain."""
    return UNITS.get(_written(text))
