"""Responses as CSV, for clients that ask for it with `Accept: text/csv`."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chalicelib.edge.request import Response, text

CSV = "text/csv"
_JSON = "application/json"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets take a text that begins with one of these for a formula."""
_WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")


def prefers_csv(accept: str) -> bool:
    """Return whether an `Accept` header names CSV, and gives it at least the weight of JSON."""
    weights = {media_type.strip().lower(): _weight(rest) for media_type, rest in _ranges(accept)}
    return 0 < weights.get(CSV, 0) >= weights.get(_JSON, 0)


def csv_response(rows: Iterable[Sequence[object]], filename: str) -> Response[Any]:
    """Return rows as a CSV file, the header first."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    answer = text(written.getvalue(), f"{CSV}; charset=utf-8")
    headers = {**answer.headers, "Content-Disposition": f'attachment; filename="{filename}"', "Vary": "Accept"}
    return msgspec.structs.replace(answer, headers=headers)


def _ranges(accept: str) -> Iterable[tuple[str, str]]:
    for one in accept.split(","):
        media_type, _, rest = one.partition(";")
        yield media_type, rest


def _weight(parameters: str) -> float:
    found = _WEIGHT.search(parameters)
    return 1.0 if found is None else float(found[1])


def _cell(value: object) -> str:
    """Return the text of a value; a text that spreadsheets would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    written = str(value)
    return f"'{written}" if isinstance(value, str) and written.startswith(_FORMULA) else written
