"""The test run itself: what is slow to start is started once."""

import pytest


def test_tests_that_share_a_server_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """Versions of pytest and xdist that do not fit together ignore groups, and say nothing."""
    parallel = hasattr(request.config, "workerinput")
    grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group") is not None]
    apart = [item.nodeid for item in grouped if "@" not in item.nodeid.rpartition("]")[2]]
    assert not (parallel and apart)
