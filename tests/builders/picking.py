"""Assignments, pickers and their scanners, for tests: one call each, all through the API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from chalicelib.core.clock import iso
from chalicelib.core.store import get
from chalicelib.picking.ledger.entries import decode_state, read_ledger
from chalicelib.picking.ledger.replay import ReplayResult, replay
from chalicelib.picking.ledger.state import AssignmentState, PickEntry
from chalicelib.picking.tables import Assignment, Picker, assignment_key, picker_key
from tests.builders.world import DEMO, Answer, Person, World

IMPORT = "/v1/imports/pick-assignments"
NEXT, BATCH, STATE = "/assignments/next", "/events/batch", "/scanner/state"
EAN, GTIN = "5901234123457", "05901234123457"
"""The same article, as a barcode and as GS1 writes it."""
REF = "PA-1"

_numbers = count(1)


def line(number: int = 1, quantity: float = 5, **fields: Any) -> dict[str, Any]:
    """Return a line of an assignment; the first one has a barcode."""
    body = {"line_number": number, "sku": f"SKU-{number}", "quantity": quantity, "location": f"A-{number:02d}"}
    return body | ({"barcodes": [EAN]} if number == 1 else {}) | fields


def record(ref: str = REF, **fields: Any) -> dict[str, Any]:
    """Return an assignment as imported; `name=None` omits a field."""
    body = {
        "assignment_ref": ref,
        "customer": "Zomer & Zoon",
        "order_label": f"SO-{ref}",
        "role": "picker",
        "zone": "Ambient",
        "route": "North",
        "lines": [line(1), line(2, 3)],
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def load(world: World, *records: dict[str, Any], org_id: str = DEMO) -> None:
    """Import assignments; all of them have to be accepted."""
    supervisor = world.person("supervisor", org_id)
    answer = supervisor.post(IMPORT, {"records": list(records)})
    assert answer.status == 200, answer


def claim_body(person: Person, **fields: Any) -> dict[str, Any]:
    """Return the body of a claim."""
    return {"device_id": f"device-of-{person.user_id}", "company_id": person.org_id, "role": person.role, **fields}


def claim(person: Person, **fields: Any) -> dict[str, Any]:
    """Claim the next assignment."""
    answer = post_claim(person, **fields)
    assert answer.status == 200, answer
    claimed: dict[str, Any] = answer.json
    return claimed


def at_work(world: World, *, role: str = "picker", full_name: str = "Anna", **fields: Any) -> Person:
    """Return a person who claimed an assignment (with the record's `fields`) a minute ago."""
    load(world, record(role=role, **fields))
    person = world.person(role, full_name=full_name)
    claim(person)
    world.clock.advance(minutes=1)
    return person


def uuid4() -> str:
    """Return a new event id, the same in each run."""
    return str(uuid.UUID(int=next(_numbers), version=4))


def event(kind: str, payload: object, at: datetime | str, **fields: Any) -> dict[str, Any]:
    """Return an event as a client queues it; `name=None` omits a field."""
    body = {
        "client_event_id": uuid4(),
        "event_type": kind,
        "payload": payload,
        "created_at": at if isinstance(at, str) else iso(at),
    }
    return changed(body, fields)


def changed(body: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with other fields; `name=None` omits one."""
    return {name: value for name, value in (body | dict(fields)).items() if value is not None}


class Scanner:
    """A person's device, which sends events of one assignment."""

    def __init__(self, world: World, person: Person, ref: str = REF) -> None:
        self.world = world
        self.person = person
        self.ref = ref

    def scan(self, raw: str = EAN, **fields: Any) -> dict[str, Any]:
        """Return a scan that happens now, or at `created_at`."""
        now = fields.get("created_at") or iso(self.world.clock.now())
        payload = {"raw": raw, "assignment_id": self.ref, "order_id": self.ref, "at": now}
        return changed(event("scan_received", payload, now), fields)

    def event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return an event that happens now: `wrap`, `delay`, `break_toggle`, `shared_pick`, `undo`, or any type."""
        types = {"wrap": "log_wrap_requested", "delay": "log_delay_requested"}
        names = {"break_toggle", "shared_pick", "undo"}
        payload = {"assignment_id": self.ref} | ({"order_id": self.ref} if kind == "wrap" else {})
        name = types.get(kind, f"{kind}_requested" if kind in names else kind)
        return changed(event(name, payload, self.world.clock.now()), fields)

    def send(self, *events: object, **headers: str) -> list[str]:
        """Send events; return the result of each: `accepted`, `duplicate`, or the reason of its rejection."""
        return results(self.batch(events, **headers))

    def batch(self, events: Sequence[object], **headers: str) -> Answer:
        """Send events; return the response."""
        answer = self.person.post(BATCH, {"events": list(events)}, **headers)
        assert answer.status == 200, answer
        return answer

    def send_scans(self, number: int, raw: str = EAN) -> None:
        """Send scans, each a second after the previous one."""
        events = []
        for _ in range(number):
            self.world.clock.advance(seconds=1)
            events.append(self.scan(raw))
        assert self.send(*events) == ["accepted"] * number

    def send_event(self, kind: str) -> None:
        """Send one event, which has to be accepted."""
        assert self.send(self.event(kind)) == ["accepted"]

    def state(self) -> dict[str, Any]:
        """Return what the scanner shows."""
        return scanner_state(self.person)


def results(answer: Answer) -> list[str]:
    """Return the result of each event of a batch."""
    return [status.get("reason", status["result"]) for status in answer.json["status"]]


def scanner_state(person: Person) -> dict[str, Any]:
    """Return what a person's scanner shows."""
    answer = person.get(STATE)
    assert answer.status == 200, answer
    shown: dict[str, Any] = answer.json
    return shown


def log_messages(shown: dict[str, Any]) -> list[str]:
    """Return the messages of a scanner's log, newest first; warnings begin with an exclamation mark."""
    return [("! " if line["level"] == "warning" else "") + line["message"] for line in shown["order_log"]]


def stored(ref: str = REF, org_id: str = DEMO) -> Assignment:
    """Return an assignment as stored."""
    assignment = get(assignment_key(org_id, ref))
    assert assignment is not None, ref
    return assignment


def state_of(ref: str = REF, org_id: str = DEMO) -> AssignmentState:
    """Return an assignment's stored state."""
    return decode_state(stored(ref, org_id).state)


def entries_of(ref: str = REF, org_id: str = DEMO) -> list[PickEntry]:
    """Return the entries of an assignment's ledger."""
    return read_ledger(assignment_key(org_id, ref).pk)


def held_by(person: Person) -> set[str]:
    """Return the ids of the assignments that a person holds, as stored."""
    picker: Picker | None = get(picker_key(person.org_id, person.user_id))
    return set(picker.held or ()) if picker else set()


def check_replay(world: World, *refs: str, org_id: str = DEMO) -> list[ReplayResult]:
    """Replay these ledgers and assert that nothing differs from what is stored."""
    replayed = [replay(org_id, ref, world.clock) for ref in refs or (REF,)]
    assert [(result.differences, result.gaps) for result in replayed] == [([], [])] * len(replayed)
    return replayed


def post_claim(person: Person, **fields: Any) -> Answer:
    """Send a claim; return the response."""
    return person.post(NEXT, claim_body(person, **fields))


def release(person: Person, ref: str = REF, **headers: str) -> Answer:
    """Release an assignment; return the response."""
    return person.post(f"/assignments/{ref}/release", **headers)


def close(person: Person, ref: str = REF, reason: str = "The rest is out of stock", **headers: str) -> Answer:
    """Close an assignment; return the response."""
    return person.post(f"/assignments/{ref}/close", {"reason": reason}, **headers)


def code(answer: Answer) -> tuple[int, str]:
    """Return the status and the error code of a response."""
    return answer.status, answer.code


def last_audit_row(world: World, action: str) -> Any:
    """Return the newest audit row of an action that was not refused."""
    return [row for row in world.audit() if (row.action_type, row.outcome) == (action, "OK")][-1]
