"""The font of packing slips and labels, Open Sans: glyph numbers and widths, read from its own tables.

It has the letters of Latin, Cyrillic and Greek; of other scripts an empty frame is printed.
"""

import struct
from functools import cache
from importlib.resources import files

import msgspec

_WINDOWS_UNICODE = (3, 1)


class Font(msgspec.Struct, frozen=True):
    """A TrueType font: its file, the number of each character's glyph, and the width of each glyph in 1/1000 em."""

    data: bytes
    glyphs: dict[int, int]
    widths: list[int]

    def encode(self, text: str) -> list[int]:
        """Return the glyph numbers of a text; 0 is the frame of a missing character."""
        return [self.glyphs.get(ord(char), 0) for char in text]

    def width_of(self, text: str, size: float) -> float:
        """Return the width of a text, in the unit of the size."""
        return sum(self.widths[glyph] for glyph in self.encode(text)) * size / 1000


@cache
def open_sans() -> Font:
    """Return the font, read once for each process."""
    data = (files("ttf_opensans") / "ttf" / "OpenSans-Regular.ttf").read_bytes()
    tables = _tables(data)
    return Font(data, _glyphs(data, tables["cmap"]), _widths(data, tables))


def _tables(data: bytes) -> dict[str, int]:
    """Return where each table of the font begins."""
    [count] = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return {name.decode(): offset for name, _, offset, _ in records}


def _widths(data: bytes, tables: dict[str, int]) -> list[int]:
    [per_em] = struct.unpack_from(">H", data, tables["head"] + 18)
    [metrics] = struct.unpack_from(">H", data, tables["hhea"] + 34)
    [glyphs] = struct.unpack_from(">H", data, tables["maxp"] + 4)
    widths = [struct.unpack_from(">H", data, tables["hmtx"] + 4 * glyph)[0] for glyph in range(metrics)]
    return [round(width * 1000 / per_em) for width in widths + widths[-1:] * (glyphs - metrics)]


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Return the glyphs by code point, from the table of the Basic Multilingual Plane (format 4)."""
    [count] = struct.unpack_from(">H", data, cmap + 2)
    records = [struct.unpack_from(">HHI", data, cmap + 4 + 8 * number) for number in range(count)]
    start = cmap + next(offset for *platform, offset in records if tuple(platform) == _WINDOWS_UNICODE)
    [double] = struct.unpack_from(">H", data, start + 6)
    ends, starts, deltas, offsets = (start + 14, start + 16 + double, start + 16 + 2 * double, start + 16 + 3 * double)
    glyphs: dict[int, int] = {}
    for at in range(0, double, 2):
        [last], [first] = struct.unpack_from(">H", data, ends + at), struct.unpack_from(">H", data, starts + at)
        [delta], [offset] = struct.unpack_from(">H", data, deltas + at), struct.unpack_from(">H", data, offsets + at)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                [glyph] = struct.unpack_from(">H", data, offsets + at + offset + 2 * (code - first))
            if glyph or not offset:
                glyphs[code] = (glyph + delta) & 0xFFFF
    return glyphs
