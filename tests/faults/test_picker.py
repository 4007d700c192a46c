"""The picker of the fault harness behaves as a scanner: what is answered with `retry` stays in its queue."""

from __future__ import annotations

import json
from random import Random

import httpx

from tests.faults.calls import Caller, Journal
from tests.faults.warehouse import Picker


class Answers(httpx.BaseTransport):
    """Answers a batch of events with the next of the given results, and keeps the ids that were sent."""

    def __init__(self, *results: dict[str, str]) -> None:
        self.sent: list[list[str]] = []
        self._results = list(results)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        ids = [event["client_event_id"] for event in json.loads(request.read())["events"]]
        self.sent.append(ids)
        result = self._results.pop(0)
        return httpx.Response(200, json={"status": [{"client_event_id": name, **result} for name in ids]})


def a_picker(answers: Answers) -> Picker:
    http = httpx.Client(transport=answers, base_url="http://product")
    return Picker(Caller(http, Journal(lambda: "calm"), "picker-1", "token"), None, None, Random(1))  # type: ignore[arg-type]  # it only sends


def test_an_event_answered_with_retry_is_sent_until_it_is_recorded() -> None:
    answers = Answers({"result": "rejected", "reason": "retry"}, {"result": "duplicate"})
    picker = a_picker(answers)
    picker.send([{"client_event_id": "one"}, {"client_event_id": "two"}])
    assert answers.sent == [["one", "two"], ["one", "two"]]
    assert picker.accepted == {"one", "two"}


def test_an_event_that_crashed_is_sent_again_and_counts_as_an_internal_error() -> None:
    answers = Answers({"result": "rejected", "reason": "internal_error"}, {"result": "accepted"})
    picker = a_picker(answers)
    picker.send([{"client_event_id": "one"}])
    assert picker.accepted == {"one"}
    assert [attempt.status for attempt in picker.caller.journal.bad] == [500]


def test_a_rejected_event_is_not_sent_again() -> None:
    answers = Answers({"result": "rejected", "reason": "not_your_assignment"})
    picker = a_picker(answers)
    picker.send([{"client_event_id": "one"}])
    assert (picker.accepted, len(answers.sent)) == (set(), 1)
