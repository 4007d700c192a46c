"""The label of a closed box, in the language that warehouse printers speak (ZPL).

It is 4 by 6 inches at 203 dots per inch, the size of a parcel label: who gets it, which shipment and order, which box,
what is in it, and the SSCC as a GS1-128. The bars are four dots wide (0.5 mm) and 32 mm high, which is what GS1 asks of
a logistic label, and 156 modules so leave quiet zones on both sides.

What people typed is broken into lines here, not by the printer, and every character of it that ZPL could take for a
command goes out as a hex escape, as do all that are not ASCII: the label is plain ASCII and no name can print another.
Traded away: the width of a letter is a guess, since the printer's font is proportional; long texts are cut short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from chalicelib.packing.rules import Sum

WIDTH, HEIGHT = 812, 1218
"""Of the label, in dots."""

_MARGIN = 40
_INNER = WIDTH - 2 * _MARGIN
_BAR, _BARCODE_HEIGHT = 4, 260
_SYMBOL = 156 * _BAR
_MAX_CONTENTS, _SMALLEST = 8, 26
_LETTER = 0.56
"""How wide a letter is, by its height."""
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;-+/()&%#'\"*=<>?!@$")


class BoxLabel(msgspec.Struct, frozen=True):
    """What stands on the label of a box; the weight in kg."""

    customer_name: str
    shipment_number: str
    so_number: str
    box_number: int
    sscc: str
    weight: Decimal | None
    contents: Sequence[Sum]


def zpl(label: BoxLabel) -> str:
    """The label as a printer takes it: one format, in ASCII."""
    return "\n".join(["^XA", "^CI28", f"^PW{WIDTH}", f"^LL{HEIGHT}", "^LH0,0", *_fields(label), "^XZ", ""])


def _fields(label: BoxLabel) -> Iterator[str]:
    yield from _captioned(40, "SHIP TO", label.customer_name, size=48, lines=2)
    yield _rule(190)
    yield from _captioned(205, "SHIPMENT", label.shipment_number, width=500)
    yield from _captioned(295, "ORDER", label.so_number, width=500)
    if label.weight is not None:
        yield from _captioned(385, "WEIGHT", f"{_number(label.weight)} kg", width=500)
    yield _text(580, 205, 26, "BOX")
    yield _text(580, 237, _box_size(label.box_number), str(label.box_number))
    yield _rule(480)
    yield _text(_MARGIN, 495, 26, "CONTENTS")
    for row, line in enumerate(_contents(label.contents)):
        yield _text(_MARGIN, 530 + 34 * row, 30, line)
    yield _rule(830)
    yield _text(_MARGIN, 845, 26, "SSCC")
    left = (WIDTH - _SYMBOL) // 2
    # Start code C and FNC1 are named, so that no firmware has to guess the subset: pairs of digits fit exactly.
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
    """Text that no printer takes for a command, by the hex escapes that `^FH_` announces."""
    return "".join(one if one in _SAFE else "".join(f"_{byte:02X}" for byte in one.encode()) for one in text)


def _broken(text: str, width: int, size: int, lines: int) -> list[str]:
    """The text in at most so many lines of that width; what is left over shows as dots."""
    import textwrap
    import unicodedata

    seen = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    most = int(width / (size * _LETTER))
    wrapped = textwrap.wrap(seen, most)
    return wrapped if len(wrapped) <= lines else [*wrapped[: lines - 1], wrapped[lines - 1][: most - 3] + "..."]


def _contents(contents: Sequence[Sum]) -> Iterator[str]:
    shown = contents if len(contents) <= _MAX_CONTENTS else contents[: _MAX_CONTENTS - 1]
    for one in shown:
        yield from _broken(f"{_number(one.quantity)} {one.uom}  {one.product_name}", _INNER, 30, 1)
    if len(shown) < len(contents):
        yield f"and {len(contents) - len(shown)} more"


def _number(value: Decimal) -> str:
    """Without zeros behind the point and without an exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _box_size(number: int) -> int:
    return min(130, int(192 / (_LETTER * len(str(number)))))
