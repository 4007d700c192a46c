"""The demo data of picking: yesterday's assignments, and today's queues.

One assignment was completed, with a break, a wrap and an unknown scan. Another was started and released, so the next
picker continues it. Today's queues are `infra/samples/pick-assignments.ndjson`.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any, ClassVar

from chalicelib.core.clock import iso
from infra.local.demo_people import DEMO
from infra.local.demo_story import PastClock, Teller

SAMPLE = Path(__file__).parents[1] / "samples" / "pick-assignments.ndjson"
_BISCUITS, _COFFEE, _UNKNOWN = "9521234001010", "9521234002017", "9521234009993"
_DEVICE = "scanner-07"


def _yesterday(ref: str, label: str, priority: int, quantity: int) -> dict[str, Any]:
    lines = [
        {"line_number": 1, "sku": "BISC-ALM", "quantity": quantity, "location": "A-01-03", "barcodes": [_BISCUITS]},
        {"line_number": 2, "sku": "COFFEE-1K", "quantity": quantity, "location": "A-03-02", "barcodes": [_COFFEE]},
    ]
    return {
        "assignment_ref": ref,
        "customer": "Café Het Anker",
        "order_label": label,
        "role": "picker",
        "zone": "Ambient",
        "route": "Centre 2",
        "priority": priority,
        "lines": lines,
    }


class Picks:
    """The morning of one picker, and the import for the next day."""

    people: ClassVar[frozenset[str]] = frozenset({"supervisor1", "picker3"})

    def __init__(self, clock: PastClock, teller: Teller) -> None:
        self._clock = clock
        self._supervisor, self._picker = (teller.sign_in(name) for name in ("supervisor1", "picker3"))
        self._ref = ""
        self._events = 0
        self._queue: list[dict[str, Any]] = []

    def play(self) -> None:
        """Play the morning through the API."""
        self._load([_yesterday("PA-1998", "SO-5998", 0, 3), _yesterday("PA-1999", "SO-5999", 50, 6)])
        self._claim()
        self._scan(_BISCUITS, times=3)
        self._add_event(40, "break_toggle_requested")
        self._add_event(900, "break_toggle_requested")
        self._scan(_UNKNOWN)
        self._scan(_COFFEE, times=2)
        self._add_event(10, "log_wrap_requested", order_id=self._ref)
        self._clock.sleep(100)
        self._scan(_COFFEE)
        self._send()
        self._claim()
        self._scan(_BISCUITS, times=4)
        self._send()
        self._picker.post(f"/assignments/{self._ref}/release", None)
        self._load([json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()])
        for voice in (self._supervisor, self._picker):
            voice.sign_out()

    def _load(self, records: list[dict[str, Any]]) -> None:
        self._supervisor.post("/v1/imports/pick-assignments", {"records": records})

    def _claim(self) -> None:
        self._clock.sleep(30)
        command = {"device_id": _DEVICE, "company_id": DEMO.org_id, "role": "picker"}
        self._ref = self._picker.post("/assignments/next", command)["assignment_id"]

    def _scan(self, raw: str, times: int = 1) -> None:
        for _ in range(times):
            self._add_event(20, "scan_received", raw=raw, order_id=self._ref)

    def _add_event(self, seconds: float, event_type: str, **payload: str) -> None:
        """Queue an event that happens some seconds after the last."""
        self._clock.sleep(seconds)
        now = iso(self._clock.now())
        event = {
            "client_event_id": self._next_id(),
            "event_type": event_type,
            "payload": {"assignment_id": self._ref, **payload} | ({"at": now} if "raw" in payload else {}),
            "created_at": now,
            "device_id": _DEVICE,
        }
        self._queue.append(event)

    def _next_id(self) -> str:
        """Return the id of the next event: the same when the story is played again."""
        self._events += 1
        return str(uuid.UUID(int=self._events, version=4))

    def _send(self) -> None:
        answer = self._picker.post("/events/batch", {"events": self._queue})
        if any(status["result"] not in ("accepted", "duplicate") for status in answer["status"]):
            raise RuntimeError(f"the demo data could not be made: {answer}")
        self._queue = []
