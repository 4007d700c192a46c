"""The label of a closed box in ZPL, the language of label printers.

It is 4 by 6 inches, the size of a parcel label: customer, shipment and order, box number, contents, and the SSCC as a
GS1-128. The bars are 0.5 mm wide and 32 mm high, which GS1 requires of a logistic label; 156 modules then leave quiet
zones on both sides. Without an SSCC the contents take its place.

Each text has an area, and is printed in the largest type in which all of it fits there: names of 200 letters whole, in
smaller type and more lines. Only of the contents as many products are listed as fit, with the number of the others.
Texts are broken into lines here, not by the printer. Each character that ZPL could read as a command, and each that is
not ASCII, is written as a hex escape: the label is plain ASCII, and no name can contain a command. A line with letters
that not every printer's font has, such as Greek and Cyrillic, is a picture of the line. Traded away: the printer's font
is proportional, so a line may be shorter than it could be; no letter is wider than is assumed here.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache, partial

import msgspec

from chalicelib.packing.boxes.label_graphics import EM, is_drawn, line_graphic
from chalicelib.packing.boxes.rules import ProductSum
from chalicelib.packing.font import open_sans
from chalicelib.packing.rules import broken

WIDTH, HEIGHT = 812, 1218
"""The size of the label in dots of 203 to the inch, in which all of it is laid out."""
DPI = 203

_MARGIN = 40
_INNER = WIDTH - 2 * _MARGIN
_LEFT = 500
"""The width of what stands beside the box number."""
_MODULES, _BAR_INCHES = 156, 0.0197
_SMALLEST, _STEP = 18, 2
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;-+/()&%#'\"*=<>?!@$")
_NARROW = frozenset("fijlrtI.,:;'!()[]/ -")
_WIDE = frozenset("mwMW%@&")
_FIRST_WIDE_SCRIPT = "\u1100"
"""Scripts from here on, such as Korean and Chinese, have letters as wide as high."""


class BoxLabel(msgspec.Struct, frozen=True):
    """The texts of the label of a box; weight in kg. Without `sscc` it is a plain label."""

    customer_name: str
    shipment_number: str
    so_number: str
    box_number: int
    sscc: str | None
    weight: Decimal | None
    contents: Sequence[ProductSum]


class Text(msgspec.Struct, frozen=True):
    """One line of text, from its upper left corner, with the height of its letters."""

    x: int
    y: int
    size: int
    text: str


class Area(msgspec.Struct, frozen=True):
    """A rectangle for a text, and the size of its type if all of it fits."""

    x: int
    y: int
    width: int
    height: int
    size: int


_CUSTOMER = Area(_MARGIN, 58, _INNER, 122, 48)
_NUMBER = Area(_MARGIN, 220, _LEFT, 66, 44)
_ORDER = Area(_MARGIN, 318, _LEFT, 66, 44)
_WEIGHT = Area(_MARGIN, 416, _LEFT, 46, 44)
_BOX = Area(580, 226, WIDTH - _MARGIN - 580, 130, 130)
_CONTENTS = Area(_MARGIN, 510, _INNER, 308, 30)
_PLAIN_CONTENTS = Area(_MARGIN, 510, _INNER, 660, 30)


def render_zpl(label: BoxLabel, dpi: int = DPI) -> str:
    """Return the label as one ZPL format, in ASCII, for a printer of so many dots per inch (203 or 300)."""
    size = (f"^PW{_scaled(WIDTH, dpi)}", f"^LL{_scaled(HEIGHT, dpi)}")
    fields = [_text_field(text, dpi) for text in layout(label)]
    rules = [_rule(y, dpi) for y in (188, 474, *([830] if label.sscc else []))]
    bars = [] if label.sscc is None else _barcode(label.sscc, dpi)
    return "\n".join(["^XA", "^CI28", *size, "^LH0,0", *fields, *rules, *bars, "^XZ", ""])


def layout(label: BoxLabel) -> Iterator[Text]:
    """Return the texts of the label, each in its place."""
    yield from _captioned("SHIP TO", _CUSTOMER, label.customer_name)
    yield from _captioned("SHIPMENT", _NUMBER, label.shipment_number)
    yield from _captioned("ORDER", _ORDER, label.so_number)
    if label.weight is not None:
        yield from _captioned("WEIGHT", _WEIGHT, f"{_number(label.weight)} kg")
    yield from _captioned("BOX", _BOX, str(label.box_number))
    area = _PLAIN_CONTENTS if label.sscc is None else _CONTENTS
    yield Text(_MARGIN, area.y - 26, 22, "CONTENTS")
    yield from _contents(label.contents, area)
    if label.sscc is not None:
        yield Text(_MARGIN, 840, 22, "SSCC")


def width_of(text: str, size: int) -> float:
    """Return how wide a text is at most, in the unit of the size."""
    return sum(map(_letter_width, text)) * size


@lru_cache(1024)
def _letter_width(letter: str) -> float:
    """Return the width in either font: that of the printer, and the one that pictures of lines have."""
    if letter.isascii():
        return _printed_width(letter)
    return max(_printed_width(letter), open_sans().width_of(letter, EM))


def _printed_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.4
    if letter >= _FIRST_WIDE_SCRIPT or letter in _WIDE:
        return 1.0
    return 0.76 if letter.isupper() else 0.64


def _captioned(caption: str, area: Area, text: str) -> Iterator[Text]:
    yield Text(area.x, area.y - 26, 22, caption)
    yield from _fitted(text, area)


def _fitted(text: str, area: Area) -> Iterator[Text]:
    """Return a text in the largest type in which it fits; one that fits in none ends with dots.

    What has no spaces, such as a number that people compare, is rather printed smaller than in two lines.
    """
    sizes = range(area.size, _SMALLEST - 1, -_STEP)
    layouts = [(size, _broken(text, area.width, size), int(area.height / _line_height(size))) for size in sizes]
    one_line = (each for each in layouts if len(each[1]) == 1 and " " not in text)
    fitting = next((each for each in (*one_line, *layouts) if len(each[1]) <= each[2]), None)
    if fitting is not None:
        size, lines, _ = fitting
    else:
        size, lines, count = layouts[-1]
        lines = [*lines[: count - 1], lines[count - 1][:-3] + "..."]
    return _placed(lines, area.x, area.y, size)


def _placed(lines: Sequence[str], x: int, y: int, size: int) -> Iterator[Text]:
    return (Text(x, int(y + number * _line_height(size)), size, line) for number, line in enumerate(lines))


def _line_height(size: int) -> float:
    return size * 1.15


def _contents(contents: Sequence[ProductSum], area: Area) -> Iterator[Text]:
    """Return the products in the largest type in which all fit, or as many as fit in the smallest."""
    entries = [f"{_number(each.quantity)} {each.uom}  {each.product_name}" for each in contents]
    for size in range(area.size, _SMALLEST - 1, -_STEP):
        count = int(area.height / _line_height(size))
        # No label has room for more, so this bounds the work.
        lines = [line for entry in entries[: count + 1] for line in _broken(entry, area.width, size)]
        if len(lines) <= count:
            return _placed(lines, area.x, area.y, size)
    count = int(area.height / _line_height(_SMALLEST))
    return _placed(_first_entries(entries, area.width, count), area.x, area.y, _SMALLEST)


def _first_entries(entries: Sequence[str], width: int, count: int) -> list[str]:
    """Return the lines of the first entries, and one that says how many more there are."""
    lines: list[str] = []
    for shown, entry in enumerate(entries):
        more = _broken(entry, width, _SMALLEST)
        if len(lines) + len(more) >= count:
            return [*lines, f"and {len(entries) - shown} more"]
        lines += more
    return lines


def _broken(text: str, width: int, size: int) -> list[str]:
    """Return the text in lines of this size that are no wider, without characters that are not visible."""
    import unicodedata

    visible = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return broken(visible, width, partial(width_of, size=size))


def _text_field(text: Text, dpi: int) -> str:
    size, origin = text.size * dpi // DPI, f"^FO{_scaled(text.x, dpi)},{_scaled(text.y, dpi)}"
    if is_drawn(text.text):
        return f"{origin}{line_graphic(text.text, size)}^FS"
    return f"{origin}^A0N,{size},{size}^FH_^FD{_escaped(text.text)}^FS"


def _rule(y: int, dpi: int) -> str:
    return f"^FO{_scaled(_MARGIN, dpi)},{_scaled(y, dpi)}^GB{_scaled(_INNER, dpi)},3,3^FS"


def _barcode(sscc: str, dpi: int) -> list[str]:
    bar, height, width = round(_BAR_INCHES * dpi), _scaled(260, dpi), _scaled(WIDTH, dpi)
    left, size = (width - _MODULES * bar) // 2, _scaled(42, dpi)
    # Start code C and FNC1 are explicit, so that no firmware has to guess the subset: pairs of digits fit exactly.
    bars = f"^BCN,{height},N,N,N^FD>;>800{sscc}^FS"
    return [
        f"^FO{left},{_scaled(872, dpi)}^BY{bar},3,{height}{bars}",
        f"^FO0,{_scaled(1150, dpi)}^A0N,{size},{size}^FB{width},1,0,C^FD(00){sscc}^FS",
    ]


def _scaled(dots: int, dpi: int) -> int:
    return round(dots * dpi / DPI)


def _escaped(text: str) -> str:
    """Return text that contains no command, by the hex escapes that `^FH_` announces."""
    return "".join(char if char in _SAFE else "".join(f"_{byte:02X}" for byte in char.encode()) for char in text)


def _number(value: Decimal) -> str:
    """Return a number without trailing zeros and without an exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
