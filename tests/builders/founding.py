"""A world in an instant: its organisations are founded once per engine, and each test gets the tables of that moment.

Founding writes some forty items. Thousands of tests begin with it, and it is the same each time.
"""

from datetime import timedelta
from weakref import WeakKeyDictionary

from infra.local.engine import EmbeddedEngine
from infra.local.engine_store import Snapshot
from tests.builders.time import START, ManualClock
from tests.builders.world import World

_founded: WeakKeyDictionary[EmbeddedEngine, Snapshot] = WeakKeyDictionary()


def fresh_world(engine: EmbeddedEngine) -> World:
    """Two organisations, founded a moment ago, and nobody in them yet; whatever else the engine held is gone."""
    snapshot = _founded.get(engine)
    if snapshot is None:
        engine.clear()
        World(clock=ManualClock(START - timedelta(milliseconds=1)))
        snapshot = _founded[engine] = engine.snapshot()
    engine.restore(snapshot)
    return World(founds=())
