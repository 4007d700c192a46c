"""Opens recall cases through the API and reads their units."""

from __future__ import annotations

from typing import Any

from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import Answer, Person

PATH = "/v1/recalls"
Units = list[dict[str, Any]]


def opened(line: Line, *, status: int = 201, **fields: Any) -> Data:
    """Open a recall case; the answer shows it before its units are collected."""
    return data(line.qa.post(PATH, {"reason": "Separator damaged", **fields}), status)


def shown(line: Line, case: Data) -> Data:
    """Return a case as it is now."""
    return data(line.viewer.get(f"{PATH}/{case['id']}"))


def page_of(person: Person, case: Data, query: str = "") -> Answer:
    """Return a page of the units of a case."""
    return person.get(f"{PATH}/{case['id']}/units{query}")


def units_of(line: Line, case: Data, limit: int = 1000) -> Units:
    """Return all units of a case, page by page."""
    units: Units = []
    cursor = ""
    while True:
        answer = page_of(line.viewer, case, f"?limit={limit}{cursor}")
        assert answer.status == 200, answer
        units += answer.json["data"]
        if answer.json["meta"]["nextCursor"] is None:
            return units
        cursor = f"&cursor={answer.json['meta']['nextCursor']}"


def recalled(line: Line, **fields: Any) -> dict[str, dict[str, Any]]:
    """Open a case, and return its units by their serial numbers once all are collected."""
    case = opened(line, **fields)
    while shown(line, case)["status"] == "COLLECTING":
        line.world.sweep_maintenance()
    now = shown(line, case)
    units = {unit["serial"]: unit for unit in units_of(line, case)}
    assert (now["status"], now["units"]) == ("OPEN", len(units))
    assert now["progress"] == {"done": len(units), "total": len(units)}
    return units


def step(line: Line, case: Data, name: str, **headers: str) -> Answer:
    """Close, cancel or open a case again."""
    return line.qa.patch(f"{PATH}/{case['id']}/{name}", {"reason": "because"}, **headers)


def mark(line: Line, case: Data, serials: list[str], **fields: Any) -> Answer:
    """Mark units as dealt with."""
    return line.qa.patch(f"{PATH}/{case['id']}/units", {"serials": serials, **fields})


def correct_lot(line: Line, cell: str, lot: str) -> Answer:
    """Give a cell another lot."""
    return line.qa.patch(f"/v1/cells/{cell}/lot", {"lot": lot, "reason": "misread"})
