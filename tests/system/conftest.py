"""Running stacks, shared by all tests of a process. Tests that share one run on one worker, one after the other.

A stack ends with the last test of this package in a row, because its sweeps take time from the tests that follow.

stack         with the contract's own times: an offer stands 15 s, a sweep every 15 s
brisk_stack   the same with a sweep every second, offers of 2 s, and photos whose addresses and uploads end as soon, for
              tests that wait for them
engine_url    an engine in a process of its own, empty, for stacks that come and go

The stacks stand on the embedded engine, or on the one that `BATON_TEST_ENGINE` names.
"""

from collections.abc import Iterator

import pytest

from infra.local.engine_server import engine_process
from tests.system.clients import Stack
from tests.system.servers import PASSWORD, on_named_engine, running

_SHARED = ("stack", "brisk_stack", "site")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests that share a stack."""
    for item in items:
        for name in _SHARED:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """A stack with the times of the contract, and without the web console."""
    with running("--console", "nowhere", **on_named_engine("local")) as server:
        client = Stack(server.base, PASSWORD)
        yield client
        client.close()


@pytest.fixture(scope="package")
def brisk_stack() -> Iterator[Stack]:
    """A stack whose offers and presigned URLs expire soon."""
    soon = ("BATON_OFFER_LIFE_S", "BATON_PHOTO_URL_S", "BATON_PHOTO_UPLOAD_S", "BATON_PHOTO_GRACE_S")
    with running(BATON_SWEEP_EVERY_S="1", **dict.fromkeys(soon, "2"), **on_named_engine("brisk")) as server:
        client = Stack(server.base, PASSWORD)
        yield client
        client.close()


@pytest.fixture
def engine_url() -> Iterator[str]:
    """The URL of an empty engine."""
    with engine_process() as url:
        yield url
