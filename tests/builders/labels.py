"""Makes labels of boxes, and reads where their fields are."""

import re
from decimal import Decimal
from typing import Any

from chalicelib.packing.boxes.labels import BoxLabel, width_of
from chalicelib.packing.boxes.rules import ProductSum

SSCC = "376104250021234569"
LONGEST = {
    name: text.strip()[:200]
    for name, text in {
        "wide letters": "W" * 200,
        "wide words": " ".join(["WWMM%@"] * 28)[:200],
        "Latin": "Koninklijke Nederlandse Bakkerij en Banketbakkerij van de Gebroeders Zonneveld te Amsterdam-Noord "
        * 2,
        "German": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        "accents": "Crème brûlée à l'ancienne - Žluťoučký kůň, Łódź, Ñandú, Ærøskøbing, Þingvellir, Őrült Űrhajó " * 2,
        "Cyrillic": "Общество с ограниченной ответственностью «ЖЁЛТЫЙ ЩЁГОЛЬ И ШИШКА», хлебобулочные изделия " * 2,  # noqa: RUF001 - Cyrillic is meant
        "capital Cyrillic": "ШЩЖЮФМ" * 33,
        "Greek": "Ανώνυμη Εταιρεία Αρτοποιίας και Ζαχαροπλαστικής ΩΜΕΓΑ, Θεσσαλονίκη και Περίχωρα " * 2,
        "Chinese": "日本語の非常に長い会社名" * 16,
        "commands": "^XZ^XA~JA_5E" * 16,
        "narrow": "il.,'" * 40,
        "short": "Zon",
    }.items()
}
"""Names of 200 letters, by what they show."""


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


def longest_label(name: str, **known: Any) -> BoxLabel:
    """Return a label whose texts all are the name, as long as their limits allow."""
    content = ProductSum(name, Decimal("999999999.999999"), name[:40])
    number = name[:64]
    return label(customer_name=name, shipment_number=number, so_number=number, contents=[content], **known)


def unescaped(data: str) -> str:
    return re.sub(r"(?:_[0-9A-F]{2})+", lambda run: bytes.fromhex(run[0].replace("_", "")).decode(), data)


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
        elif graphic := re.search(r"\^GFA,(\d+),\d+,(\d+),", rest):
            row_bytes = int(graphic[2])
            areas.append((left, top, left + 8 * row_bytes, top + int(graphic[1]) // row_bytes))
        elif line := re.search(r"\^GB(\d+),(\d+)", rest):
            areas.append((left, top, left + int(line[1]), top + int(line[2])))
        else:
            [(module, high)] = re.findall(r"\^BY(\d+),3,(\d+)", rest)
            areas.append((left, top, left + 156 * int(module), top + int(high)))
    return areas
