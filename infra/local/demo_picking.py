"""The demo data of picking: six days of three pickers and an operative, and the queues of today.

Each worked in a zone of their own, with breaks, wraps and scans that match nothing. A line was closed short, a location
was wrong by its check code, and an assignment was closed early. One was started and released, so the next picker
continues it. Scans of another picker's assignment were rejected; a supervisor has decided about two of them. Today's
queues are `infra/samples/pick-assignments.ndjson`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from chalicelib.core.clock import iso
from infra.local.demo_people import DEMO
from infra.local.demo_story import ApiClient, PastClock, Teller

SAMPLE = Path(__file__).parents[1] / "samples" / "pick-assignments.ndjson"
_DAYS, _DAY = 5, 86_400
_BISCUITS, _COFFEE, _COFFEE_CASE, _UNKNOWN = "9521234001010", "9521234002017", "19521234002014", "9521234009993"
_CHEESE, _CHEESE_2500G, _MILK = "9521234003021", "(01)09521234003021(3103)002500", "9521234002024"
_PEAS, _FLOUR, _PASTA = "9521234005018", "9521234004011", "9521234003014"


def _line(sku: str, quantity: float, location: str, *barcodes: object, **more: str) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "location": location, "barcodes": barcodes, **more}


_CASE = {"code": _COFFEE_CASE, "quantity": 6}
_ZONES: dict[str, tuple[str, list[dict[str, Any]], list[str]]] = {
    "Ambient": (
        "picker1",
        [
            _line("BISC-ALM", 4, "A-01-03", _BISCUITS, check_code="47"),
            _line("COFFEE-1K", 12, "A-03-02", _COFFEE, _CASE),
        ],
        ["A-01-03", "47", *[_BISCUITS] * 4, *[_COFFEE_CASE] * 2],
    ),
    "Chilled": (
        "picker2",
        [_line("CHEESE-GR", 5, "C-01-01", _CHEESE, uom="kg"), _line("MILK-OAT", 6, "C-02-04", _MILK, check_code="12")],
        [_CHEESE_2500G, _UNKNOWN, _CHEESE_2500G, "C-02-04", *[_MILK] * 6],
    ),
    "Frozen": (
        "picker3",
        [_line("PEAS-1K", 7, "F-01-02", _PEAS, check_code="85"), _line("PEAS-1K", 3, "F-04-01", _PEAS)],
        ["F-01-02", "12", "85", *[_PEAS] * 10],
    ),
    "Bulk": (
        "operative1",
        [_line("FLOUR-25K", 6, "B-01", _FLOUR, pallet="P1"), _line("PASTA-5K", 4, "B-04", _PASTA, pallet="P2")],
        ["B-01", *[_FLOUR] * 6, *[_PASTA] * 4],
    ),
}
"""Of each zone: who works there, the lines of its assignments, and the scans that complete one."""


def _record(ref: str, zone: str, priority: int, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "assignment_ref": ref,
        "customer": "Café Het Anker",
        "order_label": ref.replace("PA-", "SO-5"),
        "role": "operative" if zone == "Bulk" else "picker",
        "zone": zone,
        "route": "Centre 2",
        "priority": priority,
        "lines": [{"line_number": number, **line} for number, line in enumerate(lines, 1)],
    }


def _yesterday(ref: str, priority: int, quantity: int) -> dict[str, Any]:
    lines = [_line("BISC-ALM", quantity, "A-01-03", _BISCUITS), _line("COFFEE-1K", quantity, "A-03-02", _COFFEE)]
    return _record(ref, "Ambient", priority, lines)


def _history() -> Iterator[dict[str, Any]]:
    """Return the assignments of the first days: of the highest priority is always one, so that who gets it is known."""
    for day in range(_DAYS):
        for number, (zone, (_, lines, _)) in enumerate(_ZONES.items()):
            yield _record(f"PA-19{day}{number}", zone, 10 * day + number, lines)


class _Scanner:
    """The device of one user, with its queue of events."""

    def __init__(self, clock: PastClock, client: ApiClient, name: str, numbers: Iterator[int]) -> None:
        """Make a scanner; `numbers` become the ids of events, the same when the story is played again."""
        self.ref = ""
        self._clock, self._client, self._name, self._numbers = clock, client, name, numbers
        self._queue: list[dict[str, Any]] = []

    def claim(self, role: str = "picker") -> None:
        """Get the next assignment."""
        self._clock.sleep(30)
        command = {"device_id": self._name, "company_id": DEMO.org_id, "role": role}
        self.ref = self._client.post("/assignments/next", command)["assignment_id"]

    def scan(self, *codes: str, seconds: float = 20) -> None:
        """Scan codes, each some seconds after the one before."""
        for raw in codes:
            self.add(seconds, "scan_received", raw=raw, order_id=self.ref)

    def add(self, seconds: float, event_type: str, **payload: str) -> str:
        """Queue an event that happens some seconds after the last, and return its id."""
        self._clock.sleep(seconds)
        now = iso(self._clock.now())
        event_id = str(uuid.UUID(int=next(self._numbers), version=4))
        event = {
            "client_event_id": event_id,
            "event_type": event_type,
            "payload": {"assignment_id": self.ref, **payload} | ({"at": now} if "raw" in payload else {}),
            "created_at": now,
            "device_id": self._name,
        }
        self._queue.append(event)
        return event_id

    def send(self, *, rejected: bool = False) -> None:
        """Send the queue. Raise `RuntimeError` unless all of it is accepted, or rejected."""
        answer = self._client.post("/events/batch", {"events": self._queue})
        results = {"rejected"} if rejected else {"accepted", "duplicate"}
        if any(status["result"] not in results for status in answer["status"]):
            raise RuntimeError(f"the demo data could not be made: {answer}")
        self._queue = []


class Picks:
    """The days of the pickers, and the import for today."""

    people: ClassVar[frozenset[str]] = frozenset({"supervisor1", "picker1", "picker2", "picker3", "operative1"})
    age: ClassVar[timedelta] = timedelta(days=_DAYS + 1)

    def __init__(self, clock: PastClock, teller: Teller) -> None:
        self._clock = clock
        self._clients = {name: teller.sign_in(name) for name in sorted(self.people)}
        numbers = count(1)
        self._scanners = {
            name: _Scanner(clock, client, f"scanner-{number:02}", numbers)
            for number, (name, client) in enumerate(self._clients.items(), 1)
        }

    def play(self) -> None:
        """Play the days through the API."""
        begun = self._clock.now()
        self._load(list(_history()))
        for day in range(_DAYS):
            for number in range(len(_ZONES)):
                self._work(day, number)
            self._clock.sleep((begun + timedelta(days=day + 1) - self._clock.now()).total_seconds())
        self._work_yesterday()
        self._reject()
        self._load([json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()])
        for client in self._clients.values():
            client.sign_out()

    def _work(self, day: int, number: int) -> None:
        """Work on one assignment of a zone, on each day at another speed."""
        name, _, codes = list(_ZONES.values())[number]
        scanner, half = self._scanners[name], len(codes) // 2
        seconds = 14 + 5 * number + 3 * ((day + number) % 3)
        scanner.claim("operative" if name == "operative1" else "picker")
        scanner.scan(*codes[:half], seconds=seconds)
        if (day + number) % 2:
            scanner.add(40, "break_toggle_requested")
            scanner.add(900, "break_toggle_requested")
        if day == number:
            scanner.scan(_UNKNOWN)
        last = day == _DAYS - 1
        scanner.scan(*codes[half : -2 if last else None], seconds=seconds)
        scanner.send()
        if last:
            self._end_early(name, scanner.ref, len(codes))

    def _end_early(self, name: str, ref: str, scans: int) -> None:
        """End an assignment of which something is missing: closed by one user, and closed short by the others."""
        self._clock.sleep(60)
        if name == "operative1":
            self._clients[name].post(f"/assignments/{ref}/close", {"reason": "The truck has left."})
            return
        reason = "Shelf is empty" if scans % 2 else "Damaged"
        self._clients[name].post(f"/assignments/{ref}/lines/2/short", {"reason": reason})

    def _work_yesterday(self) -> None:
        self._load([_yesterday("PA-1998", 0, 3), _yesterday("PA-1999", 50, 6)])
        scanner = self._scanners["picker3"]
        scanner.claim()
        scanner.scan(*[_BISCUITS] * 3)
        scanner.add(40, "break_toggle_requested")
        scanner.add(900, "break_toggle_requested")
        scanner.scan(_UNKNOWN, *[_COFFEE] * 2)
        scanner.add(10, "log_wrap_requested", order_id=scanner.ref)
        self._clock.sleep(100)
        scanner.scan(_COFFEE)
        scanner.send()
        scanner.claim()
        scanner.scan(*[_BISCUITS] * 4)
        scanner.send()
        self._clients["picker3"].post(f"/assignments/{scanner.ref}/release", None)

    def _reject(self) -> None:
        """Let a picker scan for another picker's assignment, and a supervisor decide about two of the scans."""
        scanner, scanned = self._scanners["picker2"], self._scanners["picker3"].ref
        scanner.ref = scanned
        payload = {"raw": _COFFEE, "order_id": scanned}
        ids = [scanner.add(20, "scan_received", **payload) for _ in range(4)]
        scanner.add(20, "label_reprinted")
        scanner.send(rejected=True)
        self._clock.sleep(600)
        supervisor = self._clients["supervisor1"]
        decide = "/v1/picking/rejected-events"
        supervisor.post(f"{decide}/{ids[0]}/accept", {"note": "Julia helped Omar with this order."})
        supervisor.post(f"{decide}/{ids[1]}/dismiss", {"note": "Scanned twice."})

    def _load(self, records: list[dict[str, Any]]) -> None:
        self._clients["supervisor1"].post("/v1/imports/pick-assignments", {"records": records})
