"""The arena: a world for races, on the embedded engine or on the one that `BATON_TEST_ENGINE` names."""

import secrets
from collections.abc import Iterator

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.world import World
from tests.races.clocks import racing_clock
from tests.races.engines import emptied, named_engine, pointed_at
from tests.races.senders import WatchfulSender


@pytest.fixture
def arena(request: pytest.FixtureRequest) -> Iterator[World]:
    """Two organisations and nobody in them yet, a clock that only the test moves, and sockets that notice overlaps."""
    request.getfixturevalue("objects")  # the bucket is embedded, whichever engine has the tables
    url = named_engine()
    if url is None:
        request.getfixturevalue("engine")
        yield World(randbits=secrets.randbits, clock=racing_clock(), sender=WatchfulSender())
        return
    with pointed_at(url):
        emptied()
        yield World(randbits=secrets.randbits, clock=racing_clock(), sender=WatchfulSender())


@pytest.fixture
def embedded(arena: World, request: pytest.FixtureRequest) -> EmbeddedEngine:
    """The engine itself, for tests that act at an exact moment of its work."""
    if named_engine() is not None:
        pytest.skip("only the embedded engine lets a test act just before a call")
    engine: EmbeddedEngine = request.getfixturevalue("engine")
    return engine
