"""The numbers that packing looks up for a scanned string."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.packing.rules import MAX_NUMBERS, numbers_in
from chalicelib.packing.sscc import make_sscc

SSCC = "376104250021234569"
GTIN = "07032069804988"
GS = "\x1d"


@pytest.mark.parametrize("plain", ["SO-1001", "LP 7/2", "2100045", "1000123", "9012345", "00123", "0104", SSCC, "Ünï"])
def test_a_plain_number_stands_for_itself_only(plain: str) -> None:
    assert numbers_in(plain) == [plain]


@pytest.mark.parametrize(
    "scanned",
    [
        f"]C100{SSCC}",
        f"]d200{SSCC}",
        f"]Q300{SSCC}",
        f"]C1{GS}00{SSCC}",
        f"{GS}00{SSCC}",
        f"00{SSCC}",
        f"(00){SSCC}",
        f"  (00){SSCC}\r\n",
        f"(00) {SSCC} (10) LOT7",
        f"]C100{SSCC}3700000012{GS}10LOT7",
        f"]d202{GTIN}3712{GS}00{SSCC}",
        f"(02){GTIN}(37)12(00){SSCC}",
    ],
)
def test_an_sscc_is_found_however_it_is_sent(scanned: str) -> None:
    found = numbers_in(scanned)
    assert found[0] == SSCC
    assert len(found) == 2


@pytest.mark.parametrize("separator", [GS, "|", "^", "^]", "<GS>", "{GS}"])
def test_a_plate_number_is_found_as_the_serial_of_what_is_on_it(separator: str) -> None:
    for before in ("]C1", "]d2", ""):
        scanned = f"{before}01{GTIN}21LP-000123{separator}10LOT7"
        assert numbers_in(scanned)[0] == "LP-000123", scanned


@pytest.mark.parametrize(
    ("scanned", "number"),
    [
        ("(01)07032069804988(21)LP-000123", "LP-000123"),
        ("(21)LP-000123(15)000000", "LP-000123"),
        ("]C191LP-000123", "LP-000123"),
        ("]C199WH-7/LP.3", "WH-7/LP.3"),
        ("]C140270321500000000015", "70321500000000015"),
    ],
)
def test_other_identifiers_of_plates_and_shipments_are_found(scanned: str, number: str) -> None:
    assert numbers_in(scanned)[0] == number


@pytest.mark.parametrize("scanned", [f"(01){GTIN}(10)LP-000123", "]C110LP-000123", f"(01){GTIN}", "]C1400SO-1001"])
def test_a_lot_a_product_and_the_customers_order_number_are_not_looked_up(scanned: str) -> None:
    assert len(numbers_in(scanned)) == 1


def test_an_sscc_with_a_wrong_check_digit_is_not_looked_up() -> None:
    wrong = SSCC[:-1] + "0"
    assert numbers_in(f"]C100{wrong}") == [f"00{wrong}"]
    assert numbers_in(f"00{wrong}") == [f"00{wrong}"]


def test_the_string_itself_comes_last_without_its_symbology_identifier() -> None:
    assert numbers_in(f"]C100{SSCC}") == [SSCC, f"00{SSCC}"]
    assert numbers_in("]C0LP-000123") == ["LP-000123"]
    assert numbers_in("]E05901234123457") == ["5901234123457"]


@pytest.mark.parametrize("scanned", ["", "  ", "]C1", "]C1  "])
def test_an_empty_scan_stands_for_no_number(scanned: str) -> None:
    assert numbers_in(scanned) == []


@pytest.mark.parametrize("scanned", ["]", "]C", "]Y9", "]!x", GS, "||", "(00)", "(00", "]C1(((", "]d2\ud800", "^]^]"])
def test_malformed_labels_are_plain_numbers_at_most(scanned: str) -> None:
    assert len(numbers_in(scanned)) <= 1


@given(st.text(max_size=60) | st.text("()]Cd12|^<GS>{} 0123456789LP-\x1d", max_size=60))
def test_any_string_gives_few_distinct_numbers_that_are_not_blank(scanned: str) -> None:
    found = numbers_in(scanned)
    assert len(found) <= MAX_NUMBERS
    assert len(set(found)) == len(found)
    assert all(one.strip() for one in found)


@given(st.integers(0, 9), st.text("0123456789", min_size=7, max_size=10), st.integers(0, 999_999))
def test_every_generated_sscc_is_found_in_its_own_label(extension: int, prefix: str, serial: int) -> None:
    sscc = make_sscc(extension, prefix, serial)
    for scanned in (f"]C100{sscc}", f"00{sscc}", f"(00){sscc}"):
        assert numbers_in(scanned)[0] == sscc


def test_the_parser_is_not_loaded_for_plain_numbers() -> None:
    code = (
        "import sys; from chalicelib.packing.rules import numbers_in; numbers_in('LP-000123');"
        " assert 'biip' not in sys.modules; numbers_in('(21)LP-1'); assert 'biip' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
