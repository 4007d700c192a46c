"""Whatever the network does to the events of a fleet, it ends exactly as if nothing had gone wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking import ledger
from chalicelib.picking.tables import picker_key
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import hands, proven, screen, stored
from tests.builders.picking_fleet import (
    CODES,
    KINDS,
    SHIFT_MS,
    Crew,
    Device,
    Event,
    Happening,
    Job,
    devices_of,
    event_of,
    in_order,
    plan,
)
from tests.builders.tracing import untraced
from tests.builders.world import DEMO, OTHER, World
from tests.environment import examples
from tests.races.clocks import StandingClock

ANNA, BO = "Anna", "Bo"
SEED = 20260301
WAVES = 4
AT_ONCE = 8


def told(job: Job, crew: Crew) -> dict[str, Any]:
    """All that is stored of a job, as far as it does not tell when or in which pieces it arrived."""
    one = stored(job.ref, crew.org_id)
    state = ledger.stored_form(ledger.decode_state(one.state))
    named = {who: name for who, name in crew.names.items() if name in job.people}
    return {
        "holders": {named[who]: since for who, since in state.holders.items()},
        "people": {named[who]: person for who, person in state.people.items()},
        "last": state.last[0],
        **{name: getattr(state, name) for name in ("picked", "wraps", "delays", "breaks", "unwrapped", "shared")},
        **{name: getattr(state, name) for name in ("closed", "started_at", "ended_at", "log")},
        "derived": (one.status, one.units, one.seq, (one.queue_place or "")[:1]),
        "ledger": sorted(_entries(one.pk, crew)),
        "hands": {name: hands(crew.people[name]) for name in job.people},
    }


def own(job: Job, crew: Crew) -> list[list[Any]]:
    """What people of a job did that belongs to no assignment."""
    return [sorted(_entries(picker_key(crew.org_id, crew.people[name].user_id).pk, crew)) for name in job.people]


def _entries(where: str, crew: Crew) -> list[Any]:
    """A ledger without the order of arrival: who, when, which event, on which device, what was scanned."""
    return [
        (note.at, crew.names[piece.by], note.event_type, note.created_at, note.event_id, note.device_id, note.scan)
        for piece in ledger.pieces(where).all()
        for note in ledger.notes_in(piece)
    ]


def shown(name: str, crew: Crew) -> dict[str, Any]:
    """What somebody sees, without what tells of arrival."""
    seen = screen(crew.people[name])
    return {key: seen[key] for key in seen if key not in ("data", "lastUpdated", "user")}


def assert_alike(job: Job, one: Crew, other: Crew) -> None:
    """Stored and shown, two organisations have the same of a job."""
    assert told(job, one) == told(job, other)
    assert own(job, one) == own(job, other)
    for name in job.people:
        assert shown(name, one) == shown(name, other)


def unreliable(engine: EmbeddedEngine, random_source: Random) -> None:
    """From now on the store is sometimes out of reach, and sometimes does what it is told and does not say so."""

    def act(operation: str, _: Any) -> None:
        if random_source.random() < 0.01:
            engine.fail_next(operation, "InternalServerError", after=random_source.random() < 0.5)

    engine.before("TransactWriteItems", act)


def test_events_of_fifty_devices_count_exactly_once(engine: EmbeddedEngine) -> None:
    """Duplicates, other orders, two devices at once, answers that never come: it ends like the clean run."""
    with untraced():
        _simulate(engine)


def _simulate(engine: EmbeddedEngine) -> None:
    world, random_source = World(clock=StandingClock()), Random(SEED)
    events = examples(200)
    jobs = plan(random_source, world.clock.now(), alone=32, twice=5, shared=4, events=events)
    assert sum(len(job.happenings) for job in jobs) == 50 * events
    clean, rough = Crew(world, OTHER, jobs), Crew(world, DEMO, jobs)
    devices = [device for job in jobs for device in devices_of(rough, job, random_source)]
    assert len(devices) == 50
    unreliable(engine, random_source)
    for wave in range(1, WAVES + 1):
        world.clock.advance(seconds=SHIFT_MS / WAVES / 1000)
        _send_all(devices, wave * SHIFT_MS // WAVES, random_source, last=wave == WAVES)
    engine.remove_hooks()
    for job in jobs:
        in_order(clean, job)
    assert sum(device.again for device in devices) > 10 * events
    for job in jobs:
        assert_alike(job, rough, clean)
    proven(world, *(job.ref for job in jobs))
    assert len({told(job, rough)["derived"][0] for job in jobs}) > 1, "all of them ended alike"


def _send_all(devices: Sequence[Device], until: int, random_source: Random, *, last: bool) -> None:
    """Several devices at once, and both of a person's; now and then one is out of reach."""
    reached = [device for device in devices if last or random_source.random() < 0.7]
    for device in reached:
        device.see(until)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(Device.flush, reached))


def test_in_whatever_pieces_two_people_send_what_they_did_it_comes_to_the_same(engine: EmbeddedEngine) -> None:
    who = st.sampled_from([ANNA, BO])
    things = st.lists(st.tuples(who, st.sampled_from(sorted(KINDS)), st.sampled_from(CODES)), min_size=2, max_size=16)
    pieces = st.lists(st.tuples(who, st.lists(st.integers(0, 15), max_size=8)), max_size=8)

    @settings(max_examples=examples(20))
    @given(things=things, pieces=pieces)
    def check(things: list[tuple[str, str, str]], pieces: list[tuple[str, list[int]]]) -> None:
        engine.clear()
        world = World(clock=StandingClock())
        job = _job(world, things)
        clean, rough = Crew(world, OTHER, [job]), Crew(world, DEMO, [job])
        world.clock.advance(seconds=60)
        for sender, numbers in pieces:
            rough.send(sender, _of(job, sender, numbers))
        for sender in (BO, ANNA):
            rough.send(sender, _of(job, sender, range(len(things))))
        in_order(clean, job)
        assert_alike(job, rough, clean)
        proven(world, job.ref)

    check()


def _job(world: World, things: Sequence[tuple[str, str, str]]) -> Job:
    """Two people with a device each, to whom something happens each second."""
    start, random_source = world.clock.now(), Random(SEED)
    happenings = []
    for number, (who, kind, raw) in enumerate(things, 1):
        event = event_of(random_source, kind, "PA-1", start + timedelta(seconds=number), device=who, raw=raw)
        happenings.append(Happening(number * 1000, who, (who,), event))
    return Job("PA-1", (ANNA, BO), {ANNA: (ANNA,), BO: (BO,)}, 1, happenings)


def _of(job: Job, sender: str, numbers: Iterable[int]) -> list[Event]:
    """Those of these happenings that are the sender's to tell."""
    chosen = [job.happenings[number] for number in numbers if number < len(job.happenings)]
    return [one.event for one in chosen if one.who == sender]
