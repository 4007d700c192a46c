"""Labels of boxes as printers print them: rendered and scanned by the tools of `tests/documents/labels.js`."""

from __future__ import annotations

import base64
import io
import json
import subprocess
from decimal import Decimal
from itertools import groupby, product
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageDraw

from chalicelib.packing.boxes.labels import render_zpl
from chalicelib.packing.boxes.rules import ProductSum
from tests.builders.labels import LONGEST, SSCC, boxes, label, longest_label

ROOT = Path(__file__).parents[2]
NODE, TOOLS = ROOT / ".venv" / "bin" / "node", ROOT / "tests" / "documents"

pytestmark = [
    pytest.mark.xdist_group("rendered labels"),
    pytest.mark.skipif(
        not (NODE.exists() and (TOOLS / "node_modules" / "zpl-renderer-js").exists()),
        reason="the renderer of labels is not installed; `make documents` installs it",
    ),
]

CASES = list(product(LONGEST, (203, 300)))
WESTERN = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))]
LINES = [" ".join(WESTERN[start : start + 12]) for start in range(0, len(WESTERN), 12)]
MISSING = "日"
"""A letter that the font of printers lacks."""


class Rendered(msgspec.Struct, frozen=True):
    """A label as ZPL, as the picture of it, and the barcodes that were read in the picture."""

    zpl: str
    picture: Image.Image
    barcodes: list[dict[str, str]]


@pytest.fixture(scope="module")
def rendered() -> dict[tuple[str, int], Rendered]:
    """All labels, rendered by one process, because loading the renderer takes longer than a label."""
    labels = _rendered([(render_zpl(longest_label(LONGEST[name]), dpi), dpi) for name, dpi in CASES])
    return dict(zip(CASES, labels, strict=True))


def _rendered(labels: list[tuple[str, int]]) -> list[Rendered]:
    """Return formats in ZPL, each with its dots per inch, as printed."""
    command = [str(NODE), str(TOOLS / "labels.js")]
    sent = json.dumps([{"zpl": zpl, "dpi": dpi} for zpl, dpi in labels])
    answers = json.loads(subprocess.run(command, input=sent, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return [
        Rendered(zpl, _picture(answer["png"]), answer["barcodes"])
        for (zpl, _), answer in zip(labels, answers, strict=True)
    ]


def _picture(png: str) -> Image.Image:
    """Return the picture with ink as 255 and paper as 0."""
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("L").point(lambda level: 255 if level < 128 else 0)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_barcode_is_the_sscc(rendered: dict[tuple[str, int], Rendered], case: tuple[str, int]) -> None:
    [barcode] = rendered[case].barcodes
    assert barcode == {"format": "Code128", "text": f"(00){SSCC}", "symbologyIdentifier": "]C1"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_field_is_printed_within_its_own_area(
    rendered: dict[tuple[str, int], Rendered], case: tuple[str, int]
) -> None:
    """Since the areas do not overlap (`tests/unit/test_labels.py`), neither do the fields.

    Round letters may rise one dot above the others; lines are two dots apart.
    """
    printed = rendered[case]
    rest = printed.picture.copy()
    for area in boxes(printed.zpl):
        left, top, right, bottom = (round(edge) for edge in area)
        assert printed.picture.crop((left, top, right, bottom)).getbbox() is not None, f"nothing is printed in {area}"
        ImageDraw.Draw(rest).rectangle((left, top - 1, right - 1, bottom - 1), fill=0)
    assert rest.getbbox() is None, "something is printed outside of all areas"


def test_printers_have_all_western_letters() -> None:
    """A printer prints one and the same frame for all letters that it lacks."""
    contents = [ProductSum(line, Decimal(1), "") for line in (*LINES, MISSING)]
    [alphabet] = _rendered([(render_zpl(label(contents=contents, sscc=None)), 203)])
    *lines, [*_, frame] = [_letters(alphabet.picture, area) for area in _lines_of_contents(alphabet.zpl)]
    assert len(lines) == len(LINES)
    for line, letters in zip(LINES, lines, strict=True):
        assert frame not in letters, line


def _lines_of_contents(zpl: str) -> list[tuple[int, int, int, int]]:
    """Return the areas of the lines below the caption of the contents."""
    areas = [tuple(map(round, area)) for area in boxes(zpl)]
    return [(left, top, right, bottom) for left, top, right, bottom in areas if top >= 510]


def _letters(picture: Image.Image, area: tuple[int, int, int, int]) -> list[bytes]:
    """Return the pictures of the letters of a line, which columns without ink divide."""
    line = picture.crop(area)
    columns = [line.crop((column, 0, column + 1, line.height)).tobytes() for column in range(line.width)]
    return [b"".join(letter) for is_ink, letter in groupby(columns, key=any) if is_ink]
