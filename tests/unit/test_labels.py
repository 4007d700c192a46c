"""Labels of boxes, parsed as a printer does."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.packing.boxes.labels import HEIGHT, WIDTH, BoxLabel, render_zpl
from chalicelib.packing.boxes.rules import ProductSum

SSCC = "376104250021234569"
COMMANDS = {"XA", "CI", "PW", "LL", "LH", "FO", "A0", "FH", "FD", "FS", "GB", "BY", "BC", "FB", "XZ"}


def label(**known: Any) -> BoxLabel:
    made_of = {
        "customer_name": "Bakkerij Zon",
        "shipment_number": "SH-1001",
        "so_number": "SO-77",
        "box_number": 3,
        "sscc": SSCC,
        "weight": Decimal("12.50"),
        "contents": [ProductSum("Almond biscuits", Decimal(48), "EA"), ProductSum("Rye bread", Decimal("2.500"), "KG")],
    }
    return BoxLabel(**{**made_of, **known})


def unescaped(data: str) -> str:
    return re.sub(r"(?:_[0-9A-F]{2})+", lambda run: bytes.fromhex(run[0].replace("_", "")).decode(), data)


def texts(printed: str) -> list[str]:
    """Return the printed texts, in the order of the label."""
    return [unescaped(data) for data in re.findall(r"\^FD([^^]*)\^FS", printed)]


def commands(printed: str) -> list[str]:
    return [found[:2] for found in re.findall(r"\^(..)", printed)]


def test_a_label_shows_customer_contents_and_box() -> None:
    assert texts(render_zpl(label())) == [
        *("SHIP TO", "Bakkerij Zon", "SHIPMENT", "SH-1001", "ORDER", "SO-77", "WEIGHT", "12.5 kg", "BOX", "3"),
        *("CONTENTS", "48 EA  Almond biscuits", "2.5 KG  Rye bread"),
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


def test_long_texts_stay_within_the_label() -> None:
    many = [ProductSum("Product " + "x" * 80, Decimal(number), "EA") for number in range(40)]
    printed = render_zpl(label(customer_name="W" * 300, contents=many, box_number=12345))
    for x, y in re.findall(r"\^FO(\d+),(\d+)", printed):
        assert int(x) < WIDTH
        assert int(y) < HEIGHT
    rows = [int(y) for y in re.findall(r"\^FO40,(\d+)\^A0", printed)]
    assert len(rows) == len(set(rows))


def test_a_long_list_ends_with_the_number_of_further_contents() -> None:
    many = [ProductSum(f"Product {number}", Decimal(1), "EA") for number in range(12)]
    printed = texts(render_zpl(label(contents=many)))
    assert "1 EA  Product 6" in printed
    assert "and 5 more" in printed
    assert "1 EA  Product 7" not in printed


def test_a_box_without_weight_has_none_on_its_label() -> None:
    assert "WEIGHT" not in texts(render_zpl(label(weight=None)))


def test_a_long_name_is_broken_and_cut_with_dots() -> None:
    printed = texts(render_zpl(label(customer_name="Koninklijke Nederlandse Bakkerij " * 5)))
    assert printed[1].startswith("Koninklijke Nederlandse")
    assert printed[2].endswith("...")


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
    assert set(commands(printed)) <= set(plain)
    assert printed.isascii()
    assert "~" not in printed
    assert (printed.count("^XA"), printed.count("^XZ"), printed.count("^BC")) == (1, 1, 1)
