"""Pickers who claim, scan and give back assignments, and packers who fill boxes of the same shipments."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any

from chalicelib.core.clock import SystemClock, iso
from chalicelib.picking.ledger.assignment_lane import CRASHED
from chalicelib.picking.ledger.event_ingestion import RETRYABLE
from tests.builders.packing import PACK, line_id, plate_id, plate_record, shipment_id, shipment_record
from tests.builders.packing import line_record as shipment_line
from tests.builders.picking import EAN, record
from tests.faults.calls import Caller
from tests.faults.crew import ORG, Crew, load

_LINES = (1, 2, 3)
_RECORDED = ("accepted", "duplicate")  # a repeated request may find what the first one recorded


@dataclass
class Picker:
    """Works through the queue, and fills it when it is empty."""

    caller: Caller
    supervisor: Caller
    crew: Crew
    random_source: Random
    accepted: set[str] = field(default_factory=set)
    """The ids of the events that are recorded, as the picker was told."""
    _old: list[dict[str, Any]] = field(default_factory=list)

    def step(self) -> None:
        """Claim, send some events (some of them again), and sometimes give the assignment back."""
        body = {"device_id": f"device-{self.caller.user_id}", "company_id": ORG, "role": "picker"}
        claimed = self.caller.change("POST", "/assignments/next", body)
        if not claimed.is_acknowledged:
            refs = [f"PA-{self.crew.number()}" for _ in range(4)]
            load(self.supervisor, "pick-assignments", [record(ref) for ref in refs])
            return
        ref = json.loads(claimed.text)["assignment_id"]
        self._scan(ref)
        point = self.random_source.random()
        if point < 0.05:
            self.caller.change("POST", f"/assignments/{ref}/release")
        elif point < 0.12:
            self.caller.change("POST", f"/assignments/{ref}/close", {"reason": "Out of stock"})

    def send(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Send events as a scanner does: those answered with `retry` stay in its queue and are sent again.

        A repeated one may be a duplicate, because its transaction was committed and the answer of the store lost.
        """
        left = list(events)
        while left:
            answer = self.caller.change("POST", "/events/batch", {"events": left})
            if not answer.is_acknowledged:
                return
            statuses = {one["client_event_id"]: one for one in json.loads(answer.text)["status"]}
            self.accepted |= {name for name, status in statuses.items() if status["result"] in _RECORDED}
            if any(status.get("reason") == CRASHED for status in statuses.values()):
                self.caller.journal.crashed("an event of picking")
            left = [event for event in left if statuses[event["client_event_id"]].get("reason") in RETRYABLE]

    def _scan(self, ref: str) -> None:
        new = [self._event(ref) for _ in range(self.random_source.randint(1, 5))]
        again = self.random_source.sample(self._old, min(2, len(self._old)))
        self.send([*new, *again])
        self._old = [*self._old, *new][-20:]

    def _event(self, ref: str) -> dict[str, Any]:
        kinds = ["scan_received"] * 7 + ["undo_requested", "break_toggle_requested", "log_wrap_requested"]
        kind, now = self.random_source.choice(kinds), iso(SystemClock().now())
        payload = {"assignment_id": ref}
        if kind in ("scan_received", "log_wrap_requested"):
            payload["order_id"] = ref
        if kind == "scan_received":
            payload |= {"raw": self.random_source.choice([EAN, "SKU-2", "A-01"]), "at": now}
        event_id = str(uuid.UUID(int=self.random_source.getrandbits(128), version=4))
        return {"client_event_id": event_id, "event_type": kind, "payload": payload, "created_at": now}


@dataclass
class Dock:
    """The shipment that all packers work on, with its open boxes and contents as they were answered."""

    supervisor: Caller
    crew: Crew
    shipment: str = ""
    boxes: list[str] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def renew(self) -> None:
        """Import another shipment with a plate for each line, if there is none."""
        with self._lock:
            if self.shipment:
                return
            number = f"SH-{self.crew.number()}"
            load(self.supervisor, "shipments", [shipment_record(number, *(shipment_line(line) for line in _LINES))])
            plates = [plate_record(f"LP-{number}-{line}", line, number, quantity=8) for line in _LINES]
            load(self.supervisor, "license-plates", plates)
            self.boxes, self.contents, self.shipment = [], [], number


@dataclass
class Packer:
    """Does one of the steps of packing, right or wrong."""

    caller: Caller
    dock: Dock
    random_source: Random

    def step(self) -> None:
        """Open a box, pack, remove, close, reopen or complete."""
        dock, point = self.dock, self.random_source.random()
        dock.renew()
        number, boxes, contents = dock.shipment, list(dock.boxes), list(dock.contents)
        if len(boxes) < 2 or point < 0.05:
            self._open(number)
        elif point < 0.6:
            self._pack(number, self.random_source.choice(boxes))
        elif point < 0.75 and contents:
            self._remove(*self.random_source.choice(contents))
        elif point < 0.95:
            self._close_or_reopen(self.random_source.choice(boxes))
        elif number and self._done("POST", f"{PACK}/complete", {"shipment_id": shipment_id(number, ORG)}):
            dock.shipment = ""

    def _open(self, number: str) -> None:
        answer = self._done("POST", f"{PACK}/box/create", {"shipment_id": shipment_id(number, ORG)})
        if answer:
            self.dock.boxes.append(answer["id"])

    def _pack(self, number: str, box: str) -> None:
        line = self.random_source.choice(_LINES)
        body = {
            "shipment_id": shipment_id(number, ORG),
            "box_id": box,
            "license_plate_id": plate_id(f"LP-{number}-{line}", ORG),
            "so_line_id": line_id(line, number, ORG),
            "quantity": self.random_source.choice([0.5, 1, 2]),
        }
        answer = self._done("POST", PACK, body)
        if answer:
            self.dock.contents.append((box, answer["box_content"]["id"]))

    def _remove(self, box: str, content: str) -> None:
        if self._done("DELETE", f"{PACK}/box/{box}/item/{content}"):
            self.dock.contents = [one for one in self.dock.contents if one != (box, content)]

    def _close_or_reopen(self, box: str) -> None:
        if self.random_source.random() < 0.5:
            self._done("POST", f"{PACK}/box/close", {"box_id": box, "weight": 2.5})
        else:
            self.dock.supervisor.change("POST", f"{PACK}/box/reopen", {"box_id": box, "reason": "One too many"})

    def _done(self, method: str, path: str, body: object = None) -> Any:
        """Return the answer of a change, or None if it was refused."""
        change = self.caller.change(method, path, body)
        return json.loads(change.text or "true") if change.is_acknowledged else None
