"""The parser of scanned strings: what counts as GS1, and what is a plain code."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.barcodes.codes import canonical_code
from chalicelib.barcodes.gs1 import Element
from chalicelib.barcodes.parser import candidates, read_scan

GTIN, SSCC = "07032069804988", "376104250021234569"
GS = "\x1d"


@pytest.mark.parametrize("code", ["LP-000123", "2100045", "0104", "24040110", SSCC, "5901234123457", "hello", "", "]"])
def test_a_plain_code_has_no_elements(code: str) -> None:
    scan = read_scan(code)
    assert (scan.text, scan.elements, scan.is_marked) == (code, (), False)


@pytest.mark.parametrize(
    "raw",
    [
        f"]C101{GTIN}10LOT7{GS}3012",
        f"]C1{GS}01{GTIN}10LOT7{GS}3012",
        f"01{GTIN}10LOT7{GS}3012",
        f"01{GTIN}10LOT7<GS>3012",
        f"01{GTIN}10LOT7{{GS}}3012",
        f"01{GTIN}10LOT7|3012",
        f"01{GTIN}10LOT7^3012",
        f"01{GTIN}10LOT7^]3012",
        f"(01){GTIN}(10)LOT7(30)12",
        f" (01) {GTIN} (10) LOT7 (30) 12\r\n",
    ],
)
def test_every_form_of_a_label_gives_the_same_elements(raw: str) -> None:
    assert read_scan(raw).elements == (Element("01", GTIN), Element("10", "LOT7"), Element("30", "12"))
    assert read_scan(raw).values() == {"01": GTIN, "10": "LOT7", "30": "12"}


@pytest.mark.parametrize("symbology", ["]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"])
def test_a_gs1_symbology_marks_elements_that_would_be_a_plain_code_otherwise(symbology: str) -> None:
    scan = read_scan(f"{symbology}21LP-1")
    assert (scan.symbology, scan.text, scan.values()) == (symbology, "21LP-1", {"21": "LP-1"})
    assert read_scan("]C021LP-1").values() == read_scan("21LP-1").values() == {}


def test_only_elements_of_predefined_length_may_stand_before_the_key_of_an_unmarked_label() -> None:
    assert read_scan(f"1726023001{GTIN}").values() == {"17": "260230", "01": GTIN}
    assert read_scan(f"10LOT01{GTIN}").values() == {}


def test_a_wrong_check_digit_is_reported_with_its_element() -> None:
    assert read_scan(f"00{SSCC[:-1]}0").elements == (Element("00", f"{SSCC[:-1]}0", is_misread=True),)
    assert read_scan(f"01{GTIN[:-1]}0").elements == (Element("01", f"{GTIN[:-1]}0", is_misread=True),)


def test_of_equal_identifiers_the_first_value_counts() -> None:
    assert read_scan("(21)A(21)B").values() == {"21": "A"}


def test_identifiers_without_a_value_are_left_out() -> None:
    assert candidates("]C121", {"21"}, 4) == ["21"]


def test_candidates_are_limited_and_end_with_the_string_itself() -> None:
    raw = "(91)D(90)C(21)B(21)A"
    assert candidates(raw, {"21", "90", "91"}, 9) == ["B", "A", "C", "D", raw]
    assert candidates(raw, {"21", "90", "91"}, 3) == ["B", "A", raw]
    assert candidates(" ]C1 ", {"21"}, 3) == []


def test_an_unmarked_string_with_a_misread_key_is_a_plain_number() -> None:
    wrong = f"01{GTIN[:-1]}021LP-1"
    assert candidates(wrong, {"21"}, 4) == [wrong]
    assert candidates(f"]C1{wrong}", {"21"}, 4) == ["LP-1", wrong]


@given(st.text(max_size=60) | st.text("()]Cd12|^<GS>{} 0123456789LP-\x1d", max_size=60))
def test_no_string_is_refused(raw: str) -> None:
    scan = read_scan(raw)
    assert all(element.value.strip() for element in scan.elements)
    assert scan.text == scan.text.strip()


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("12345670", "00000012345670"),
        (" 5901234123457 ", "05901234123457"),
        ("1234567", "1234567"),
        ("123456789012345", "123456789012345"),
        ("sku-1", "SKU-1"),
        ("١٢٣٤٥٦٧٨", "١٢٣٤٥٦٧٨"),
    ],
)
def test_codes_are_compared_in_capitals_and_as_gtin_14(code: str, form: str) -> None:
    assert canonical_code(code) == form


def test_the_gs1_parser_is_loaded_on_first_use() -> None:
    code = (
        "import sys; from chalicelib.barcodes.parser import read_scan; read_scan('2100045').elements;"
        " assert 'biip' not in sys.modules; read_scan('(21)LP-1').elements; assert 'biip' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("margin", ["\u200e", "\u200b", "\ufeff", "\0", "\x02", " \r\n", "\x1d"])
def test_control_and_format_characters_around_a_scan_are_ignored(margin: str) -> None:
    assert read_scan(f"{margin}SH-1003{margin}").text == "SH-1003"
    assert read_scan(margin).text == ""
