"""Recall cases and their units as the API shows them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from chalicelib.core.pagination import Page
from chalicelib.edge.csv_response import csv_response
from chalicelib.edge.request import Response
from chalicelib.manufacturing.traceability.recalls.queries import RecallContents
from chalicelib.manufacturing.traceability.recalls.rules import RecallStatus, units_expected
from chalicelib.manufacturing.traceability.recalls.schemas import (
    RecallDetail,
    RecalledUnitView,
    RecallProgress,
    RecallView,
)
from chalicelib.manufacturing.traceability.recalls.tables import RecallCase, RecalledUnit

COLUMNS = RecalledUnitView.__struct_encode_fields__
"""The columns of a CSV file of units."""
_STORED = tuple(name for name in RecalledUnitView.__struct_fields__ if name not in ("kind", "lots"))


def recall_view(case: RecallCase) -> RecallView:
    """Return a case."""
    return RecallView(**_values(case))


def recall_detail(contents: RecallContents) -> RecallDetail:
    """Return a case with the serial numbers that it names."""
    named = [str(serial) for part in contents.serials for serial in part.serials]
    unknown = {serial for part in contents.serials for serial in part.unknown or ()}
    return RecallDetail(
        **_values(contents.case), serials=named, unknown_serials=[serial for serial in named if serial in unknown]
    )


def unit_view(unit: RecalledUnit) -> RecalledUnitView:
    """Return a unit."""
    values = {name: getattr(unit, name) for name in _STORED}
    return RecalledUnitView(kind=unit.unit, lots=sorted(unit.lots or ()), **values)  # type: ignore[arg-type]  # as stored


def units_file(recall_id: str, page: Page[RecalledUnit], limit: int) -> Response[object]:
    """Return a page of units as a CSV file; a `Link` header names the next one, relative to this address."""
    answer = csv_response(_rows(page.items), f"{recall_id}.csv")
    if page.next_cursor is None:
        return answer
    link = f'<units?limit={limit}&cursor={quote(page.next_cursor)}>; rel="next"'
    return Response(answer.body, headers={**answer.headers, "Link": link})


def _values(case: RecallCase) -> dict[str, Any]:
    is_collecting = case.status == RecallStatus.COLLECTING
    total = units_expected(case.expected, case.units, is_collecting=is_collecting)
    return {
        "id": case.item_id,
        "status": RecallStatus(case.status),
        "reason": case.reason,
        "lots": list(case.lots),
        "unknown_lots": list(case.unknown_lots),
        "serial_count": case.serials,
        "progress": RecallProgress(case.units, total),
        "units": case.units,
        "handled": case.handled,
        "version": case.version,
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "since": case.since,
        "until": case.until,
        "collected_at": case.collected_at,
        "ended_at": case.ended_at,
        "end_reason": case.end_reason,
    }


def _rows(units: Sequence[RecalledUnit]) -> Iterator[Sequence[object]]:
    yield COLUMNS
    for unit in map(unit_view, units):
        shown = {**{name: getattr(unit, name) for name in unit.__struct_fields__}, "lots": " ".join(unit.lots)}
        yield [_text(value) for value in shown.values()]


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
