"""A packing slip as a PDF of A4 pages, made with pydyf, which writes the objects of the file.

All of it is ASCII (streams are compressed and then written in base 85), so the response is a text like any other. The
same slip always gives the same bytes.
"""

import base64
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

import msgspec
import pydyf  # type: ignore[import-untyped]  # it has no annotations

from chalicelib.packing.font import Font, open_sans
from chalicelib.packing.rules import broken
from chalicelib.packing.shipments.slip_schemas import PackingSlip, SlipBox

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 48
_BOTTOM = 60
_BODY, _TITLE, _HEADING = 9.5, 20.0, 12.0
_INNER = _WIDTH - 2 * _MARGIN


class _Cell(msgspec.Struct, frozen=True):
    """A text in a column: its left edge from the margin, and its width."""

    left: float
    width: float
    text: str


_LINE_COLUMNS = ((0, 28), (32, 100), (136, 190), (330, 50), (384, 56), (444, 55))
_ITEM_COLUMNS = ((16, 260), (280, 110), (394, 105))


def render_pdf(slip: PackingSlip) -> str:
    """Return the slip as a PDF file, in ASCII."""
    document = _Document(open_sans())
    document.write([_Cell(0, _INNER, f"Packing slip {slip.shipment_number}")], _TITLE)
    for caption, value in _facts(slip):
        document.write([_Cell(0, 110, caption), _Cell(114, _INNER - 114, value)])
    document.write([_Cell(0, _INNER, "Lines")], _HEADING, gap=12)
    document.write(_row(_LINE_COLUMNS, ("Line", "SKU", "Product", "Ordered", "Packed", "Missing")))
    for line in slip.lines:
        quantities = (f"{_number(line.quantity)} {line.uom}", _number(line.packed_qty), _number(line.remaining_qty))
        document.write(_row(_LINE_COLUMNS, (str(line.line_number), line.sku, line.product_name, *quantities)))
    for box in slip.boxes:
        document.write([_Cell(0, _INNER, _box_title(box))], _HEADING, gap=12)
        for item in box.items:
            quantity = f"{_number(item.quantity)} {item.uom}"
            document.write(_row(_ITEM_COLUMNS, (item.product_name, item.lot_number or "", quantity)))
    return document.end()


def _facts(slip: PackingSlip) -> Iterator[tuple[str, str]]:
    yield "Ship to", slip.customer_name
    yield "Order", slip.so_number
    if slip.promised_ship_date is not None:
        yield "Promised", slip.promised_ship_date
    yield "Boxes", str(len(slip.boxes))


def _box_title(box: SlipBox) -> str:
    facts = [f"Box {box.box_number}"]
    if box.weight is not None:
        facts.append(f"{_number(box.weight)} kg")
    if box.sscc is not None:
        facts.append(f"SSCC {box.sscc}")
    return ", ".join(facts)


def _row(columns: Sequence[tuple[float, float]], texts: Iterable[str]) -> list[_Cell]:
    return [_Cell(left, width, text) for (left, width), text in zip(columns, texts, strict=True)]


def _number(value: Decimal) -> str:
    return format(value, "f")


class _Document:
    """The pages of a PDF, written from above to below."""

    def __init__(self, font: Font) -> None:
        self._font = font
        self._pages: list[list[str]] = [[]]
        self._y = float(_HEIGHT - _MARGIN)
        self._used: dict[int, str] = {}

    def write(self, cells: Sequence[_Cell], size: float = _BODY, gap: float = 0) -> None:
        """Write a row of cells, each in as many lines as it needs, on the next page if this one has no room."""
        width_of = partial(self._font.width_of, size=size)
        columns = [broken(cell.text, cell.width, width_of) or [""] for cell in cells]
        self._y -= gap
        for number in range(max(len(lines) for lines in columns)):
            if self._y - size < _BOTTOM:
                self._pages.append([])
                self._y = float(_HEIGHT - _MARGIN)
            self._y -= size * 1.35
            for cell, lines in zip(cells, columns, strict=True):
                if number < len(lines):
                    self._show(_MARGIN + cell.left, size, lines[number])

    def _show(self, x: float, size: float, text: str) -> None:
        glyphs = self._font.encode(text)
        self._used.update(zip(glyphs, text, strict=True))
        shown = "".join(f"{glyph:04X}" for glyph in glyphs)
        self._pages[-1].append(f"BT /F {size:g} Tf 1 0 0 1 {x:.2f} {self._y:.2f} Tm <{shown}> Tj ET")

    def end(self) -> str:
        """Return the file."""
        pdf = pydyf.PDF()
        font = self._embedded(pdf)
        for content in self._pages:
            stream = _stream("\n".join(content).encode())
            pdf.add_object(stream)
            resources = pydyf.Dictionary({"Font": pydyf.Dictionary({"F": font.reference})})
            box = pydyf.Array([0, 0, _WIDTH, _HEIGHT])
            page = {"Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": box, "Resources": resources}
            pdf.add_page(pydyf.Dictionary({**page, "Contents": stream.reference}))
        written = io.BytesIO()
        pdf.write(written)
        return written.getvalue().decode()

    def _embedded(self, pdf: pydyf.PDF) -> pydyf.Dictionary:
        """Add the font with the widths and the characters of the glyphs that are used."""
        file = _stream(self._font.data, Length1=len(self._font.data))
        unicode = _stream(_to_unicode(self._used).encode())
        box = pydyf.Array([-550, -271, 1204, 1048])
        descriptor = {"Type": "/FontDescriptor", "FontName": "/OpenSans", "Flags": 4, "FontBBox": box, "ItalicAngle": 0}
        for added in (file, unicode):
            pdf.add_object(added)
        described = pydyf.Dictionary(
            {**descriptor, "Ascent": 1069, "Descent": -293, "CapHeight": 714, "StemV": 80, "FontFile2": file.reference}
        )
        pdf.add_object(described)
        widths = [part for glyph in sorted(self._used) for part in (glyph, pydyf.Array([self._font.widths[glyph]]))]
        system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
        kind = {"Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": "/OpenSans", "CIDToGIDMap": "/Identity"}
        glyphs = pydyf.Dictionary(
            {
                **kind,
                "CIDSystemInfo": pydyf.Dictionary(system),
                "FontDescriptor": described.reference,
                "W": pydyf.Array(widths),
            }
        )
        pdf.add_object(glyphs)
        font = {"Type": "/Font", "Subtype": "/Type0", "BaseFont": "/OpenSans", "Encoding": "/Identity-H"}
        descendants = pydyf.Array([glyphs.reference])
        added = pydyf.Dictionary({**font, "DescendantFonts": descendants, "ToUnicode": unicode.reference})
        pdf.add_object(added)
        return added


def _stream(data: bytes, **extra: int) -> pydyf.Stream:
    """Return a stream that is compressed and written in ASCII."""
    packed = base64.a85encode(zlib.compress(data, 9)) + b"~>"
    filters = pydyf.Array(["/ASCII85Decode", "/FlateDecode"])
    return pydyf.Stream([packed], pydyf.Dictionary({"Filter": filters, **extra}))


def _to_unicode(used: dict[int, str]) -> str:
    """Return the character of each glyph, by which readers search and copy the text."""
    pairs = [f"<{glyph:04X}> <{char.encode('utf-16-be').hex().upper()}>" for glyph, char in sorted(used.items())]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    listed = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{listed}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
