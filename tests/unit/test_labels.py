"""Labels of boxes, parsed as a printer does."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.packing.boxes.labels import WIDTH, BoxLabel, render_zpl, width_of
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


LONGEST = {
    "wide letters": "W" * 200,
    "wide words": " ".join(["WWMM%@"] * 28)[:200],
    "Latin": "Koninklijke Nederlandse Bakkerij en Banketbakkerij van de Gebroeders Zonneveld te Amsterdam-Noord " * 2,
    "German": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    "accents": "Crème brûlée à l'ancienne - Žluťoučký kůň, Łódź, Ñandú, Ærøskøbing, Þingvellir, Őrült Űrhajó " * 2,
    "Cyrillic": "Общество с ограниченной ответственностью «ЖЁЛТЫЙ ЩЁГОЛЬ И ШИШКА», хлебобулочные изделия " * 2,  # noqa: RUF001 - Cyrillic is meant
    "capital Cyrillic": "ШЩЖЮФМ" * 33,
    "Greek": "Ανώνυμη Εταιρεία Αρτοποιίας και Ζαχαροπλαστικής ΩΜΕΓΑ, Θεσσαλονίκη και Περίχωρα " * 2,
    "Chinese": "日本語の非常に長い会社名" * 16,
    "commands": "^XZ^XA~JA_5E" * 16,
    "narrow": "il.,'" * 40,
    "short": "Zon",
}


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", [name.strip()[:200] for name in LONGEST.values()], ids=LONGEST)
@pytest.mark.parametrize("sscc", [SSCC, None], ids=["sscc", "plain"])
def test_the_longest_names_are_printed_whole_and_nothing_overlaps(name: str, dpi: int, sscc: str | None) -> None:
    content = ProductSum(name, Decimal("999999999.999999"), name[:40])
    number = name[:64]
    made = label(customer_name=name, shipment_number=number, so_number=number, contents=[content], sscc=sscc)
    printed = render_zpl(made, dpi)
    joined = "".join(texts(printed)).replace(" ", "")
    for text in (name, number, f"999999999.999999{name[:40]}{name}"):
        assert text.replace(" ", "") in joined
    areas = boxes(printed)
    width, height = (int(re.findall(rf"\^{command}(\d+)", printed)[0]) for command in ("PW", "LL"))
    for number_of, (x, y, right, bottom) in enumerate(areas):
        assert 0 <= x < right <= width
        assert 0 <= y < bottom <= height
        for other in areas[number_of + 1 :]:
            apart = right <= other[0] or other[2] <= x or bottom <= other[1] or other[3] <= y
            assert apart, (areas[number_of], other)


def boxes(printed: str) -> list[tuple[float, float, float, float]]:
    """Return the area of each field: left, top, right, bottom."""
    areas: list[tuple[float, float, float, float]] = []
    for x, y, rest in re.findall(r"\^FO(\d+),(\d+)(.*)\^FS", printed):
        left, top = int(x), int(y)
        if centred := re.search(r"\^A0N,(\d+),\d+\^FB(\d+)", rest):
            areas.append((left, top, left + int(centred[2]), top + int(centred[1])))
        elif letters := re.search(r"\^A0N,(\d+),\d+\^FH_\^FD(.*)", rest):
            size = int(letters[1])
            areas.append((left, top, left + width_of(unescaped(letters[2]), size), top + size))
        elif line := re.search(r"\^GB(\d+),(\d+)", rest):
            areas.append((left, top, left + int(line[1]), top + int(line[2])))
        else:
            [(module, high)] = re.findall(r"\^BY(\d+),3,(\d+)", rest)
            areas.append((left, top, left + 156 * int(module), top + int(high)))
    return areas


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
    assert set(commands(printed)) <= set(plain)
    assert printed.isascii()
    assert "~" not in printed
    assert (printed.count("^XA"), printed.count("^XZ"), printed.count("^BC")) == (1, 1, 1)
