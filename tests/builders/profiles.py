"""ICC profiles, written byte by byte, and the colours that they mean, worked out without a colour library."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import product

Triple = tuple[float, float, float]
D50: Triple = (0.9642, 1.0, 0.8249)
P3: tuple[Triple, ...] = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""The primaries of Display P3, adapted to D50: the columns of its matrix."""
ADOBE: tuple[Triple, ...] = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB: tuple[Triple, ...] = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))

INKS: dict[tuple[int, ...], Triple] = {
    inks: (100 * 0.6 ** inks[0] * 0.55 ** inks[1] * 0.93 ** inks[2] * 0.2 ** inks[3], 30 * inks[1] - 20 * inks[0], 0.0)
    for inks in product((0, 1), repeat=4)
}
"""The Lab colours of a press by which of its inks are printed: cyan, magenta, yellow, black."""


def rgb_profile(primaries: Sequence[Triple], gamma: float | None = None) -> bytes:
    """A profile of a screen; without gamma its curve is that of sRGB."""
    curve = _parametric() if gamma is None else _gamma(gamma)
    points = {name: _xyz(point) for name, point in zip(("rXYZ", "gXYZ", "bXYZ"), primaries, strict=True)}
    curves = dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve)
    return _profile("mntr", "RGB ", "XYZ ", {"wtpt": _xyz(D50), **points, **curves})


def grey_profile(gamma: float) -> bytes:
    """A profile of greys."""
    return _profile("mntr", "GRAY", "XYZ ", {"wtpt": _xyz(D50), "kTRC": _gamma(gamma)})


def ink_profile() -> bytes:
    """A profile of the press of `INKS`: a table with the colour of each combination of inks."""
    identity = bytes(range(256))
    table = b"".join(bytes((round(lab[0] * 2.55), round(lab[1] + 128), round(lab[2] + 128))) for lab in INKS.values())
    matrix = struct.pack(">9i", *(0x10000 * (place % 4 == 0) for place in range(9)))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + matrix + identity * 4 + table + identity * 3
    return _profile("prtr", "CMYK", "Lab ", {"wtpt": _xyz(D50), "A2B0": lut})


def screen_colour(colour: Sequence[int], primaries: Sequence[Triple], gamma: float | None = None) -> tuple[int, ...]:
    """The sRGB colour of a colour of a screen."""
    linear = [_decode(value / 255) if gamma is None else (value / 255) ** gamma for value in colour]
    return _from_xyz([sum(linear[i] * primaries[i][axis] for i in range(3)) for axis in range(3)])


def grey_colour(level: int, gamma: float) -> tuple[int, ...]:
    """The sRGB colour of a grey."""
    return (round(255 * _encode((level / 255) ** gamma)),) * 3


def ink_colour(*inks: int) -> tuple[int, ...]:
    """The sRGB colour of printed inks."""
    lightness, a, b = INKS[inks]
    y = (lightness + 16) / 116
    values = (y + a / 500, y, y - b / 200)
    cubes = [value**3 if value > 6 / 29 else (value - 4 / 29) * 3 * (6 / 29) ** 2 for value in values]
    return _from_xyz([cube * white for cube, white in zip(cubes, D50, strict=True)])


def _from_xyz(xyz: Sequence[float]) -> tuple[int, ...]:
    """The sRGB colour at a point, by Cramer's rule on the matrix of sRGB."""
    columns = [list(column) for column in SRGB]
    whole = _determinant(columns)
    parts = [_determinant([*columns[:i], list(xyz), *columns[i + 1 :]]) / whole for i in range(3)]
    return tuple(round(255 * _encode(min(max(part, 0.0), 1.0))) for part in parts)


def _determinant(columns: Sequence[Sequence[float]]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = columns
    return a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e)


def _decode(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encode(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(point: Triple) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*point)


def _gamma(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def _parametric() -> bytes:
    """The curve of sRGB."""
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _profile(device: str, space: str, connection: str, tags: dict[str, bytes]) -> bytes:
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name.encode() + struct.pack(">II", start + len(data), len(content))
        data += padded
    names = f"{device}{space}{connection}".encode()
    header = struct.pack(">I4xI12s12x4s28x", start + len(data), 0x02400000, names, b"acsp")
    return header + _fixed(*D50) + bytes(48) + table + data
