"""Whatever the network does to the events of a fleet, it ends exactly as if nothing had gone wrong."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from chalicelib.core.store import parallel
from chalicelib.picking import ledger
from chalicelib.picking.tables import picker_key
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import hands, proven, screen, stored
from tests.builders.picking_fleet import SHIFT_MS, Crew, Device, Job, devices_of, in_order, plan
from tests.builders.world import DEMO, OTHER, World
from tests.races.clocks import StandingClock

SEED = 20260301
WAVES = 10
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


def unreliable(engine: EmbeddedEngine, chance: Random) -> None:
    """From now on the store is sometimes out of reach, and sometimes does what it is told and does not say so."""

    def act(operation: str, _: Any) -> None:
        if chance.random() < 0.01:
            engine.fail_next(operation, "InternalServerError", after=chance.random() < 0.5)

    engine.before("TransactWriteItems", act)


def test_ten_thousand_events_of_fifty_devices_count_exactly_once(engine: EmbeddedEngine) -> None:
    """Duplicates, other orders, two devices at once, answers that never come: it ends like the clean run."""
    world, chance = World(clock=StandingClock()), Random(SEED)
    jobs = plan(chance, world.clock.now(), alone=32, twice=5, shared=4, events=200)
    assert sum(len(job.happenings) for job in jobs) == 10_000
    clean, rough = Crew(world, OTHER, jobs), Crew(world, DEMO, jobs)
    devices = [device for job in jobs for device in devices_of(rough, job, chance)]
    assert len(devices) == 50
    unreliable(engine, chance)
    for wave in range(1, WAVES + 1):
        world.clock.advance(seconds=SHIFT_MS / WAVES / 1000)
        _send_all(devices, wave * SHIFT_MS // WAVES, chance, last=wave == WAVES)
    engine.remove_hooks()
    for job in jobs:
        in_order(clean, job)
    assert sum(device.again for device in devices) > 2_000
    for job in jobs:
        assert told(job, rough) == told(job, clean)
        assert own(job, rough) == own(job, clean)
        for name in job.people:
            assert shown(name, rough) == shown(name, clean)
    proven(world, *(job.ref for job in jobs))
    assert len({told(job, rough)["derived"][0] for job in jobs}) > 1, "all of them ended alike"


def _send_all(devices: Sequence[Device], until: int, chance: Random, *, last: bool) -> None:
    """Several devices at once, and both of a person's; now and then one is out of reach."""
    reached = [device for device in devices if last or chance.random() < 0.7]
    for device in reached:
        device.see(until)
    for start in range(0, len(reached), AT_ONCE):
        parallel([device.flush for device in reached[start : start + AT_ONCE]])
