"""Tests that share a server run on one worker, so that it is started once."""

import pytest


def test_tests_that_share_a_server_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """Incompatible versions of pytest and xdist ignore groups without a message."""
    parallel = hasattr(request.config, "workerinput")
    grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group") is not None]
    apart = [item.nodeid for item in grouped if "@" not in item.nodeid.rpartition("]")[2]]
    assert not (parallel and apart)
