"""The system that all flows of a process share; it ends with the last of them."""

from collections.abc import Iterator

import pytest

from tests.system.flows import site as sites


@pytest.fixture(scope="package")
def site() -> Iterator[sites.Site]:
    """A local stack, or the deployment that the environment names."""
    with sites.site() as made:
        yield made
