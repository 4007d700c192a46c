"""A fleet of pick scanners on a shift: what happened to each, and how it tells the server of it over a bad network.

The plan is made from a seed and says what happened, in order and with nothing lost. A `Device` then sends what is its
to tell: in random pieces, in any order, several times, from two scanners at once where somebody carries two, and again
whenever the answer did not come. What all of that must come to is what `in_order` comes to, which sends the same plan
just as it happened.
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
from tests.builders.picking import BATCH, EAN, GTIN, line, load, record, take
from tests.builders.world import Person, World

SHIFT_MS = 50 * 60_000
LINES = 12
QUANTITIES = (3, 9)
"""Of each line: so that some assignments become complete, and complete again after an undo, and some do not."""
_BURST_MS = 150_000
CODES = (
    *(f"SKU-{number}" for number in range(1, LINES + 1)),
    *(f"A-{number:02d}" for number in range(1, LINES + 1)),
    EAN,
    EAN,
    f"01{GTIN}3702",
    f"]C10{GTIN[:-1]}",
    "nothing of ours",
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


class Happening(NamedTuple):
    """Something that happened: when (milliseconds into the shift), to whom, which of their devices saw it."""

    at: int
    who: str
    devices: tuple[str, ...]
    event: Event


@dataclass(frozen=True)
class Job:
    """An assignment, who works on it (the first shares it with the others), and with which devices."""

    ref: str
    people: tuple[str, ...]
    devices: Mapping[str, tuple[str, ...]]
    quantity: int
    happenings: Sequence[Happening] = field(repr=False)


class Crew:
    """The people of a plan in one organisation, each with their assignment in hand."""

    def __init__(self, world: World, org_id: str, jobs: Sequence[Job]) -> None:
        self.org_id = org_id
        self.people: dict[str, Person] = {}
        for number, job in enumerate(jobs):
            # Each is before all that can still be joined, and nothing else waits: so everybody gets their own.
            lines = [line(one, job.quantity) for one in range(1, LINES + 1)]
            load(world, record(job.ref, priority=len(jobs) - number, lines=lines), org_id=org_id)
            for name in job.people:
                self.people[name] = world.person("picker", org_id, full_name=name)
                taken = take(self.people[name], device_id=f"{name} device")
                assert taken["assignment_id"] == job.ref
                if name == job.people[0] and len(job.people) > 1:
                    moment = world.clock.now()
                    shared = event_of(Random(number), "shared_pick_requested", job.ref, moment, device="desk")
                    assert self.send(name, [shared]) == ["accepted"]
        self.names = {person.user_id: name for name, person in self.people.items()}

    def send(self, name: str, events: Sequence[Event]) -> list[str]:
        """Send a batch; the results, one for each event and in their order."""
        answer = self.people[name].post(BATCH, {"events": list(events)})
        assert answer.status == 200, answer
        statuses = answer.json["status"]
        assert [one["client_event_id"] for one in statuses] == [event["client_event_id"] for event in events]
        return [one.get("reason", one["result"]) for one in statuses]


def plan(random_source: Random, start: datetime, *, alone: int, twice: int, shared: int, events: int) -> list[Job]:
    """What happens to a fleet: pickers on their own, some with two devices each, some in pairs on one assignment.

    `events` happen to each device; no two of one assignment in the same millisecond, since then only their arrival
    could tell which came first.
    """
    jobs = []
    for number in range(alone + twice + shared):
        people, per_person = (1, 1) if number < alone else (1, 2) if number < alone + twice else (2, 1)
        names = tuple(f"picker {number}-{one}" for one in range(people))
        devices = {name: tuple(f"{name} device {one}" for one in range(per_person)) for name in names}
        moments = sorted(random_source.sample(range(1000, SHIFT_MS), events * people * per_person))
        ref = f"PA-{number:03d}"
        happenings = [_happening(random_source, start, ref, devices, at) for at in moments]
        jobs.append(Job(ref, names, devices, QUANTITIES[number % 2], happenings))
    return jobs


def _happening(
    random_source: Random, start: datetime, ref: str, devices: Mapping[str, tuple[str, ...]], at: int
) -> Happening:
    who = list(devices)[at // _BURST_MS % len(devices)]
    seen_by = random_source.choice(devices[who])
    kind = random_source.choices(list(KINDS), list(KINDS.values()))[0]
    at_home = kind == "tracker_opened" and random_source.random() < 0.5
    raw = random_source.choice(CODES)
    event = event_of(
        random_source, kind, None if at_home else ref, start + timedelta(milliseconds=at), device=seen_by, raw=raw
    )
    # Who carries two has most of it on both.
    also = tuple(one for one in devices[who] if one != seen_by and random_source.random() < 0.7)
    return Happening(at, who, (seen_by, *also), event)


def event_of(random_source: Random, kind: str, ref: str | None, at: datetime, *, device: str, raw: str = EAN) -> Event:
    """An event as the queue of a scanner keeps it; its id is by chance."""
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


def in_order(crew: Crew, job: Job) -> None:
    """Send what happened just as it happened, each thing once."""
    for who, some in groupby(job.happenings, key=lambda one: one.who):
        events = [one.event for one in some]
        assert crew.send(who, events) == ["accepted"] * len(events)


class Device:
    """A scanner with a queue, on a bad network. `again` counts what it sent in vain or twice."""

    def __init__(self, crew: Crew, name: str, who: str, happenings: Iterable[Happening], random_source: Random) -> None:
        self.crew, self.name, self.who, self.random_source = crew, name, who, random_source
        self.coming = [one for one in happenings if name in one.devices]
        self.queue: list[Event] = []
        self.sent: list[Event] = []
        self.again = 0

    def see(self, until: int) -> None:
        """What has happened up to a moment of the shift comes into the queue."""
        self.queue += [one.event for one in self.coming if one.at <= until]
        self.coming = [one for one in self.coming if one.at > until]

    def flush(self) -> None:
        """Send until nothing is left in the queue."""
        while self.queue:
            batch = list(self._batch())
            results = self.crew.send(self.who, batch)
            assert set(results) <= {"accepted", "duplicate", "retry"}, results
            if self.random_source.random() < _DROPPED:
                self.again += len(batch)
                continue  # the answer never came
            done = {
                event["client_event_id"]
                for event, result in zip(batch, results, strict=True)
                if result in ("accepted", "duplicate")
            }
            self.again += results.count("duplicate")
            self.sent += [event for event in self.queue if event["client_event_id"] in done]
            self.queue = [event for event in self.queue if event["client_event_id"] not in done]

    def _batch(self) -> Iterator[Event]:
        """Some of the queue in any order, some of it twice, and some that was sent long ago."""
        some = self.random_source.sample(self.queue, min(self.random_source.choice(_BATCHES), len(self.queue)))
        twice = [event for event in some if self.random_source.random() < 0.1]
        old = self.random_source.sample(self.sent, self.random_source.randint(0, min(_ALREADY_SENT, len(self.sent))))
        for event in self.random_source.sample([*some, *twice, *old], len(some) + len(twice) + len(old)):
            yield event | {"retries": self.random_source.randint(0, 9)}


def devices_of(crew: Crew, job: Job, random_source: Random) -> list[Device]:
    """All devices of a job, each with a chance of its own, so that threads do not change what it does."""
    return [
        Device(crew, name, who, job.happenings, Random(random_source.random()))
        for who, names in job.devices.items()
        for name in names
    ]
