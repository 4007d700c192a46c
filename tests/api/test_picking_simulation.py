"""A fleet on an unreliable network ends in the same state as on a reliable one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking.ledger.entries import decode_state, ledger_segments, stored_entries, stored_state
from chalicelib.picking.ledger.holds import CLOCK_TOLERANCE_MS
from chalicelib.picking.tables import picker_key
from infra.local.engine import EmbeddedEngine
from tests.builders.lists import read_pages
from tests.builders.picking import check_replay, held_by, scanner_state, stored
from tests.builders.picking_fleet import (
    CODES,
    KINDS,
    WAVE_MS,
    WAVES,
    Crew,
    Device,
    Event,
    Job,
    PlannedEvent,
    devices_of,
    event_of,
    plan,
    send_in_order,
)
from tests.builders.time import START
from tests.builders.tracing import untraced
from tests.builders.world import DEMO, OTHER, World
from tests.environment import examples
from tests.races.clocks import StandingClock

ANNA, BO = "Anna", "Bo"
SEED = 20260301
AT_ONCE = 8


def stored_data(job: Job, crew: Crew) -> dict[str, Any]:
    """Return everything stored of a job that does not depend on the arrival of its events."""
    assignment = stored(job.ref, crew.org_id)
    state = stored_state(decode_state(assignment.state))
    named = {who: name for who, name in crew.names.items() if name in job.people}
    return {
        "ended_holds": [(named[hold.user_id], hold.since, hold.until) for hold in state.ended_holds],
        "holders": {named[who]: since for who, since in state.holders.items()},
        "people": {named[who]: person for who, person in state.people.items()},
        "last": state.last[0],
        **{name: getattr(state, name) for name in ("picked", "wraps", "delays", "breaks", "unwrapped", "shared")},
        **{name: getattr(state, name) for name in ("closed", "started_at", "ended_at", "log")},
        "derived": (assignment.status, assignment.units, assignment.seq, (assignment.queue_place or "")[:1]),
        "ledger": sorted(_entries(assignment.pk, crew)),
        "held_by": {name: held_by(crew.people[name]) for name in job.people},
    }


def own_ledgers(job: Job, crew: Crew) -> list[list[Any]]:
    """Return the pickers' own ledgers."""
    return [sorted(_entries(picker_key(crew.org_id, crew.people[name].user_id).pk, crew)) for name in job.people]


def _entries(ledger: str, crew: Crew) -> list[Any]:
    """Return a ledger without the order of arrival: person, time, event, device and scan."""
    return [
        (
            entry.at,
            crew.names.get(segment.by, "supervisor"),
            entry.event_type,
            entry.created_at,
            entry.event_id or "",
            entry.device_id,
            entry.scan,
        )
        for segment in ledger_segments(ledger).all()
        for entry in stored_entries(segment)
    ]


def shown(name: str, crew: Crew) -> dict[str, Any]:
    """Return what a picker's scanner shows, without what depends on arrival."""
    seen = scanner_state(crew.people[name])
    return {key: seen[key] for key in seen if key not in ("data", "lastUpdated", "user")}


def assert_alike(job: Job, first: Crew, second: Crew) -> None:
    """Assert that two organisations store and show the same of a job."""
    data, expected = stored_data(job, first), stored_data(job, second)
    extra = [entry for entry in data["ledger"] if entry not in expected["ledger"]]
    missing = [entry for entry in expected["ledger"] if entry not in data["ledger"]]
    assert (extra, missing) == ([], []), job.ref
    for name, value in data.items():
        assert value == expected[name], (job.ref, name)
    assert own_ledgers(job, first) == own_ledgers(job, second)
    for name in job.people:
        assert shown(name, first) == shown(name, second)


def make_unreliable(engine: EmbeddedEngine, random_source: Random) -> None:
    """Let the store fail sometimes, before or after it has written."""

    def act(operation: str, _: Any) -> None:
        if random_source.random() < 0.01:
            engine.fail_next(operation, "InternalServerError", after=random_source.random() < 0.5)

    engine.before("TransactWriteItems", act)


def test_no_event_of_the_plan_depends_on_its_arrival() -> None:
    """Nobody who takes an assignment over has sent something for it just before; see the tolerance of clocks."""
    for seed in range(20):
        for job in plan(Random(seed), START, alone=0, twice=0, shared=0, handed=8, events=200):
            for event, wave in ((event, (event.at - 1) // WAVE_MS) for event in job.events):
                is_close = wave + 1 < WAVES and (wave + 1) * WAVE_MS - event.at <= CLOCK_TOLERANCE_MS
                assert not (is_close and event.who != job.hands[wave] and event.decision), (seed, job.ref, event)


def test_events_of_fifty_devices_count_exactly_once(engine: EmbeddedEngine) -> None:
    """Duplicates, changed orders, parallel devices, lost responses, releases and reassignments change nothing.

    Nothing is rejected of who held the assignment when it happened. What others sent is decided about, and then leaves
    the queues.
    """
    with untraced():
        _simulate(engine)


def _simulate(engine: EmbeddedEngine) -> None:
    world, random_source = World(clock=StandingClock()), Random(SEED)
    events = examples(200)
    jobs = plan(random_source, world.clock.now(), alone=16, twice=5, shared=4, handed=8, events=events)
    assert sum(len(job.events) for job in jobs) >= 50 * events
    clean, rough = Crew(world, OTHER, jobs), Crew(world, DEMO, jobs)
    devices = [device for job in jobs for device in devices_of(rough, job, random_source)]
    assert len(devices) == 50
    make_unreliable(engine, random_source)
    for wave in range(1, WAVES + 1):
        world.clock.advance(seconds=WAVE_MS / 1000)
        _send_all(devices, wave * WAVE_MS, random_source, last=wave == WAVES)
        engine.remove_hooks()
        _decide_some(rough, jobs, random_source, last=wave == WAVES)
        for job in jobs:
            send_in_order(clean, job, job.events_of(wave))
            for crew in (clean, rough) if job.hands and wave < WAVES else ():
                crew.hand_over(job, job.hands[wave - 1], wave + 1)
        make_unreliable(engine, random_source)
    engine.remove_hooks()
    for device in devices:
        device.strays.clear()
        device.flush()
        assert device.queue == []
    assert sum(device.again for device in devices) > 10 * events
    for job in jobs:
        assert_alike(job, rough, clean)
    check_replay(world, *(job.ref for job in jobs))
    assert len({stored_data(job, rough)["derived"][0] for job in jobs}) > 1, "all ended in the same status"


def _decide_some(crew: Crew, jobs: Sequence[Job], random_source: Random, *, last: bool) -> None:
    """Let the supervisor decide about some of the rejected events, and in the end about all."""
    planned = {event.event["client_event_id"]: event for job in jobs for event in job.events if event.decision}
    rows = read_pages(crew.supervisor, "/v1/picking/rejected-events?status=open", 100)
    assert {row["client_event_id"] for row in rows} <= planned.keys()
    decided = [row for row in rows if last or random_source.random() < 0.5]
    for row in decided:
        crew.decide(planned[row["client_event_id"]])
    assert decided or not last


def _send_all(devices: Sequence[Device], until: int, random_source: Random, *, last: bool) -> None:
    """Let several devices send at once, some of them offline."""
    reached = [device for device in devices if last or random_source.random() < 0.7]
    for device in reached:
        device.see(until)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(Device.flush, reached))


def test_any_partition_into_batches_gives_the_same_state(engine: EmbeddedEngine) -> None:
    who = st.sampled_from([ANNA, BO])
    events = st.lists(st.tuples(who, st.sampled_from(sorted(KINDS)), st.sampled_from(CODES)), min_size=2, max_size=16)
    batches = st.lists(st.tuples(who, st.lists(st.integers(0, 15), max_size=8)), max_size=8)

    @settings(max_examples=examples(20, everyday=1 / 4))
    @given(events=events, batches=batches)
    def check(events: list[tuple[str, str, str]], batches: list[tuple[str, list[int]]]) -> None:
        engine.clear()
        world = World(clock=StandingClock())
        job = _job(world, events)
        clean, rough = Crew(world, OTHER, [job]), Crew(world, DEMO, [job])
        world.clock.advance(seconds=60)
        for sender, numbers in batches:
            rough.send(sender, _of(job, sender, sorted(numbers)))
        for sender in (BO, ANNA):
            rough.send(sender, _of(job, sender, range(len(events))))
        send_in_order(clean, job)
        assert_alike(job, rough, clean)
        check_replay(world, job.ref)

    check()


def _job(world: World, events: Sequence[tuple[str, str, str]]) -> Job:
    """Return a job of two people with a device each and an event each second."""
    start, random_source = world.clock.now(), Random(SEED)
    planned = []
    for number, (who, kind, raw) in enumerate(events, 1):
        event = event_of(random_source, kind, "PA-1", start + timedelta(seconds=number), device=who, raw=raw)
        planned.append(PlannedEvent(number * 1000, who, (who,), event))
    return Job("PA-1", (ANNA, BO), {ANNA: (ANNA,), BO: (BO,)}, 1, planned)


def _of(job: Job, sender: str, numbers: Iterable[int]) -> list[Event]:
    """Return the sender's events among these numbers."""
    chosen = [job.events[number] for number in numbers if number < len(job.events)]
    return [planned.event for planned in chosen if planned.who == sender]
