"""The label of a closed box in ZPL, the language of label printers.

It is 4 by 6 inches at 203 dots per inch, the size of a parcel label: customer, shipment and order, box number,
contents, and the SSCC as a GS1-128. The bars are four dots wide (0.5 mm) and 32 mm high, which GS1 requires of a
logistic label; 156 modules then leave quiet zones on both sides.

Texts are broken into lines here, not by the printer. Each character that ZPL could read as a command, and each that is
not ASCII, is written as a hex escape: the label is plain ASCII, and no name can contain a command. Traded away: the
printer's font is proportional, so the width of a letter is an estimate, and long texts are cut.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from chalicelib.packing.boxes.rules import ProductSum

WIDTH, HEIGHT = 812, 1218
"""The size of the label in dots."""

_MARGIN = 40
_INNER = WIDTH - 2 * _MARGIN
_BAR, _BARCODE_HEIGHT = 4, 260
_SYMBOL = 156 * _BAR
_MAX_CONTENTS, _SMALLEST = 8, 26
_LETTER = 0.56
"""The width of a letter relative to its height."""
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;-+/()&%#'\"*=<>?!@$")


class BoxLabel(msgspec.Struct, frozen=True):
    """The texts of the label of a box; weight in kg."""

    customer_name: str
    shipment_number: str
    so_number: str
    box_number: int
    sscc: str
    weight: Decimal | None
    contents: Sequence[ProductSum]


def render_zpl(label: BoxLabel) -> str:
    """Return the label as one ZPL format, in ASCII."""
    return "\n".join(["^XA", "^CI28", f"^PW{WIDTH}", f"^LL{HEIGHT}", "^LH0,0", *_fields(label), "^XZ", ""])


def _fields(label: BoxLabel) -> Iterator[str]:
    yield from _captioned(40, "SHIP TO", label.customer_name, size=48, lines=2)
    yield _rule(190)
    yield from _captioned(205, "SHIPMENT", label.shipment_number, width=500)
    yield from _captioned(295, "ORDER", label.so_number, width=500)
    if label.weight is not None:
        yield from _captioned(385, "WEIGHT", f"{_number(label.weight)} kg", width=500)
    yield _text(580, 205, 26, "BOX")
    number = str(label.box_number)
    yield _text(580, 237, min(130, int(192 / (_LETTER * len(number)))), number)
    yield _rule(480)
    yield _text(_MARGIN, 495, 26, "CONTENTS")
    for row, line in enumerate(_contents(label.contents)):
        yield _text(_MARGIN, 530 + 34 * row, 30, line)
    yield _rule(830)
    yield _text(_MARGIN, 845, 26, "SSCC")
    left = (WIDTH - _SYMBOL) // 2
    # Start code C and FNC1 are explicit, so that no firmware has to guess the subset: pairs of digits fit exactly.
    bars = f"^BCN,{_BARCODE_HEIGHT},N,N,N^FD>;>800{label.sscc}^FS"
    yield f"^FO{left},885^BY{_BAR},3,{_BARCODE_HEIGHT}{bars}"
    yield f"^FO0,1160^A0N,42,42^FB{WIDTH},1,0,C^FD(00){label.sscc}^FS"


def _captioned(
    y: int, caption: str, text: str, *, width: int = _INNER, size: int = 44, lines: int = 1
) -> Iterator[str]:
    yield _text(_MARGIN, y, 26, caption)
    # Numbers that people compare are made smaller before they are cut.
    size = max(_SMALLEST, min(size, int(width * lines / (_LETTER * max(1, len(text))))))
    for row, line in enumerate(_broken(text, width, size, lines)):
        yield _text(_MARGIN, y + 32 + (size + 6) * row, size, line)


def _text(x: int, y: int, size: int, text: str) -> str:
    return f"^FO{x},{y}^A0N,{size},{size}^FH_^FD{_escaped(text)}^FS"


def _rule(y: int) -> str:
    return f"^FO{_MARGIN},{y}^GB{_INNER},3,3^FS"


def _escaped(text: str) -> str:
    """Return text that contains no command, by the hex escapes that `^FH_` announces."""
    return "".join(char if char in _SAFE else "".join(f"_{byte:02X}" for byte in char.encode()) for char in text)


def _broken(text: str, width: int, size: int, lines: int) -> list[str]:
    """Return the text in at most `lines` lines of that width; dots stand for the rest."""
    import textwrap
    import unicodedata

    visible = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    limit = int(width / (size * _LETTER))
    wrapped = textwrap.wrap(visible, limit)
    return wrapped if len(wrapped) <= lines else [*wrapped[: lines - 1], wrapped[lines - 1][: limit - 3] + "..."]


def _contents(contents: Sequence[ProductSum]) -> Iterator[str]:
    shown = contents if len(contents) <= _MAX_CONTENTS else contents[: _MAX_CONTENTS - 1]
    for each in shown:
        yield from _broken(f"{_number(each.quantity)} {each.uom}  {each.product_name}", _INNER, 30, 1)
    if len(shown) < len(contents):
        yield f"and {len(contents) - len(shown)} more"


def _number(value: Decimal) -> str:
    """Return a number without trailing zeros and without an exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
