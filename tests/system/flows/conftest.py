"""The system that all flows of a process share."""

from collections.abc import Iterator

import pytest

from tests.system.flows import site as sites


@pytest.fixture(scope="session")
def site() -> Iterator[sites.Site]:
    """A local stack, or the deployment that the environment names."""
    with sites.site() as made:
        yield made
