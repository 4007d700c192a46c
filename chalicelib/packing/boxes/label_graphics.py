"""Lines of text as graphics of a label (`^GFA`), for letters that the fonts of label printers do not all have.

The scalable font of ZPL printers has the letters of Western Europe; whether others are printed depends on the printer's
model and language. A graphic is printed by all of them alike. Its font, Open Sans, has Latin, Cyrillic and Greek. A
line with letters that it lacks too, such as Chinese, is left to the printer, which may have a font with them.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from chalicelib.packing.font import open_sans

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

EM = 0.83
"""The size of the type, as a part of the size of the line, at which its highest letter fits between two lines."""
_BASELINE, _HEIGHT = 0.88, 1.12
_WESTERN = "\xff"
"""The last letter of Latin-1, all of which ZPL printers have had since there are code pages (850)."""


def is_drawn(text: str) -> bool:
    """Return whether a line is a graphic: it has other than Western letters, and the font has all of it."""
    return any(letter > _WESTERN for letter in text) and 0 not in open_sans().encode(text)


def line_graphic(text: str, size: int) -> str:
    """Return the command that prints a line of text, with the height of its letters in dots.

    Rows are hexadecimal, one dot a bit. A comma ends a row whose remaining dots are white.
    """
    from PIL import Image, ImageDraw

    font = _font(size)
    left, _, right, _ = font.getbbox(text, mode="1", anchor="ls")
    # Some letters reach beyond their own width, to the left of the first or to the right of the last.
    before = max(0, -int(left))
    picture = Image.new("1", (before + int(right), round(size * _HEIGHT)))
    ImageDraw.Draw(picture).text((before, round(size * _BASELINE)), text, fill=1, font=font, anchor="ls")
    dots, row_bytes = picture.tobytes(), -(-picture.width // 8)
    rows = [dots[start : start + row_bytes].hex().upper() for start in range(0, len(dots), row_bytes)]
    data = "".join(f"{short}," if len(short := row.rstrip("0")) < len(row) else row for row in rows)
    return f"^GFA,{len(dots)},{len(dots)},{row_bytes},{data}"


@lru_cache(8)
def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(BytesIO(open_sans().data), size * EM, layout_engine=ImageFont.Layout.BASIC)
