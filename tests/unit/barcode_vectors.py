"""Scanned texts and what they say: the table by which the parser and all of its users are tested.

The numbers have the prefix 952, which GS1 keeps for examples, or are otherwise invented.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

GS = "\x1d"
A, B, CASE, EAN_8 = "09521234000013", "09521234111115", "19521234000010", "00000095212340"
UPC, UPC_E = "00614141000012", "00012345000065"
SSCC, SSCC_2 = "376123456789000018", "095212340000001232"
PLACE, PLACE_2 = "9521234000778", "9521234555551"
GSIN = "70312345000000014"


class Vector(NamedTuple):
    """A scanned text, its kind, and the answers that are not None."""

    raw: str
    kind: str
    answers: dict[str, Any]


def plain(raw: str, **answers: Any) -> Vector:
    """Return the vector of a plain code."""
    return Vector(raw, "plain", answers)


def article(raw: str, gtin: str = A, **answers: Any) -> Vector:
    """Return the vector of an article; with a serial number, article and serial identify the unit."""
    unit = {"unit": f"01{gtin}21{answers['serial']}"} if answers.get("serial") else {}
    return Vector(raw, "article", {"gtin": gtin} | unit | answers)


def pallet(raw: str, sscc: str = SSCC, **answers: Any) -> Vector:
    """Return the vector of a logistic unit."""
    return Vector(raw, "logistic_unit", {"sscc": sscc, "unit": f"00{sscc}"} | answers)


def place(raw: str, location: str) -> Vector:
    """Return the vector of a location."""
    return Vector(raw, "location", {"location": location})


def elements(raw: str, **answers: Any) -> Vector:
    """Return the vector of other GS1 elements."""
    return Vector(raw, "elements", answers)


def kg(number: str) -> dict[str, Any]:
    """Return the answer of a net weight in kilograms."""
    return {"net_weight": (Decimal(number), "kg")}


def lb(number: str) -> dict[str, Any]:
    """Return the answer of a net weight in pounds."""
    return {"net_weight": (Decimal(number), "lb")}


def count(number: int) -> dict[str, Any]:
    """Return the answer of a number of pieces."""
    return {"count": Decimal(number)}


UPC_E_ANSWERS = {
    "01234505": "00012000003455",
    "01234514": "00012100003454",
    "01234523": "00012200003453",
    "01234531": "00012300000451",
    "01234543": "00012340000053",
    "01234558": "00012345000058",
    "01234565": "00012345000065",
    "01234596": "00012345000096",
    "11234579": "00112345000079",
}
"""UPC-E numbers with number system and check digit, for each way to leave out zeros."""

PLAIN = [
    plain("LP-000123"),
    plain("A-01-03"),
    plain("4011-a"),
    plain("Ünï 7/2"),
    plain("3712"),  # a count by itself in GS1
    plain("0104"),
    plain("24040110"),
    plain("10LOT7"),
    plain("21LP-1"),
    plain("9521234000014"),  # a wrong check digit
    plain("95212341"),
    plain("00000000"),
    plain("0000000000000"),
    plain("١٢٣٤٥٦٧٨"),
    plain(SSCC),  # without its identifier it may be any number
    plain("123456789012345"),
    plain("hello world"),
    plain("]"),
    plain("](01)"),
    plain("]C0LP-1", text="LP-1"),
    plain("]A0CODE39", text="CODE39"),
    plain("]Q1plain", text="plain"),
    plain("]d1plain", text="plain"),
    plain("a|b"),
    plain("A^B"),
    plain("x<GS>y"),
    plain("|"),
    plain("240-A4011"),
    plain("https://example.com/shop/7"),
    plain("https://example.com/"),
    plain("http://"),
    plain("HTTPS://EXAMPLE.COM/01"),
    plain("ftp://id.gs1.org/01/" + A),
    plain("123456", candidates=("123456", UPC_E)),
    plain("0123456", candidates=("0123456", UPC_E)),
    plain("1234565", candidates=("1234565", "00123456000056", UPC_E)),
    plain("223456", candidates=("223456", "00022345000064")),
    plain("2234567"),
    plain("\ufeffSH-1003\r\n", text="SH-1003"),
]

NUMBERS = [
    article("9521234000013"),
    article("]E09521234000013"),
    article(" 9521234000013\r\n"),
    article(A),
    article("]E0" + A),
    article("]I1" + CASE, CASE),
    article(CASE, CASE),
    article("29521234000017", "29521234000017"),
    article("95212340", EAN_8),
    article("]E495212340", EAN_8),
    article("0000095212340", EAN_8),
    article("000000095212340"[1:], EAN_8),
    article("614141000012", UPC),
    article("]E0614141000012", UPC),
    article("]E00614141000012", UPC),
    article("0614141000012", UPC),
    article("]E3952123400001312", candidates=("952123400001312", A)),
    article("]E3952123400001354321", candidates=("952123400001354321", A)),
    *(article(short, full, candidates=(short, full)) for short, full in UPC_E_ANSWERS.items() if short[6] < "5"),
    *(
        article(short, "000000" + short, candidates=(short, full))
        for short, full in UPC_E_ANSWERS.items()
        if short[6] > "4"
    ),
    *(article(f"]E0{short}", full) for short, full in UPC_E_ANSWERS.items()),
    article("]E00000001234565", UPC_E),  # UPC-E with its zeros
    article("0000001234565", "00000001234565", candidates=("0000001234565", UPC_E)),
    article("0000001234505", "00012000003455"),
    article("09520028", "00000009520028", candidates=("09520028", "00095200002008")),  # EAN-8 or UPC-E
    article("]E409520028", "00000009520028", candidates=("09520028",)),
    article("]E401234565", "00000001234565"),
    plain("]E401234505", text="01234505"),  # no EAN-8
    plain("]E09521234000014", text="9521234000014"),
]

ELEMENTS = [
    article(f"01{A}"),
    article(f"]C101{A}"),
    article(f"]d201{A}"),
    article(f"]Q301{A}"),
    article(f"]e001{A}"),
    article(f"]e101{A}"),
    article(f"]e201{A}"),
    article(f"]J101{A}"),
    article(f"]C1 01{A}"),
    article(f"]C101{CASE}3712", CASE, **count(12)),
    article(f"]C101{A}3012", **count(12)),
    article(f"02{A}37120", **count(120)),
    article(f"02{A}303{GS}3712", **count(12)),
    article(f"]C101{A}10LOT7", lot="LOT7"),
    article(f"]C101{A}21S-1", serial="S-1"),
    article(f"01{A}21abc", serial="abc"),
    article(f"01{A}21ABC", serial="ABC"),
    article(f"]d201{A}10LOT7{GS}21S-1", lot="LOT7", serial="S-1"),
    article(f"]d201{A}21S-1{GS}10LOT7", lot="LOT7", serial="S-1"),
    article(f"]d201{A}17271231", expiry=date(2027, 12, 31)),
    article(f"]d201{A}17280200", expiry=date(2028, 2, 29)),
    article(f"]d201{A}17270200", expiry=date(2027, 2, 28)),
    article(f"]d201{A}17270230"),
    article(f"]d201{A}17000000"),
    article(f"]d201{A}17990101", expiry=date(2099, 1, 1)),
    article(f"]d201{A}70032712312359", expiry=date(2027, 12, 31)),
    article(f"]d201{A}15271231"),
    article(f"1727123101{A}", expiry=date(2027, 12, 31)),
    article(f"112701011727123101{A}10L", expiry=date(2027, 12, 31), lot="L"),
    article(f"01{A}3100000012", **kg("12")),
    article(f"01{A}3101000125", **kg("12.5")),
    article(f"01{A}3103001250", **kg("1.250")),
    article(f"01{A}3105012345", **kg("0.12345")),
    article(f"01{A}3202001250", **lb("12.50")),
    article(f"01{A}310300125010LOT7", **kg("1.250"), lot="LOT7"),
    article(f"01{A}31030012503730", **kg("1.250"), **count(30)),
    article(f"01{A}3303001250"),  # a gross weight
    article(f"01{A}240X-9", candidates=(A, "X-9")),
    article(f"01{A}241PART{GS}240X-9", candidates=(A, "X-9", "PART")),
    article(f"]C18006{A}0102", unit=None),
    article(f"8006{A}010221S1", unit=f"8006{A}010221S1", serial="S1"),
    article(f"]d201{A}21!\"%&'()*+,-./:;<=>?", serial="!\"%&'()*+,-./:;<=>?"),
    article(f"]d201{A}21_12345678901234567890"[:-1], serial="_1234567890123456789"),
    article(f"]d201{A}22VAR{GS}235TPX", serial=None),
    article(f"]C101{A}91x{GS}92y"),
    pallet(f"00{SSCC}"),
    pallet(f"]C100{SSCC}"),
    pallet(f"]d200{SSCC}"),
    pallet(f"]Q300{SSCC_2}", SSCC_2),
    pallet(f"00{SSCC_2}", SSCC_2),
    pallet(f"]C100{SSCC}10LOT7", lot="LOT7"),
    pallet(f"]C100{SSCC}02{A}3748", gtin=A, candidates=(A, SSCC), **count(48)),
    pallet(f"]C102{A}3748{GS}00{SSCC}", gtin=A, candidates=(A, SSCC), **count(48)),
    pallet(f"]C100{SSCC}3302004500"),
    pallet(f"]C1410{PLACE}00{SSCC}"),
    elements("]C121LP-1", serial="LP-1", candidates=("21LP-1",)),
    elements("]C110LOT7", lot="LOT7"),
    elements(f"]C1402{GSIN}"),
    elements("]C191LP-000123"),
    elements("]C124040110", candidates=("40110",)),
    elements("240X-9|3004", candidates=("X-9",), **count(4)),
    elements("]C13712", **count(12)),
    elements(f"]C1410{PLACE}"),
]

FNC1 = [
    *(
        article(f"01{A}10LOT7{mark}3004", lot="LOT7", **count(4))
        for mark in (
            GS,
            "<GS>",
            "<gs>",
            "{GS}",
            "[GS]",
            "<FNC1>",
            "{FNC1}",
            "|",
            "^",
            "^]",
            "\\x1d",
            "\\u001d",
            "\u241d",
        )
    ),
    *(
        article(f"{mark}01{A}10LOT7{mark}3004", lot="LOT7", **count(4))
        for mark in (GS, "<GS>", "{GS}", "|", "^", "^]", "\\x1d")
    ),
    *(article(f"{mark}01{A}") for mark in (GS, "<GS>", "{GS}", "|", "^", "\\x1d")),
    *(elements(f"{mark}21LP-1", serial="LP-1") for mark in ("<GS>", "{GS}", "|", "^", "\\x1d")),
    article(f"]C1{GS}01{A}3012", **count(12)),
    article(f"]d2{GS}01{A}10L{GS}", lot="L"),
    article(f"]d201{A}{GS}10L{GS}{GS}3012", lot="L", **count(12)),
    pallet(f"{GS}00{SSCC}", text=f"00{SSCC}"),
    pallet(f"^00{SSCC}"),
]

BRACKETS = [
    article(f"(01){A}"),
    article(f" (01) {A} (10) LOT7 (30) 12\r\n", lot="LOT7", **count(12)),
    article(f"(01){A}(21)S-1(17)271231", serial="S-1", expiry=date(2027, 12, 31)),
    article(f"(01){A}(10)LOT7(21)S-1", lot="LOT7", serial="S-1"),
    article(f"]C1(01){A}(10)LOT7", lot="LOT7"),
    article(f"(01){A}(3103)001250", **kg("1.250")),
    article(f"(01){A}(10)A\\(12)B", lot="A(12)B"),
    article(f"(01){A}(10)A(B)", lot="A(B)"),
    article(f"(10)LOT7(01){A}", lot="LOT7"),
    article(f"(01){A}(10)LOT7^", lot="LOT7"),
    article(f"(02){A}(37)12", **count(12)),
    article(f"(240)X-9(01){A}", candidates=(A, "X-9")),
    pallet(f"(00){SSCC}"),
    pallet(f"(02){A}(37)12(00){SSCC}", gtin=A, candidates=(A, SSCC), **count(12)),
    elements("(21)LP-000123(15)000000", serial="LP-000123"),
    elements("(21)A(21)B", serial="A"),
    elements("(91)D(90)C"),
]

DIGITAL_LINKS = [
    article(f"https://id.gs1.org/01/{A}"),
    article(f"http://id.gs1.org/01/{A}"),
    article(f"HTTPS://ID.GS1.ORG/01/{A}"),
    article(f"https://id.gs1.org/01/{A}/"),
    article("https://id.gs1.org/01/9521234000013"),
    article("https://id.gs1.org/01/95212340", EAN_8),
    article("https://id.gs1.org/01/614141000012", UPC),
    article(f"https://shop.example.com/01/{A}"),
    article(f"https://example.com:8443/a/b/01/{A}"),
    article(f"https://example.com/01/x/01/{A}"),
    article(f"https://example.com/p/01/{A}/21/S-1", serial="S-1"),
    article(f"https://id.gs1.org/01/{A}/10/LOT7/21/S-1", lot="LOT7", serial="S-1"),
    article(f"https://id.gs1.org/01/{A}/22/V/10/LOT7/21/S-1", lot="LOT7", serial="S-1"),
    article(f"https://id.gs1.org/01/{A}/235/TPX"),
    article(f"https://id.gs1.org/01/{A}/21/00", serial="00"),
    article(f"https://id.gs1.org/01/{A}/21/A%2FB%2B", serial="A/B+"),
    article(f"https://id.gs1.org/01/{A}/10/a+b", lot="a+b"),
    article(f"https://id.gs1.org/gtin/{A}/lot/LOT7/ser/S-1", lot="LOT7", serial="S-1"),
    article(f"https://id.gs1.org/01/{A}?17=271231&10=LOT7", lot="LOT7", expiry=date(2027, 12, 31)),
    article(f"https://id.gs1.org/01/{A}?10=LOT7&linkType=gs1:pip&lang=nl", lot="LOT7"),
    article(f"https://id.gs1.org/01/{A}?21=A%2FB", serial="A/B"),
    article(f"https://id.gs1.org/01/{A}?3103=001250&30=4", **kg("1.250"), **count(4)),
    article(f"https://id.gs1.org/01/{A}?3202=001250", **lb("12.50")),
    article(f"https://id.gs1.org/01/{A}/21/S-1#part", serial="S-1"),
    article(f"https://id.gs1.org/01/{A}?"),
    article(f"]Q1https://id.gs1.org/01/{A}/21/S-1", serial="S-1"),
    article(f"]d1https://id.gs1.org/01/{A}/21/S-1", serial="S-1"),
    article(f"]Q3https://id.gs1.org/01/{A}"),
    article(f"https://id.gs1.org/8006/{A}0102"),
    pallet(f"https://id.gs1.org/00/{SSCC}"),
    pallet(f"https://example.org/ship/00/{SSCC}?02={A}&37=12", gtin=A, candidates=(A, SSCC), **count(12)),
    place(f"https://id.gs1.org/414/{PLACE}", PLACE),
    place(f"https://id.gs1.org/414/{PLACE}/254/A-01", f"{PLACE}.A-01"),
    place(f"https://id.gs1.org/gln/{PLACE}/glnx/A-01", f"{PLACE}.A-01"),
    elements(f"https://id.gs1.org/402/{GSIN}"),
    elements("https://id.gs1.org/8004/95212340001"),
]

COMPOSITES = [
    article("]E09521234000013|]e010LOT7", lot="LOT7"),
    article("]E09521234000013]e010LOT7", lot="LOT7"),
    article(f"]E09521234000013|]e010LOT7{GS}21S-1", lot="LOT7", serial="S-1"),
    article("]E09521234000013|10LOT7", lot="LOT7"),
    article("9521234000013|]e010LOT7", lot="LOT7"),
    article("]E09521234000013|]e117271231", expiry=date(2027, 12, 31)),
    article("]E495212340|]e021S-1", EAN_8, serial="S-1"),
    article("]E00614141000012|]e021S-1", UPC, serial="S-1"),
    article("]E0614141000012|]e021S-1", UPC, serial="S-1"),
    article("]E001234565|]e021S-1", UPC_E, serial="S-1"),
    article(f"]e001{A}|]e010LOT7", lot="LOT7"),
    article(f"]C101{A}|]e010LOT7{GS}21S-1", lot="LOT7", serial="S-1"),
    article(f"]e001{A}10LOT7{GS}21S-1", lot="LOT7", serial="S-1"),
    pallet(f"]C100{SSCC}|]e002{A}3712", gtin=A, candidates=(A, SSCC), **count(12)),
]

LOCATIONS = [
    place(f"414{PLACE}", PLACE),
    place(f"]C1414{PLACE}", PLACE),
    place(f"]d2414{PLACE}254A-01", f"{PLACE}.A-01"),
    place(f"]Q3414{PLACE}254A-01-03", f"{PLACE}.A-01-03"),
    place(f"414{PLACE_2}254A-01", f"{PLACE_2}.A-01"),
    place(f"(414){PLACE}(254)A-01", f"{PLACE}.A-01"),
    place(f"(414){PLACE_2}", PLACE_2),
    place(f"^414{PLACE}254A-01", f"{PLACE}.A-01"),
    elements("]C1254A-01", candidates=("254A-01",)),
    article(f"]C101{A}414{PLACE}", location=PLACE),
]

_WRONG_GTIN, _WRONG_SSCC = A[:-1] + "0", SSCC[:-1] + "0"
MISREAD = [
    plain(f"01{_WRONG_GTIN}"),  # nothing says that this is GS1
    plain(f"01{_WRONG_GTIN}21S-1"),
    plain(f"00{_WRONG_SSCC}"),
    plain(f"414{PLACE[:-1]}0"),
    elements(f"]C101{_WRONG_GTIN}21S-1", serial="S-1", problem="The check digit of (01) is wrong."),
    elements(f"]C100{_WRONG_SSCC}", problem="The check digit of (00) is wrong."),
    elements(f"(01){'0' * 14}", problem="The check digit of (01) is wrong."),
    elements(f"(414){PLACE[:-1]}0", problem="The check digit of (414) is wrong."),
    elements(f"https://id.gs1.org/01/{_WRONG_GTIN}", problem="The check digit of (01) is wrong."),
    elements("]E09521234000014|]e010LOT7", lot="LOT7", problem="The check digit of (01) is wrong."),
    plain("", text="", problem="The scan is empty."),
    plain(" \r\n", text="", problem="The scan is empty."),
    plain("]C1", text="", problem="The scan is empty."),
    plain(GS, text="", problem="The scan is empty."),
    plain("]C1hello", text="hello", problem="Not a GS1 code: hell begins with no application identifier."),
    plain("]C101123", text="01123", problem="Not a GS1 code: (01) cannot have the value 123."),
    plain(f"(01){A}(17)2712", problem="Not a GS1 code: (17) cannot have the value 2712."),
    plain(f"(01){A}0", problem=f"Not a GS1 code: (01) cannot have the value {A}0."),
    plain("(77)1", problem="Not a GS1 code: 771 begins with no application identifier."),
    plain(f"]C110{'X' * 21}", text=f"10{'X' * 21}", problem=f"Not a GS1 code: (10) cannot have the value {'X' * 21}."),
    plain("]C1(21)a b", text="(21)a b", problem="Not a GS1 code: (21) cannot have the value a b."),
    plain("https://id.gs1.org/01/123/21", text="https://id.gs1.org/01/123/21"),
    plain(f"https://id.gs1.org/01/{A}/21/a%20b", problem="Not a GS1 code: (21) cannot have the value a b."),
    plain(f"https://id.gs1.org/01/{A}/21/%1D1", problem="Not a GS1 code: (21) has a control character."),
    plain(f"https://id.gs1.org/01/{A}?17=soon", problem="Not a GS1 code: (17) cannot have the value soon."),
    plain("https://[::1/01/" + A),
    plain("X" * 501, problem="The scan is longer than 500 characters."),
    plain(
        f"]C1{'10A' + GS}" * 200,
        text=(f"]C1{'10A' + GS}" * 200)[:-1],
        problem="The scan is longer than 500 characters.",
    ),
]

VECTORS = [
    *PLAIN, *NUMBERS, *ELEMENTS, *FNC1, *BRACKETS, *DIGITAL_LINKS, *COMPOSITES, *LOCATIONS, *MISREAD
]  # fmt: skip
