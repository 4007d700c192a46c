"""Packing slips as JSON and as PDF."""

import base64
import re
import zlib

import pytest

from chalicelib.packing.font import open_sans
from tests.builders.packing import (
    PACK,
    close_box,
    line_id,
    line_record,
    loaded,
    new_box,
    packed,
    plate_id,
    plate_record,
    set_prefix,
    shipment_id,
    shipment_record,
    void_box,
)
from tests.builders.world import OTHER, Person, World

PATH = f"{PACK}/shipments/{shipment_id()}/slip"
SECOND = {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}
GREEK, CYRILLIC = "Ζαχαροπλαστική Ωμέγα", "Жёлтый щёголь"


@pytest.fixture
def packer(world: World) -> Person:
    """A packer, after the import of SH-1 with products of Greek and Cyrillic names, and a plate for each line."""
    boss = world.person("supervisor")
    lines = line_record(1, product_name=GREEK), line_record(2, product_name=CYRILLIC, quantity=5, uom="KG")
    loaded(boss, "shipments", shipment_record("SH-1", *lines, promised_ship_date="2026-12-01"))
    plates = plate_record("LP-1", 1, product_name=GREEK), plate_record("LP-2", 2, product_name=CYRILLIC)
    loaded(boss, "license-plates", *plates)
    return world.person("packer")


def text_of(pdf: str) -> str:
    """Return the texts of a PDF, in the order of its pages, as its own map of glyphs reads them."""
    shown = [zlib.decompress(base64.a85decode(data)) for data in re.findall(r"stream\n(\S+)~>\nendstream", pdf)]
    maps = next(stream.decode() for stream in shown if b"beginbfchar" in stream)
    chars = {glyph: bytes.fromhex(char).decode("utf-16-be") for glyph, char in re.findall(r"<(\w+)> <(\w+)>", maps)}
    pages = [stream.decode() for stream in shown if stream.startswith(b"BT")]
    rows = re.findall(r"<(\w*)> Tj", "\n".join(pages))
    return "\n".join("".join(chars[glyph] for glyph in re.findall("....", row)) for row in rows)


def test_a_slip_shows_lines_and_boxes(world: World, packer: Person) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    boxes = [new_box(packer) for _ in range(3)]
    packed(packer, boxes[0], 4)
    packed(packer, boxes[0], 0.5)
    packed(packer, boxes[0], 2, **SECOND)
    sscc = close_box(packer, boxes[0], weight=12.5).json["sscc"]
    void_box(packer, boxes[1])
    answer = packer.get(f"{PATH}?format=json")
    assert answer.status == 200
    slip = answer.json
    head = {name: slip[name] for name in ("shipment_number", "so_number", "customer_name", "promised_ship_date")}
    assert list(head.values()) == ["SH-1", "SO-SH-1", "Bakkerij Zon", "2026-12-01"]
    assert [(line["line_number"], line["packed_qty"], line["remaining_qty"]) for line in slip["lines"]] == [
        (1, 4.5, 5.5),
        (2, 2, 3),
    ]
    first, second = slip["boxes"]
    assert (first["box_number"], first["status"], first["sscc"], first["weight"]) == (1, "closed", sscc, 12.5)
    assert first["items"] == [
        {"sku": "SKU-1", "product_name": GREEK, "lot_number": "LOT-7", "quantity": 4.5, "uom": "EA"},
        {"sku": "SKU-2", "product_name": CYRILLIC, "lot_number": "LOT-7", "quantity": 2, "uom": "KG"},
    ]
    assert (second["box_number"], second["items"]) == (3, [])


def test_a_slip_is_a_pdf_that_can_be_read_and_searched(packer: Person) -> None:
    packed(packer, new_box(packer), 4)
    answer = packer.get(PATH)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.text.startswith("%PDF-1.7\n")
    assert answer.text.endswith("%%EOF\n") or answer.text.rstrip().endswith("%%EOF")
    start = int(re.findall(r"startxref\n(\d+)", answer.text)[0])
    assert answer.text.encode()[start:].startswith(b"xref")
    text = text_of(answer.text)
    for shown in ("Packing slip SH-1", "Bakkerij Zon", "2026-12-01", GREEK, CYRILLIC, "4 EA", "5 KG", "Box 1"):
        assert shown in text, shown
    assert packer.get(f"{PATH}?format=pdf").text == answer.text


def test_a_long_slip_has_several_pages(world: World, packer: Person) -> None:
    boss = world.person("supervisor")
    lines = [line_record(number, product_name="Very long name " * 13) for number in range(1, 61)]
    loaded(boss, "shipments", shipment_record("SH-9", *lines))
    answer = packer.get(f"{PACK}/shipments/{shipment_id('SH-9')}/slip")
    assert int(re.findall(r"/Count (\d+)", answer.text)[0]) >= 3
    assert all(f"SKU-{number}" in text_of(answer.text) for number in range(1, 61))


def test_the_font_has_the_letters_of_three_alphabets() -> None:
    font = open_sans()
    for text in ("Crème brûlée, Łódź, Őrült", GREEK, CYRILLIC, "0123456789"):
        assert all(font.encode(text)), text
    assert font.encode("日") == [0]
    assert 0 < font.width_of("i", 10) < font.width_of("m", 10) < 10


def test_a_slip_has_other_formats_only_by_name(world: World, packer: Person) -> None:
    answer = packer.get(f"{PATH}?format=html")
    assert (answer.status, set(answer.fields)) == (400, {"format"})
    assert world.person("packer", OTHER).get(PATH).status == 404
