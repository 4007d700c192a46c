"""Fresh worlds from a snapshot: the organisations are created once per engine and restored for each test.

Creating them writes about forty items, which thousands of tests need and which are always the same.
"""

from datetime import timedelta
from weakref import WeakKeyDictionary

from infra.local.engine import EmbeddedEngine
from infra.local.engine_store import Snapshot
from tests.builders.time import START, ManualClock
from tests.builders.world import World

_snapshots: WeakKeyDictionary[EmbeddedEngine, Snapshot] = WeakKeyDictionary()


def fresh_world(engine: EmbeddedEngine) -> World:
    """Return a world with two new organisations without users; everything else in the engine is removed."""
    snapshot = _snapshots.get(engine)
    if snapshot is None:
        engine.clear()
        World(clock=ManualClock(START - timedelta(milliseconds=1)))
        snapshot = _snapshots[engine] = engine.snapshot()
    engine.restore(snapshot)
    return World(organisations=())
