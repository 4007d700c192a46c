"""The first requests of a process, which may all come at once where one process serves many."""

import logging
from collections.abc import Iterator

import pytest

from chalicelib.core import observability
from tests.races.crowd import at_once

_KNOWN = logging.Logger.manager.loggerDict


@pytest.fixture
def usual_logger() -> Iterator[None]:
    """Puts the process's own logger back afterwards."""
    observability.log()
    usual = _KNOWN[observability.SERVICE]
    yield
    _KNOWN[observability.SERVICE] = usual
    observability.made_logger.cache_clear()


@pytest.mark.usefixtures("usual_logger")
def test_requests_that_are_the_first_together_share_one_logger() -> None:
    for _ in range(20):
        del _KNOWN[observability.SERVICE]
        observability.made_logger.cache_clear()
        assert len(set(map(id, at_once([observability.log] * 8)))) == 1
