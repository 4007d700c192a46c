"""What all tests share: one embedded engine per process, empty tables and a world for each test that asks for one."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import environment  # isort: skip  # first: the application reads its settings once, when it is imported

# Hashing passwords as production does would take a tenth of the time of the tests.
environment.prepare(BATON_PASSWORD_MEMORY_KIB="32")

from chalicelib.core.settings import settings  # noqa: E402
from infra.local.engine import EmbeddedEngine  # noqa: E402
from infra.local.objects import EmbeddedObjects  # noqa: E402
from infra.tables import create_missing  # noqa: E402
from tests.builders.founding import fresh_world  # noqa: E402
from tests.builders.guard import Guard  # noqa: E402
from tests.builders.lean_calls import lean_calls  # noqa: E402
from tests.builders.unsigned import unsigned_calls  # noqa: E402
from tests.builders.world import World  # noqa: E402

# A machine under load is slow, not wrong: no test has a deadline, and what a run found wrong can be run again.
hypothesis_settings.register_profile(
    "baton",
    deadline=None,
    derandomize=True,
    max_examples=environment.examples(100),
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
hypothesis_settings.load_profile("baton")


def pytest_collection_finish() -> None:
    """Keep what all tests share, some million objects, out of the collections of garbage during the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture(scope="session")
def running_engine() -> Iterator[EmbeddedEngine]:
    """The process's engine, with all tables."""
    from chalicelib.core import aws

    with EmbeddedEngine() as engine, unsigned_calls(), lean_calls():
        aws.forget_clients()
        create_missing(aws.client("dynamodb"))
        yield engine
        aws.forget_clients()


@pytest.fixture(scope="session")
def running_objects(running_engine: EmbeddedEngine) -> Iterator[EmbeddedObjects]:
    """The process's S3, with the bucket of photos. It signs with the credentials that the engine has made up."""
    with EmbeddedObjects(settings().photo_bucket) as objects:
        yield objects


@pytest.fixture(scope="session")
def running_guard(running_objects: EmbeddedObjects) -> Iterator[Guard]:
    """Who watches that the functions keep to their policies."""
    with Guard() as guard:
        yield guard


@pytest.fixture
def engine(running_engine: EmbeddedEngine, running_guard: Guard) -> Iterator[EmbeddedEngine]:
    """The engine with empty tables and no hooks. In the end every function has to have kept to its policy."""
    running_engine.clear()
    yield running_engine
    running_engine.remove_hooks()
    running_guard.check()


@pytest.fixture
def objects(running_objects: EmbeddedObjects) -> EmbeddedObjects:
    """The S3 with nothing in its bucket."""
    running_objects.clear()
    return running_objects


@pytest.fixture
def world(engine: EmbeddedEngine, objects: EmbeddedObjects) -> World:
    """Two organisations and nobody in them yet."""
    return fresh_world(engine)
