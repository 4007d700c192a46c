"""What all tests share: one embedded engine per process, empty tables and a world for each test that asks for one."""

import json
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# Before anything imports the application: it reads its settings once.
for _name in [name for name in os.environ if name.startswith("BATON_")]:
    del os.environ[_name]
os.environ["BATON_STAGE"] = "test"
os.environ["BATON_LOG_LEVEL"] = "CRITICAL"
os.environ["BATON_TOKEN_KEYS"] = json.dumps({"current": "test", "keys": {"test": "only for tests, " * 3}})
os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from infra.local.engine import EmbeddedEngine
from infra.tables import create_missing
from tests.builders.world import World

# A machine under load is slow, not wrong: no test has a deadline, and what a run found wrong can be run again.
hypothesis_settings.register_profile(
    "baton", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.load_profile("baton")


@pytest.fixture(scope="session")
def running_engine() -> Iterator[EmbeddedEngine]:
    """The process's engine, with all tables."""
    from chalicelib.core import aws

    with EmbeddedEngine() as engine:
        aws.forget_clients()
        create_missing(aws.client("dynamodb"))
        yield engine
        aws.forget_clients()


@pytest.fixture
def engine(running_engine: EmbeddedEngine) -> Iterator[EmbeddedEngine]:
    """The engine with empty tables and no hooks."""
    running_engine.clear()
    yield running_engine
    running_engine.remove_hooks()


@pytest.fixture
def world(engine: EmbeddedEngine) -> World:
    """Two organisations and nobody in them yet."""
    return World()
