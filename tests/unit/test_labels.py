"""Labels of boxes, parsed as a printer does."""

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.packing.boxes.labels import WIDTH, layout, render_zpl, width_of
from chalicelib.packing.boxes.rules import ProductSum
from chalicelib.packing.font import open_sans
from tests.builders.labels import LONGEST, SSCC, boxes, label, longest_label, unescaped

COMMANDS = {"XA", "CI", "PW", "LL", "LH", "FO", "A0", "FH", "FD", "FS", "GB", "BY", "BC", "FB", "GF", "XZ"}


def texts(printed: str) -> list[str]:
    """Return the printed texts, in the order of the label."""
    return [unescaped(data) for data in re.findall(r"\^FD([^^]*)\^FS", printed)]


def commands(printed: str) -> list[str]:
    return [found[:2] for found in re.findall(r"\^(..)", printed)]


def test_a_label_shows_customer_contents_and_box() -> None:
    assert texts(render_zpl(label())) == [
        *("SHIP TO", "Bakkerij Zon", "SHIPMENT", "SH-1001", "ORDER", "SO-77", "WEIGHT", "12.5 kg", "BOX", "3"),
        *("CONTENTS", "48 EA Almond biscuits", "2.5 KG Rye bread"),
        *("SSCC", f">;>800{SSCC}", f"(00){SSCC}"),
    ]


def test_a_label_is_one_format_of_four_by_six_inches() -> None:
    printed = render_zpl(label())
    assert printed.startswith("^XA\n^CI28\n^PW812\n^LL1218\n")
    assert printed.endswith("^XZ\n")
    assert set(commands(printed)) <= COMMANDS


def test_the_sscc_is_a_gs1_128_that_fits_with_its_quiet_zones() -> None:
    [(left, module, height)] = re.findall(r"\^FO(\d+),\d+\^BY(\d+),3,(\d+)\^BCN", render_zpl(label()))
    modules = 11 * (1 + 1 + 10 + 1) + 13  # start, FNC1, ten pairs, check, stop
    quiet = 10 * int(module)
    assert int(left) >= quiet
    assert int(left) + modules * int(module) + quiet <= WIDTH
    assert int(module) * 25.4 / 203 >= 0.495
    assert int(height) * 25.4 / 203 >= 31.75


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", LONGEST.values(), ids=LONGEST)
@pytest.mark.parametrize("sscc", [SSCC, None], ids=["sscc", "plain"])
def test_the_longest_names_are_printed_whole_and_nothing_overlaps(name: str, dpi: int, sscc: str | None) -> None:
    made = longest_label(name, sscc=sscc)
    printed = render_zpl(made, dpi)
    joined = "".join(line.text for line in layout(made)).replace(" ", "")
    for text in (name, name[:64], f"999999999.999999{name[:40]}{name}"):
        assert text.replace(" ", "") in joined
    areas = boxes(printed)
    width, height = (int(re.findall(rf"\^{command}(\d+)", printed)[0]) for command in ("PW", "LL"))
    for number_of, (x, y, right, bottom) in enumerate(areas):
        assert 0 <= x < right <= width
        assert 0 <= y < bottom <= height
        for other in areas[number_of + 1 :]:
            apart = right <= other[0] or other[2] <= x or bottom <= other[1] or other[3] <= y
            assert apart, (areas[number_of], other)


@pytest.mark.parametrize("script", ["accents", "Cyrillic", "capital Cyrillic", "Greek"])
def test_letters_that_printers_may_lack_are_graphics(script: str) -> None:
    printed = render_zpl(longest_label(LONGEST[script]))
    assert "^GFA" in printed
    assert all(text.encode("latin-1", "replace").decode("latin-1") == text for text in texts(printed))


@pytest.mark.parametrize("script", ["Latin", "German", "Chinese", "commands"])
def test_letters_that_printers_have_or_only_they_may_have_are_left_to_them(script: str) -> None:
    assert "^GF" not in render_zpl(longest_label(LONGEST[script]))


def test_no_letter_of_a_graphic_is_wider_or_higher_than_its_line() -> None:
    for letter in sorted(map(chr, open_sans().glyphs)):
        if letter.isprintable() and not unicodedata.combining(letter):
            printed = render_zpl(label(customer_name=f"Щ{letter}Щ", contents=[]))
            [(data, row_bytes)] = re.findall(r"\^GFA,(\d+),\d+,(\d+),", printed)
            assert int(row_bytes) * 8 <= width_of(f"Щ{letter}Щ", 48) + 8
            assert int(data) / int(row_bytes) <= 48 * 1.15


@pytest.mark.parametrize(("dpi", "size"), [(203, ("812", "1218")), (300, ("1200", "1800"))])
def test_a_label_is_made_for_the_resolution_of_the_printer(dpi: int, size: tuple[str, str]) -> None:
    printed = render_zpl(label(), dpi)
    assert tuple(re.findall(r"\^(?:PW|LL)(\d+)", printed)) == size
    [(left, module, height)] = re.findall(r"\^FO(\d+),\d+\^BY(\d+),3,(\d+)\^BCN", printed)
    assert 0.495 <= int(module) * 25.4 / dpi <= 1.016
    assert int(height) * 25.4 / dpi >= 31.75
    assert int(left) >= 10 * int(module)
    assert int(left) + 166 * int(module) <= int(size[0])


def test_a_plain_label_has_room_for_more_contents() -> None:
    many = [ProductSum(f"Product {number}", Decimal(1), "EA") for number in range(25)]
    printed = render_zpl(label(contents=many, sscc=None))
    assert "^BC" not in printed
    assert "SSCC" not in texts(printed)
    assert "1 EA Product 24" in texts(printed)


def test_a_long_list_ends_with_the_number_of_further_contents() -> None:
    many = [ProductSum(f"Product {number}", Decimal(1), "EA") for number in range(40)]
    printed = texts(render_zpl(label(contents=many)))
    shown = sum(text.startswith("1 EA Product") for text in printed)
    assert shown >= 12
    assert f"and {40 - shown} more" in printed


def test_a_box_without_weight_has_none_on_its_label() -> None:
    assert "WEIGHT" not in texts(render_zpl(label(weight=None)))


def test_a_name_beyond_its_limit_is_cut_with_dots() -> None:
    printed = texts(render_zpl(label(customer_name="W" * 400)))
    assert printed[1].startswith("WWW")
    assert any(text.endswith("W...") for text in printed)


def test_a_number_is_printed_smaller_before_it_is_cut() -> None:
    number = "SH-2026-11-21-AMSTERDAM-NOORD-0001"
    assert number in texts(render_zpl(label(shipment_number=number)))


@pytest.mark.parametrize(
    "name", ["^XZ^XA^FDhello^FS", "~JA", "a_5Eb", "^FH\\^FD", "C:\\temp\\&", "Crème brûlée", "日本"]
)
def test_commands_in_a_name_are_printed_as_text(name: str) -> None:
    printed = render_zpl(label(customer_name=name, contents=[ProductSum(name, Decimal(1), name)]))
    assert texts(printed)[1] == name
    assert (printed.count("^XA"), printed.count("^XZ"), printed.count("~")) == (1, 1, 0)
    assert printed.isascii()


@given(st.text(max_size=80), st.text(max_size=80), st.decimals("0.000001", 1000, places=6))
def test_a_label_holds_only_its_own_commands_for_any_text(name: str, number: str, weight: Decimal) -> None:
    plain = commands(render_zpl(label(customer_name="a", shipment_number="a", so_number="a")))
    printed = render_zpl(label(customer_name=name, shipment_number=number, so_number=number, weight=weight))
    assert set(commands(printed)) <= {*plain, "GF"}
    assert printed.isascii()
    assert "~" not in printed
    assert (printed.count("^XA"), printed.count("^XZ"), printed.count("^BC")) == (1, 1, 1)
