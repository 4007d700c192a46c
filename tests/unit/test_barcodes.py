"""The parser of scanned texts: what it says of each vector, and what holds for every text."""

import subprocess
import sys
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.barcodes.codes import canonical_code, check_digit, upc_e_articles
from chalicelib.barcodes.gs1 import Element
from chalicelib.barcodes.parser import MAX_LENGTH, parse_scan, trim
from tests.unit.barcode_vectors import VECTORS, A, Vector

GS = "\x1d"
ANSWERS = ("gtin", "sscc", "serial", "lot", "expiry", "count", "net_weight", "location", "unit", "problem")
MANY_DIGITS = st.text("0123456789", min_size=1, max_size=40)
RESEMBLING_GS1 = st.text("()]CdEeQ0123|^<GS>{}\\x1d 456789LP-:/.?=&%\x1d", max_size=120)
CHARSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.raw[:60])
def test_each_vector_is_understood(vector: Vector) -> None:
    scan = parse_scan(vector.raw)
    expected = dict.fromkeys(ANSWERS) | vector.answers
    found = {name: getattr(scan, name) for name in expected}
    assert (scan.kind.value, found) == (vector.kind, expected)


def test_there_are_vectors_of_all_kinds() -> None:
    assert len({vector.raw for vector in VECTORS}) == len(VECTORS) >= 150
    assert {vector.kind for vector in VECTORS} == {"plain", "article", "logistic_unit", "location", "elements"}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.raw[:60])
def test_each_scan_has_candidates_unless_it_is_empty(vector: Vector) -> None:
    scan = parse_scan(vector.raw)
    if vector.kind == "plain" and "candidates" not in vector.answers:
        assert scan.candidates[:1] == ((scan.text,) if scan.text else ())
    if vector.kind == "article" and scan.elements:
        assert scan.candidates[0] == vector.answers["gtin"]


VALUES = {
    "10": st.text(CHARSET_82, min_size=1, max_size=20),
    "21": st.text(CHARSET_82, min_size=1, max_size=20),
    "22": st.text(CHARSET_82, min_size=1, max_size=20),
    "240": st.text(CHARSET_82, min_size=1, max_size=30),
    "17": st.dates().map(lambda day: day.strftime("%y%m%d")),
    "30": st.integers(1, 10**8 - 1).map(str),
    "37": st.integers(1, 10**8 - 1).map(str),
    "3103": st.integers(0, 999_999).map(lambda grams: f"{grams:06}"),
    "91": st.text(CHARSET_82, min_size=1, max_size=90),
}
"""The values of identifiers that may follow an article."""
GTINS = st.integers(1, 10**13 - 1).map(lambda body: f"{body:013}").map(lambda body: body + check_digit(body))


@st.composite
def messages(draw: st.DrawFn) -> list[Element]:
    """Return an article with some further elements, in any order."""
    chosen = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True))
    return [Element("01", draw(GTINS)), *(Element(ai, draw(VALUES[ai])) for ai in chosen)]


def _separated(elements: list[Element], separator: str) -> str:
    return separator.join(element.ai + element.value for element in elements)


@given(messages(), st.sampled_from(["]C1", "]d2", "]Q3", "]e0", ""]), st.sampled_from([GS, "^", "|", "\\x1d"]))
def test_element_strings_that_are_built_are_parsed_to_the_same_elements(
    elements: list[Element], symbology: str, separator: str
) -> None:
    assert parse_scan(symbology + _separated(elements, separator)).elements == tuple(elements)


@given(messages())
def test_bracketed_texts_that_are_built_are_parsed_to_the_same_elements(elements: list[Element]) -> None:
    text = "".join(f"({ai}){value.replace('(', chr(92) + '(')}" for ai, value, _ in elements)
    assert parse_scan(text).elements == tuple(elements)


@given(messages())
def test_digital_links_that_are_built_are_parsed_to_the_same_elements(elements: list[Element]) -> None:
    path = "".join(f"/{ai}/{quote(value, safe='')}" for ai, value, _ in elements if ai in ("01", "10", "21", "22"))
    query = "&".join(f"{ai}={quote(value, safe='')}" for ai, value, _ in elements if f"/{ai}/" not in path)
    scan = parse_scan(f"https://example.com/some/path{path}?{query}")
    assert sorted(scan.elements) == sorted(elements)


@given(st.integers(10**9, 10**12 - 1).map(str), messages())
def test_composites_that_are_built_are_parsed_to_the_same_elements(body: str, elements: list[Element]) -> None:
    ean = body.zfill(12) + check_digit(body)
    further = elements[1:] or [Element("10", "L")]
    scan = parse_scan(f"]E0{ean}|]e0{_separated(further, GS)}")
    assert (scan.gtin, scan.elements[1:]) == (ean.zfill(14), tuple(further))


@given(st.text(max_size=600) | RESEMBLING_GS1 | MANY_DIGITS)
def test_no_text_raises(raw: str) -> None:
    scan = parse_scan(raw)
    assert scan.text == scan.text.strip()
    assert bool(scan.candidates) == bool(scan.text)
    assert all(element.value for element in scan.elements)
    assert {name: getattr(scan, name) for name in ANSWERS}


@given(st.text(CHARSET_82 + "\\|^", max_size=80).map(lambda tail: f"]C101{A}10{tail}"))
def test_no_mistake_behind_an_article_raises(raw: str) -> None:
    scan = parse_scan(raw)
    assert scan.gtin == A or scan.problem is not None


def test_only_elements_of_predefined_length_may_stand_before_the_key_of_an_unmarked_label() -> None:
    assert parse_scan(f"1726023001{A}").values == {"17": "260230", "01": A}
    assert parse_scan(f"10LOT01{A}").values == {}


def test_identifiers_without_a_value_are_left_out() -> None:
    assert parse_scan("(21)(10)L").elements == (Element("10", "L"),)
    assert parse_scan("]C121").candidates == ("21",)


@pytest.mark.parametrize("separator", ["\\x1d", "|", "(21)"])
def test_the_longest_text_has_a_bounded_number_of_elements(separator: str) -> None:
    assert len(parse_scan(f"]C1{separator}30" * 200).elements) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("12345670", "00000012345670"),
        (" 5901234123457 ", "05901234123457"),
        ("1234567", "1234567"),
        ("123456789012345", "123456789012345"),
        ("sku-1", "sku-1"),
        ("١٢٣٤٥٦٧٨", "١٢٣٤٥٦٧٨"),
    ],
)
def test_codes_are_compared_as_gtin_14(code: str, form: str) -> None:
    assert canonical_code(code) == form


@given(st.text("0123456789", min_size=6, max_size=8))
def test_every_upc_e_number_is_a_upc_with_a_check_digit(digits: str) -> None:
    for gtin in upc_e_articles(digits):
        assert gtin.startswith("00")
        assert check_digit(gtin[:-1]) == gtin[-1]


def test_weights_and_counts_are_exact() -> None:
    scan = parse_scan(f"01{A}31030012503712")
    assert scan.net_weight is not None
    assert str(scan.net_weight.amount) == "1.250"
    assert scan.count == Decimal(12)


def test_the_gs1_parser_is_loaded_on_first_use() -> None:
    code = (
        "import sys; from chalicelib.barcodes.parser import parse_scan; parse_scan('2100045').candidates;"
        " assert 'biip' not in sys.modules; parse_scan('(21)LP-1'); assert 'biip' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("margin", ["\u200e", "\u200b", "\ufeff", "\0", "\x02", " \r\n", "\x1d"])
def test_control_and_format_characters_around_a_scan_are_ignored(margin: str) -> None:
    assert parse_scan(f"{margin}SH-1003{margin}").text == "SH-1003"
    assert trim(margin) == ""
