"""Reports on work orders, as leads read them, and a recount of them from all orders."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.builders.maintenance import Park
from tests.builders.world import Answer, Person

PATH = "/v1/reports/work-orders"
PERIOD = "from=2026-02-15&to=2026-06-30"
HOUR = 3600
FIGURES = (
    "opened",
    "done",
    "overdue",
    "meanTimeToRepairHours",
    "meanTimeBetweenFailuresHours",
    "labourMinutes",
    "partsQuantity",
    "partsCosts",
)


def asked(person: Person, query: str = PERIOD, **headers: str) -> Answer:
    """Ask for the report."""
    answer = person.get(f"{PATH}?{query}", **headers)
    assert answer.status == 200, answer.text
    return answer


def figures(row: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a row that are not zero or null."""
    return {name: row[name] for name in FIGURES if row[name]}


def total(park: Park, query: str = PERIOD) -> dict[str, Any]:
    """Return the figures of the total that are not zero or null, as the zone's lead reads them."""
    return figures(asked(park.lead, query).json["total"])


def by_technician(park: Park, query: str = PERIOD) -> dict[str, dict[str, Any]]:
    """Return the figures of each technician by their id, those of nobody by an empty one."""
    rows = asked(park.lead, f"{query}&by=technician").json["rows"]
    return {row["technicianId"]: figures(row) for row in rows}


def recount(park: Park, order_ids: list[str], first: str, last: str, zone: str) -> dict[str, dict[str, Any]]:
    """Return the figures of each technician, and those of all under `total`, from the timelines of all orders."""
    counted: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    openings: list[datetime] = []
    for order_id in order_ids:
        order = park.lead.get(f"/v1/work-orders/{order_id}").json
        for part in _parts(order, park.world.clock.now()):
            if first <= part.at.astimezone(ZoneInfo(zone)).date().isoformat() <= last:
                counted[part.technician][part.name] += part.amount
                counted["total"][part.name] += part.amount
                openings += [part.at] * (part.name == "opened")
    report = {key: shown for key, found in counted.items() if (shown := _shown(dict(found)))}
    gaps = [_seconds(earlier, later) for earlier, later in pairwise(sorted(openings))]
    if any(gaps):
        report["total"]["meanTimeBetweenFailuresHours"] = _rounded(sum(gaps) / Decimal(len(gaps)) / HOUR, "0.01")
    return report


class _Part(NamedTuple):
    """Something that an order counts for, and when it happened."""

    name: str
    at: datetime
    technician: str = ""
    amount: Decimal = Decimal(1)


def _parts(order: dict[str, Any], now: datetime) -> list[_Part]:
    parts = [_Part("opened", _moment(order["createdAt"]))]
    spent, since, worker = Decimal(0), None, ""
    for entry in order["timeline"]:
        works, at = entry["state"] == "IN_PROGRESS", _moment(entry["at"])
        if entry["action"] == "STARTED":
            spent = Decimal(0)
        if works and since is None:
            since, worker = at, entry["technicianId"]
        elif since is not None and not works:
            parts.append(_Part("labour", at, worker, _seconds(since, at)))
            spent, since = spent + _seconds(since, at), None
    technician, due = order["technicianId"] or "", _moment(order["sla"]["dueAt"])
    if order["state"] == "DONE":
        closed = _moment(order["closedAt"])
        parts.append(_Part("done", closed, technician))
        if order["startedAt"] and not order["vendor"]:
            parts += [_Part("repairs", closed, technician), _Part("repair", closed, technician, spent)]
    end = order["closedAt"] or (order["holds"][-1]["at"] if order["state"] == "ON_HOLD" else None)
    if due < (_moment(end) if end else now):
        parts.append(_Part("overdue", due, technician))
    return parts


def _shown(counted: dict[str, Any]) -> dict[str, Any]:
    repairs, repair = counted.pop("repairs", Decimal(0)), counted.pop("repair", Decimal(0))
    shown = {"labourMinutes": _rounded(counted.pop("labour", Decimal(0)) / 60, "1"), **counted}
    if repairs:
        shown["meanTimeToRepairHours"] = _rounded(repair / repairs / HOUR, "0.01")
    return {name: amount for name, amount in shown.items() if amount}


def _rounded(number: Decimal, step: str) -> float:
    return float(number.quantize(Decimal(step), ROUND_HALF_UP))


def _seconds(since: datetime, until: datetime) -> Decimal:
    return Decimal(round((until - since).total_seconds()))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
