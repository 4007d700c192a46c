"""A fleet of pick scanners on a shift: the events of each, and how it sends them over an unreliable network.

The plan is made from a seed and holds all events in order. A `Device` then sends its events in random batches, which
come in any order, several times, from two scanners at once where a picker has two, and again after a lost response.
Only within a batch the events stand in their order, as in a queue, since a batch says in which order its events
happened. The result has to equal that of `send_in_order`, which sends the same plan in its order.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any, NamedTuple

from chalicelib.core.clock import iso
from chalicelib.picking.ledger.holds import CLOCK_TOLERANCE_MS
from tests.builders.picking import BATCH, EAN, GTIN, claim, line, load, record
from tests.builders.world import Person, World

SHIFT_MS = 50 * 60_000
WAVES = 4
"""The parts of the shift; assignments change hands between them."""
WAVE_MS = SHIFT_MS // WAVES
LINES = 12
QUANTITIES = (3, 9)
"""The quantity of each line. Some assignments complete, some again after an undo, and some do not."""
HANDED_QUANTITY = 60
"""The quantity of each line of an assignment that changes hands, which nobody completes before the last wave."""
_STRAYS = 20
"""One in so many of these events is of somebody who does not hold the assignment any more."""
_BURST_MS = 150_000
CODES = (
    *(f"SKU-{number}" for number in range(1, LINES + 1)),
    *(f"A-{number:02d}" for number in range(1, LINES + 1)),
    EAN,
    EAN,
    f"01{GTIN}3702",
    f"01{GTIN}21S-1",
    f"(01){GTIN}(21)S-1",
    f"]C10{GTIN[:-1]}",
    "unknown code",
)
KINDS = {
    "scan_received": 70,
    "log_wrap_requested": 5,
    "log_delay_requested": 3,
    "break_toggle_requested": 5,
    "shared_pick_requested": 2,
    "undo_requested": 11,
    "assignment_resumed": 2,
    "tracker_opened": 2,
}
_BATCHES = (10, 40, 100)
_DROPPED = 0.15
_ALREADY_SENT = 8

Event = dict[str, Any]


class PlannedEvent(NamedTuple):
    """An event of the plan: its time (milliseconds into the shift), its person, and the devices that recorded it.

    `decision` is that of the supervisor (`accept`, `dismiss`) about an event of who did not hold the assignment.
    """

    at: int
    who: str
    devices: tuple[str, ...]
    event: Event
    decision: str | None = None


@dataclass(frozen=True)
class Job:
    """An assignment with its people (the first one shares it with the others) and their devices.

    One that changes hands has a holder for each wave instead, None while it waits.
    """

    ref: str
    people: tuple[str, ...]
    devices: Mapping[str, tuple[str, ...]]
    quantity: int
    events: Sequence[PlannedEvent] = field(repr=False)
    hands: Sequence[str | None] = ()

    def events_of(self, wave: int) -> list[PlannedEvent]:
        """Return the events of a part of the shift, from 1."""
        return [planned for planned in self.events if (planned.at - 1) // WAVE_MS == wave - 1]


class Crew:
    """The people of a plan in one organisation, each of whom holds their assignment."""

    def __init__(self, world: World, org_id: str, jobs: Sequence[Job]) -> None:
        self.org_id = org_id
        self.supervisor = world.person("supervisor", org_id)
        self.people: dict[str, Person] = {}
        for number, job in enumerate(jobs):
            # Each comes before all that can be joined, and nothing else waits, so each person gets their own.
            # The lines of one that changes hands have one barcode, by which a label with a count completes them all.
            more = {"barcodes": [EAN]} if job.hands else {}
            lines = [line(line_number, job.quantity, **more) for line_number in range(1, LINES + 1)]
            load(world, record(job.ref, priority=len(jobs) - number, lines=lines), org_id=org_id)
            for name in job.people:
                self.people[name] = world.person("picker", org_id, full_name=name)
                if job.hands:
                    continue
                claimed = claim(self.people[name], device_id=f"{name} device")
                assert claimed["assignment_id"] == job.ref
                if name == job.people[0] and len(job.people) > 1:
                    moment = world.clock.now()
                    shared = event_of(Random(number), "shared_pick_requested", job.ref, moment, device="desk")
                    assert self.send(name, [shared]) == ["accepted"]
            self.hand_over(job, None, 1)
        self.names = {person.user_id: name for name, person in self.people.items()}

    def hand_over(self, job: Job, before: str | None, wave: int) -> None:
        """Let the supervisor give an assignment to its holder in this wave, or take it away."""
        holder = job.hands[wave - 1] if job.hands else before
        if holder == before:
            return
        if holder is None:
            answer = self.supervisor.post(f"/assignments/{job.ref}/release")
        else:
            answer = self.supervisor.post(f"/v1/assignments/{job.ref}/assign", {"user_id": self.people[holder].user_id})
        assert answer.status == 200, answer

    def decide(self, planned: PlannedEvent) -> None:
        """Let the supervisor decide about an event that was rejected."""
        path = f"/v1/picking/rejected-events/{planned.event['client_event_id']}/{planned.decision}"
        assert self.supervisor.post(path, {"note": "decided"}).status == 200

    def send(self, name: str, events: Sequence[Event]) -> list[str]:
        """Send a batch; return the results in the order of the events."""
        answer = self.people[name].post(BATCH, {"events": list(events)})
        assert answer.status == 200, answer
        statuses = answer.json["status"]
        assert [status["client_event_id"] for status in statuses] == [event["client_event_id"] for event in events]
        return [status.get("reason", status["result"]) for status in statuses]


def plan(
    random_source: Random, start: datetime, *, alone: int, twice: int, shared: int, handed: int, events: int
) -> list[Job]:
    """Return the events of a fleet: single pickers, some with two devices each, and pairs that share an assignment.

    The last ones change hands between two people.

    Each device has `events`, no two of one assignment in the same millisecond, since those are ordered by arrival.
    """
    jobs = []
    for number in range(alone + twice + shared):
        people, per_person = (1, 1) if number < alone else (1, 2) if number < alone + twice else (2, 1)
        names = tuple(f"picker {number}-{person}" for person in range(people))
        devices = {name: tuple(f"{name} device {device}" for device in range(per_person)) for name in names}
        moments = sorted(random_source.sample(range(1000, SHIFT_MS), events * people * per_person))
        ref = f"PA-{number:03d}"
        planned = [_planned_event(random_source, start, ref, devices, at) for at in moments]
        jobs.append(Job(ref, names, devices, QUANTITIES[number % 2], planned))
    first = len(jobs)
    return [*jobs, *(_handed_over(random_source, start, first + number, events) for number in range(handed))]


def _handed_over(random_source: Random, start: datetime, number: int, events: int) -> Job:
    """Return an assignment that changes hands, and is completed in the last wave."""
    people = (f"picker {number}-0", f"picker {number}-1")
    devices = {name: (f"{name} device",) for name in people}
    middle = random_source.choice([(people[1], people[0]), (None, people[1]), (people[0], None), (people[1], None)])
    hands = (people[0], *middle, people[number % 2])
    ref = f"PA-{number:03d}"
    planned = list[PlannedEvent]()
    moments = random_source.sample(range(1000, SHIFT_MS - 2000), 4 * events)
    held = [at for at in moments if hands[(at - 1) // WAVE_MS] is not None][: 2 * events]
    strays = {
        # Just before somebody takes the assignment over it depends on its arrival whether an event counts for them.
        at
        for at in random_source.sample(moments, max(4, events // _STRAYS))
        if -at % WAVE_MS > CLOCK_TOLERANCE_MS
    }
    for at in sorted(strays.union(held)):
        holder = hands[(at - 1) // WAVE_MS]
        strangers = [name for name in people if name != holder]
        if holder is None or at in strays:
            who, decision = random_source.choice(strangers), random_source.choice(["accept", "dismiss"])
        else:
            who, decision = holder, None
        event = _planned_event(random_source, start, ref, {who: devices[who]}, at)
        of_assignment = "assignment_id" in event.event["payload"]
        planned.append(event._replace(decision=decision if of_assignment else None))
    last = people[number % 2]
    for step in range(1, 2 + LINES * HANDED_QUANTITY // 99):
        at = SHIFT_MS - 2000 + step
        moment = start + timedelta(milliseconds=at)
        label = event_of(random_source, "scan_received", ref, moment, device=last, raw=f"01{GTIN}3799")
        planned.append(PlannedEvent(at, last, devices[last], label))
    return Job(ref, people, devices, HANDED_QUANTITY, planned, hands)


def _planned_event(
    random_source: Random, start: datetime, ref: str, devices: Mapping[str, tuple[str, ...]], at: int
) -> PlannedEvent:
    who = list(devices)[at // _BURST_MS % len(devices)]
    seen_by = random_source.choice(devices[who])
    kind = random_source.choices(list(KINDS), list(KINDS.values()))[0]
    at_home = kind == "tracker_opened" and random_source.random() < 0.5
    raw = random_source.choice(CODES)
    event = event_of(
        random_source, kind, None if at_home else ref, start + timedelta(milliseconds=at), device=seen_by, raw=raw
    )
    # Of two devices of a person, both record most events.
    also = tuple(device for device in devices[who] if device != seen_by and random_source.random() < 0.7)
    return PlannedEvent(at, who, (seen_by, *also), event)


def event_of(random_source: Random, kind: str, ref: str | None, at: datetime, *, device: str, raw: str = EAN) -> Event:
    """Return an event as a scanner's queue stores it, with a random id."""
    payload = {} if ref is None else {"assignment_id": ref}
    if kind == "scan_received":
        payload |= {"raw": raw, "order_id": str(ref), "at": iso(at)}
    elif kind == "log_wrap_requested":
        payload["order_id"] = str(ref)
    return {
        "client_event_id": str(uuid.UUID(int=random_source.getrandbits(128), version=4)),
        "event_type": kind,
        "payload": payload,
        "created_at": iso(at),
        "device_id": device,
        "status": "pending",
        "retries": 0,
    }


def send_in_order(crew: Crew, job: Job, planned_events: Sequence[PlannedEvent] | None = None) -> None:
    """Send all events, or these, in order, each once; decide at once about those that are rejected."""
    for who, group in groupby(
        job.events if planned_events is None else planned_events, key=lambda planned: planned.who
    ):
        events = list(group)
        expected = ["not_your_assignment" if planned.decision else "accepted" for planned in events]
        assert crew.send(who, [planned.event for planned in events]) == expected
        for planned in events:
            if planned.decision:
                crew.decide(planned)


class Device:
    """A scanner with a queue, on an unreliable network. `again` counts events sent in vain or twice.

    Events of somebody else's assignment stay in the queue until the supervisor has decided about them.
    """

    def __init__(self, crew: Crew, name: str, who: str, events: Iterable[PlannedEvent], random_source: Random) -> None:
        self.crew, self.name, self.who, self.random_source = crew, name, who, random_source
        self.coming = [planned for planned in events if name in planned.devices]
        self.queue: list[Event] = []
        self.sent: list[Event] = []
        self.strays = {planned.event["client_event_id"] for planned in self.coming if planned.decision}
        self.again = 0

    def see(self, until: int) -> None:
        """Queue the events up to a time of the shift."""
        self.queue += [planned.event for planned in self.coming if planned.at <= until]
        self.coming = [planned for planned in self.coming if planned.at > until]

    def flush(self) -> None:
        """Send until the queue is empty but for rejected events."""
        rejected = set[str]()
        while any(event["client_event_id"] not in rejected for event in self.queue):
            batch = list(self._batch())
            results = self.crew.send(self.who, batch)
            refused = {
                event["client_event_id"]
                for event, result in zip(batch, results, strict=True)
                if result == "not_your_assignment"
            }
            assert refused <= self.strays, "an event of who held the assignment was rejected"
            rejected |= refused
            assert set(results) <= {"accepted", "duplicate", "retry", "not_your_assignment"}, results
            if self.random_source.random() < _DROPPED:
                self.again += len(batch)
                continue  # the response was lost
            done = {
                event["client_event_id"]
                for event, result in zip(batch, results, strict=True)
                if result in ("accepted", "duplicate")
            }
            self.again += results.count("duplicate")
            self.sent += [event for event in self.queue if event["client_event_id"] in done]
            self.queue = [event for event in self.queue if event["client_event_id"] not in done]

    def _batch(self) -> Iterator[Event]:
        """Yield some of the queued events, some of them twice, and some that were sent before."""
        some = self.random_source.sample(self.queue, min(self.random_source.choice(_BATCHES), len(self.queue)))
        twice = [event for event in some if self.random_source.random() < 0.1]
        old = self.random_source.sample(self.sent, self.random_source.randint(0, min(_ALREADY_SENT, len(self.sent))))
        for event in sorted([*some, *twice, *old], key=lambda event: str(event["created_at"])):
            yield event | {"retries": self.random_source.randint(0, 9)}


def devices_of(crew: Crew, job: Job, random_source: Random) -> list[Device]:
    """Return the devices of a job, each with its own random source, so that threads do not affect it."""
    return [
        Device(crew, name, who, job.events, Random(random_source.random()))
        for who, names in job.devices.items()
        for name in names
    ]
