"""Assignments and the events of those who pick them, as tests want them: one call each, all through the API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from chalicelib.core.clock import iso
from chalicelib.core.store import get
from chalicelib.picking import ledger
from chalicelib.picking.rebuilding import Rebuilt, rebuild
from chalicelib.picking.state import Entry, State
from chalicelib.picking.tables import Assignment, Picker, assignment_key, picker_key
from tests.builders.world import DEMO, Answer, Person, World

IMPORT = "/v1/imports/pick-assignments"
NEXT, BATCH, SCREEN = "/assignments/next", "/events/batch", "/scanner/state"
EAN, GTIN = "5901234123457", "05901234123457"
"""The same article, as its bar code and as GS1 writes it."""
REF = "PA-1"

_numbers = count(1)


def line(number: int = 1, quantity: float = 5, **fields: Any) -> dict[str, Any]:
    """A line of an assignment; the first one's article has a bar code."""
    body = {"line_number": number, "sku": f"SKU-{number}", "quantity": quantity, "location": f"A-{number:02d}"}
    return body | ({"barcodes": [EAN]} if number == 1 else {}) | fields


def record(ref: str = REF, **fields: Any) -> dict[str, Any]:
    """An assignment as it is imported; `name=None` leaves a field out."""
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
    """Import assignments; all of them have to be taken."""
    boss = world.person("supervisor", org_id)
    answer = boss.post(IMPORT, {"records": list(records)})
    assert answer.status == 200, answer


def next_body(person: Person, **fields: Any) -> dict[str, Any]:
    """What a scanner sends to get something to do."""
    return {"device_id": f"device-of-{person.user_id}", "company_id": person.org_id, "role": person.role, **fields}


def take(person: Person, **fields: Any) -> dict[str, Any]:
    """The next assignment."""
    answer = person.post(NEXT, next_body(person, **fields))
    assert answer.status == 200, answer
    taken: dict[str, Any] = answer.json
    return taken


def at_work(world: World, *, role: str = "picker", full_name: str = "Anna", **fields: Any) -> Person:
    """Somebody with an assignment in hand (the record's `fields`), who took it a minute ago."""
    load(world, record(role=role, **fields))
    person = world.person(role, full_name=full_name)
    take(person)
    world.clock.advance(minutes=1)
    return person


def uuid4() -> str:
    """A new id of an event, the same in each run."""
    return str(uuid.UUID(int=next(_numbers), version=4))


def event(kind: str, payload: object, at: datetime | str, **fields: Any) -> dict[str, Any]:
    """An event as a client queues it; `name=None` leaves a field out."""
    body = {
        "client_event_id": uuid4(),
        "event_type": kind,
        "payload": payload,
        "created_at": at if isinstance(at, str) else iso(at),
    }
    return changed(body, fields)


def changed(body: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """A body with other fields; `name=None` leaves one out."""
    return {name: value for name, value in (body | dict(fields)).items() if value is not None}


class Scanner:
    """A device in somebody's hand, which sends events about one assignment."""

    def __init__(self, world: World, person: Person, ref: str = REF) -> None:
        self.world = world
        self.person = person
        self.ref = ref

    def scan(self, raw: str = EAN, **fields: Any) -> dict[str, Any]:
        """Something was scanned now."""
        now = iso(self.world.clock.now())
        payload = {"raw": raw, "assignment_id": self.ref, "order_id": self.ref, "at": now}
        return changed(event("scan_received", payload, now), fields)

    def tell(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Something else happened now: `wrap`, `delay`, `break_toggle`, `shared_pick`, `undo`, or any type."""
        types = {"wrap": "log_wrap_requested", "delay": "log_delay_requested"}
        names = {"break_toggle", "shared_pick", "undo"}
        payload = {"assignment_id": self.ref} | ({"order_id": self.ref} if kind == "wrap" else {})
        name = types.get(kind, f"{kind}_requested" if kind in names else kind)
        return changed(event(name, payload, self.world.clock.now()), fields)

    def send(self, *events: object, **headers: str) -> list[str]:
        """What became of each event: `accepted`, `duplicate`, or the reason of its rejection."""
        return results(self.batch(events, **headers))

    def batch(self, events: Sequence[object], **headers: str) -> Answer:
        """A batch as it is answered."""
        answer = self.person.post(BATCH, {"events": list(events)}, **headers)
        assert answer.status == 200, answer
        return answer

    def scans(self, number: int, raw: str = EAN) -> None:
        """So many scans, each a second after the one before."""
        events = []
        for _ in range(number):
            self.world.clock.advance(seconds=1)
            events.append(self.scan(raw))
        assert self.send(*events) == ["accepted"] * number

    def said(self, kind: str) -> None:
        """Send one event, which has to be taken."""
        assert self.send(self.tell(kind)) == ["accepted"]

    def screen(self) -> dict[str, Any]:
        """What the scanner shows."""
        return screen(self.person)


def results(answer: Answer) -> list[str]:
    """What became of each event of a batch."""
    return [one.get("reason", one["result"]) for one in answer.json["status"]]


def screen(person: Person) -> dict[str, Any]:
    """What somebody's scanner shows."""
    answer = person.get(SCREEN)
    assert answer.status == 200, answer
    shown: dict[str, Any] = answer.json
    return shown


def said(shown: dict[str, Any]) -> list[str]:
    """What a scanner's log says, the newest first; warnings begin with an exclamation mark."""
    return [("! " if one["level"] == "warning" else "") + one["message"] for one in shown["order_log"]]


def stored(ref: str = REF, org_id: str = DEMO) -> Assignment:
    """An assignment as it is stored."""
    found = get(assignment_key(org_id, ref))
    assert found is not None, ref
    return found


def state_of(ref: str = REF, org_id: str = DEMO) -> State:
    """Its stored state."""
    return ledger.decode_state(stored(ref, org_id).state)


def entries_of(ref: str = REF, org_id: str = DEMO) -> list[Entry]:
    """Its ledger."""
    return ledger.read_ledger(assignment_key(org_id, ref).pk)


def hands(person: Person) -> set[str]:
    """What somebody has in hand, as it is stored."""
    found: Picker | None = get(picker_key(person.org_id, person.user_id))
    return set(found.held or ()) if found else set()


def proven(world: World, *refs: str, org_id: str = DEMO) -> list[Rebuilt]:
    """Fold these ledgers anew; that what is stored says the same is asserted."""
    rebuilt = [rebuild(org_id, ref, world.clock) for ref in refs or (REF,)]
    assert [(one.differences, one.gaps) for one in rebuilt] == [([], [])] * len(rebuilt)
    return rebuilt
