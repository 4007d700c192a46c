"""What Baton says of itself: every log line with the ids at hand, counts as metrics, and nothing of another request."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.core.observability import bind, count, log, measured
from chalicelib.core.parallel import parallel
from chalicelib.core.settings import settings
from tests.builders.logs import Lines, listening


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines that the application logs."""
    with listening() as caught:
        yield caught


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics are printed, as in a function."""
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED")


def _crash() -> None:
    count("Conflicts")
    raise RuntimeError("the store has burnt down")


# --- logs ------------------------------------------------------------------------------------------------------


def test_every_line_carries_the_ids_at_hand(lines: Lines) -> None:
    with measured(request_id="r1", operation="create_order"):
        bind(org_id="demo", actor_id="anna")
        log().info("offered", extra={"order_id": "o1"})
    said = lines.last
    expected = {"message": "offered", "request_id": "r1", "operation": "create_order", "org_id": "demo"}
    assert {name: said.get(name) for name in expected} == expected
    assert (said["actor_id"], said["order_id"], said["service"], said["level"]) == ("anna", "o1", "baton", "INFO")


def test_an_unknown_id_is_left_out(lines: Lines) -> None:
    with measured(request_id="r1"):
        bind(order_id=None)
        log().info("x")
    assert "order_id" not in lines.last


def test_a_line_is_one_json_object_with_its_time_in_utc(lines: Lines) -> None:
    log().info("two\nlines")
    assert lines.last["message"] == "two\nlines"
    assert lines.last["timestamp"].endswith(("Z", "+0000", "+00:00"))


def test_a_crash_is_logged_whole(lines: Lines) -> None:
    with measured(request_id="r1"):
        try:
            _crash()
        except RuntimeError:
            log().exception("crashed")
    assert "the store has burnt down" in lines.last["exception"]
    assert (lines.last["exception_name"], lines.last["request_id"]) == ("RuntimeError", "r1")


def test_the_ids_of_a_request_end_with_it(lines: Lines) -> None:
    with measured(request_id="r1"):
        bind(actor_id="anna")
    log().info("between two requests")
    with measured(request_id="r2"):
        log().info("the next")
    assert not {"request_id", "actor_id"} & lines.all[0].keys()
    assert lines.last["request_id"] == "r2"
    assert "actor_id" not in lines.last


def test_the_ids_of_a_request_end_with_it_also_after_a_crash(lines: Lines) -> None:
    with pytest.raises(RuntimeError), measured(request_id="r1"):
        _crash()
    log().info("afterwards")
    assert "request_id" not in lines.last


def test_threads_do_not_mix_their_ids(lines: Lines) -> None:
    together = Barrier(8)

    def serve(number: int) -> None:
        for turn in range(20):
            with measured(request_id=f"r{number}-{turn}"):
                together.wait()
                bind(actor_id=f"a{number}")
                together.wait()
                log().info(f"{number}-{turn}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(serve, range(8)))
    assert len(lines.all) == 160
    for line in lines.all:
        assert line["request_id"] == f"r{line['message']}"
        assert line["actor_id"] == f"a{line['message'].partition('-')[0]}"


def test_what_is_done_in_parallel_for_a_request_carries_its_ids(lines: Lines) -> None:
    with measured(request_id="r1"):
        parallel([lambda: log().info("one"), lambda: log().info("two")])
    assert [line["request_id"] for line in lines.all] == ["r1", "r1"]


# --- metrics ---------------------------------------------------------------------------------------------------


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metrics that were printed, one object per line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("metrics")
def test_what_is_counted_is_printed_once_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with measured(request_id="r1"):
        count("Commits")
        count("Deliveries", 3)
        count("Commits")
        assert printed(capsys) == []
    (said,) = printed(capsys)
    assert (said["Commits"], said["Deliveries"]) == ([2.0], [3.0])


@pytest.mark.usefixtures("metrics")
def test_metrics_are_in_the_embedded_format_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with measured():
        count("Commits")
    (said,) = printed(capsys)
    (declared,) = said["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "Baton"
    assert declared["Metrics"] == [{"Name": "Commits", "Unit": "Count"}]
    assert set(declared["Dimensions"][0]) == {"stage", "service"}
    assert (said["stage"], said["service"]) == (settings().stage, "baton")
    assert isinstance(said["_aws"]["Timestamp"], int)


@pytest.mark.usefixtures("metrics")
def test_nothing_counted_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with measured():
        count("Commits", 0)
    count("Commits")
    assert printed(capsys) == []


@pytest.mark.usefixtures("metrics")
def test_what_was_counted_before_a_crash_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), measured():
        _crash()
    assert [said["Conflicts"] for said in printed(capsys)] == [[1.0]]


@pytest.mark.usefixtures("metrics")
def test_threads_do_not_mix_their_counts(capsys: pytest.CaptureFixture[str]) -> None:
    together = Barrier(8)

    def serve(number: int) -> None:
        with measured(request_id=f"r{number}"):
            together.wait()
            for _ in range(number):
                count("Commits")
            together.wait()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(serve, range(1, 9)))
    assert sorted(said["Commits"][0] for said in printed(capsys)) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.usefixtures("metrics")
def test_what_is_done_in_parallel_counts_for_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    with measured():
        parallel([lambda: count("Deliveries")] * 20)
    assert [said["Deliveries"] for said in printed(capsys)] == [[20.0]]
