"""What a scan says about what was picked, and which lines it fills."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.barcodes.codes import canonical_code
from chalicelib.picking.ledger.matching import PickLine, PickLines, Reading, fill, read_code

EAN, GTIN = "5901234123457", "05901234123457"
LINES = PickLines(
    [
        PickLine(1, "4011-A", Decimal(5), "A-01", (EAN,)),
        PickLine(2, "3712", Decimal(5), "A-02"),
        PickLine(3, "B", Decimal(1), "C", ("B", "b ")),
    ]
)


@pytest.mark.parametrize(
    ("raw", "codes", "amount"),
    [
        (EAN, (EAN,), 1),
        (f"]E0{EAN}", (EAN,), 1),
        ("]A04011-a", ("4011-a",), 1),
        ("4011-A", ("4011-A",), 1),
        ("3712", ("3712",), 1),  # a count by itself in GS1, and here a SKU
        (f"01{GTIN}", (GTIN,), 1),
        (f"]C101{GTIN}3012", (GTIN,), 12),
        (f"]d201{GTIN}10LOT7\x1d3004", (GTIN,), 4),
        (f"02{GTIN}37120", (GTIN,), 120),
        (f"02{GTIN}303\x1d3712", (GTIN,), 12),
        (f"(01){GTIN}(30)3(10)AB-12", (GTIN,), 3),
        (f"01{GTIN}17000000", (GTIN,), 1),  # a date that is none says nothing of the article
        (f"01{GTIN}172602303005", (GTIN,), 5),
        (f"01{GTIN}10LOT7<GS>3004", (GTIN,), 4),  # how scanners send FNC1 where they cannot send the character
        (f"01{GTIN}10LOT7{{GS}}3004", (GTIN,), 4),
        (f"01{GTIN}10LOT7|3004", (GTIN,), 4),
        (f"01{GTIN}10LOT7^3004", (GTIN,), 4),
        (f"01{GTIN}10LOT7^]3004", (GTIN,), 4),
        (f"(01) {GTIN} (30) 4", (GTIN,), 4),
        ("00340123450000000024", ("340123450000000024",), 1),
        (f"01{GTIN}240X-9", (GTIN, "X-9"), 1),
        ("3713", ("3713",), 1),
        ("2404011000003", ("2404011000003",), 1),  # an article that begins like an identifier of GS1
        ("]E02414011000000", ("2414011000000",), 1),
        ("24040110", ("24040110",), 1),
        ("240-A4011", ("240-A4011",), 1),
        ("]A02414011-A", ("2414011-A",), 1),
        ("]C124040110", ("40110",), 1),  # here the symbology says that it is GS1
        ("(240)4011-A", ("4011-A",), 1),
        (f"]C1\x1d01{GTIN}3012", (GTIN,), 12),
        (f"]e101{GTIN}3012", (GTIN,), 12),
        (f"]C1 01{GTIN}3012", (GTIN,), 12),
        (f"1726023001{GTIN}3005", (GTIN,), 5),  # a date may come first
        ("240X-9|3004", ("X-9",), 4),  # a group separator says that it is GS1
        ("hello", ("hello",), 1),
        ("99887766554433", ("99887766554433",), 1),
        ("]C1hello", ("hello",), 1),
        ("]C1", ("]C1",), 1),
    ],
)
def test_a_scan_gives_its_codes_and_amount(raw: str, codes: tuple[str, ...], amount: int) -> None:
    assert read_code(raw, LINES)._replace(unit=None) == Reading(codes, Decimal(amount))


@given(st.text(min_size=1, max_size=60))
def test_any_string_gives_a_code(raw: str) -> None:
    reading = read_code(raw, LINES)
    assert reading.codes
    assert reading.amount >= 0


@given(st.text("0123456789()]CdE\x1d", min_size=1, max_size=40))
def test_any_string_that_resembles_gs1_gives_a_code(raw: str) -> None:
    assert read_code(raw, LINES).codes


@pytest.mark.parametrize("code", ["12345670", "012345678905", EAN, GTIN])
def test_article_numbers_of_all_lengths_are_equal(code: str) -> None:
    assert canonical_code(code) == canonical_code(code.zfill(14))


def test_barcodes_come_before_skus_and_skus_before_locations() -> None:
    lines = PickLines(
        [
            PickLine(1, "X", Decimal(1), "A"),
            PickLine(2, "Y", Decimal(1), "X"),
            PickLine(3, "Z", Decimal(1), "Q", ("X",)),
        ]
    )
    assert [line.number for line in lines.matching(("X",))] == [3]
    assert [line.number for line in lines.matching(("unknown", "y", "z"))] == [2, 3]
    assert lines.matching(("unknown",)) == ()


def test_a_full_line_takes_nothing_more() -> None:
    lines = LINES.matching((EAN,))
    assert fill(lines, {1: Decimal(4)}, Decimal(3)) == (((1, Decimal(1)),), Decimal(2))
    assert fill(lines, {1: Decimal(5)}, Decimal(1)) == ((), Decimal(1))


CASE = "19521234000010"
BY_WEIGHT = PickLines(
    [
        PickLine(1, "HAM", Decimal(20), "C-01", (EAN,), None, (), "KG"),
        PickLine(2, "SALT", Decimal(500), "C-02", ("9521234000013",), None, (), "g"),
        PickLine(
            3, "CUP", Decimal(48), "C-03", ("9521234111115", CASE), None, ((CASE, Decimal(12)), ("tray", Decimal(6)))
        ),
    ]
)


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        (f"(01){GTIN}(3103)001250", "1.250"),
        (f"(01){GTIN}(3103)001250(30)4", "1.250"),  # the weight of all four
        (f"(01){GTIN}", "1"),
        (f"(01){GTIN}(3203)001250", "1"),  # pounds are not converted
        (f"(01){GTIN}(3303)001250", "1"),  # a gross weight
        ("(01)09521234000013(3103)000250", "250"),
        ("(01)09521234111115(3103)000250", "1"),  # a line of pieces
        ("9521234111115", "1"),
        (CASE, "12"),
        (f"(01){CASE}", "12"),
        (f"(02){CASE}(37)3", "36"),
        ("tray", "1"),  # no barcode of the line
        ("CUP", "1"),
    ],
)
def test_weights_and_packs_give_the_quantity(raw: str, amount: str) -> None:
    assert read_code(raw, BY_WEIGHT).amount == Decimal(amount)


def test_code_of_a_pack_is_found_in_any_case() -> None:
    lines = PickLines([PickLine(1, "CUP", Decimal(48), "C-03", ("case-a",), None, (("case-a", Decimal(12)),))])
    assert read_code("CASE-A", lines).amount == Decimal(12)
