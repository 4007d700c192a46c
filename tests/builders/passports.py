"""Passports of packs through the API, and what a QR code says."""

from __future__ import annotations

import re
from typing import Any

import zxingcpp
from PIL import Image

from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import Answer, Person, World

SUPPLIED: Data = {
    "manufacturer": {"text": "Volta Cells AG, Bahnhofstrasse 1, Zug"},
    "batteryCategory": {"text": "industrial"},
    "weight": {"value": 38.5, "unit": "kg"},
    "cathodeMaterials": {"text": "LiFePO4 on aluminium"},
    "testReports": {"text": "https://volta.example/reports/tr60.pdf"},
}
MEASURED: Data = {
    "Capacity": {"value": 157.5, "unit": "Ah"},
    "DCIR": {"value": 1.25, "unit": "milliohm"},
    "Power": {"value": 30, "unit": "kW"},
}
"""Measurements of a pack; the power is in another unit than the passport's."""
PAGE = "https://baton.example/passport#"


def read(person: Person, pack: Data, view: str | None = None, **headers: str) -> Answer:
    """Return the answer with the passport of a pack."""
    query = "" if view is None else f"?view={view}"
    return person.get(f"/v1/packs/{pack['id']}/passport{query}", **headers)


def full(line: Line, pack: Data) -> Data:
    """Return the restricted passport of a pack."""
    return data(read(line.viewer, pack, "restricted"))


def qr(person: Person, pack: Data, query: str = "") -> Answer:
    """Return the answer with the QR code of a pack."""
    return person.get(f"/v1/packs/{pack['id']}/passport/qr{query}")


def opened(world: World, token: str, **headers: str) -> Answer:
    """Return the answer to somebody who is not signed in."""
    return world.call("GET", f"/v1/passports/{token}", headers=headers)


def token_of(line: Line, pack: Data) -> str:
    """Return the public token of a pack."""
    return f"{line.org_id}.{pack['id']}"


def values(passport: Data) -> dict[str, Any]:
    """Return the values of a passport by the names of its attributes."""
    return {entry["name"]: entry["value"] for entry in passport["attributes"]}


def decoded(svg: str) -> str:
    """Return what a QR code holds: its lines, drawn as a picture of 8 pixels to a module, are read like a photo."""
    [(size, lines)] = re.findall(r'viewBox="0 0 (\d+) \1".*stroke="#000" d="([^"]+)"', svg)
    picture = Image.new("L", (int(size), int(size)), 255)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", lines):
        moved = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "h":
            picture.paste(0, (int(x), int(y), int(x + moved[0]), int(y) + 1))
            x += moved[0]
        else:
            x, y = moved if command == "M" else (x + moved[0], y + moved[1])
    [code] = zxingcpp.read_barcodes(picture.resize((int(size) * 8, int(size) * 8), Image.Resampling.NEAREST))
    return code.text
