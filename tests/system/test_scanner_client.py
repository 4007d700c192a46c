"""A pick scanner client in a real browser, from another origin than the API: `scanner_client/`.

Whatever the page could read, the browser let it read: preflights were answered, answers and errors alike allowed its
origin, and the headers that it reports were exposed to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.system.browsers import chromium, report_of
from tests.system.clients import Stack
from tests.system.servers import PASSWORD

PAGE = Path(__file__).parent / "scanner_client"
REF, BARCODE = "PA-BROWSER", "5901234123457"
LINES = [
    {"line_number": 1, "sku": "MILK", "quantity": 4, "location": "C-01", "barcodes": [BARCODE], "pallet": "P1"},
    {"line_number": 2, "sku": "RICE", "quantity": 4, "location": "A-07"},
]
Steps = dict[str, Any]

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no chromium on this machine; on Debian, apt-get install chromium"
)


@pytest.fixture(scope="module")
def reported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of the page, with an assignment of the highest priority."""
    browser = chromium()
    assert browser is not None
    record = {
        "assignment_ref": REF,
        "customer": "Browser & Co",
        "order_label": "SO-1",
        "role": "picker",
        "lines": LINES,
    }
    loaded = stack.person("supervisor1").post("/v1/imports/pick-assignments", {"records": [{**record, "priority": 0}]})
    assert loaded.status_code == 200, loaded.text
    settings = {"base": stack.base, "username": "picker3", "password": PASSWORD, "barcode": BARCODE}
    return report_of(browser, PAGE, settings, tmp_path_factory.mktemp("browser"))


@pytest.fixture
def steps(reported: dict[str, Any], stack: Stack) -> Steps:
    """Return the result of each step."""
    assert reported["crashed"] is None, reported
    assert not stack.base.startswith(reported["origin"])
    found: Steps = reported["steps"]
    return found


def error_of(answer: dict[str, Any]) -> tuple[int, str, str]:
    """Status, code, and of which kind the answer was to the page; every error has the one form and a request id."""
    body = answer["body"]
    assert body["success"] is False
    assert set(body["error"]) == {"code", "message", "details"}
    assert answer["headers"]["x-request-id"]
    return answer["status"], body["error"]["code"], answer["type"]


def test_a_page_of_another_origin_signs_in_and_gets_its_tokens_in_the_scanners_form(steps: Steps) -> None:
    assert steps["health"]["body"]["status"] == "ok"
    assert steps["health"]["body"]["version"]
    answer = steps["sign in"]
    assert (answer["status"], answer["type"]) == (200, "cors")
    body = answer["body"]
    tokens = {"access_token", "token", "refresh_token", "expires_in"}
    assert set(body) == tokens | {"role", "company_id", "user_id", "must_change_password"}
    assert (body["expires_in"], body["role"], body["company_id"]) == (3600, "picker", "demo")


def test_a_page_of_another_origin_can_read_why_it_is_refused(steps: Steps) -> None:
    assert error_of(steps["state while signed out"]) == (401, "AUTH_REQUIRED", "cors")
    assert error_of(steps["wrong password"]) == (401, "AUTH_INVALID", "cors")
    assert error_of(steps["unknown address"]) == (404, "ROUTE_NOT_FOUND", "cors")
    assert error_of(steps["stale version"]) == (409, "VERSION_CONFLICT", "cors")
    assert error_of(steps["wrong method"]) == (405, "METHOD_NOT_ALLOWED", "cors")
    assert error_of(steps["text instead of JSON"]) == (415, "UNSUPPORTED_MEDIA_TYPE", "cors")


def test_the_browser_itself_sends_no_request_that_the_address_does_not_allow(steps: Steps) -> None:
    assert steps["method that its address has not"] == "TypeError"


def test_a_page_of_another_origin_gets_something_to_pick_and_the_same_when_it_asks_again(steps: Steps) -> None:
    before = steps["state before"]
    assert (before["view"], before["user"]["role"], before["assignment"]["active"]) == ("picker", "picker", False)
    taken = steps["next"]
    assert set(taken) == {"assignment_id", "customer", "order_label", "zone", "route", "started_at"}
    assert (taken["assignment_id"], taken["customer"], taken["order_label"]) == (REF, "Browser & Co", "SO-1")
    assert steps["next again"] == taken


def test_its_queue_is_answered_by_position_and_keeps_what_was_rejected(steps: Steps) -> None:
    status, queue = steps["batch"]["status"], steps["batch"]["queue"]
    assert [one["result"] for one in status] == [
        "accepted",
        "accepted",
        "duplicate",
        "accepted",
        "rejected",
        "accepted",
    ]
    assert [UUID(one["client_event_id"]).version for one in status] == [4] * 6
    assert status[1]["client_event_id"] == status[2]["client_event_id"]
    [kept] = queue
    assert kept["client_event_id"] == status[4]["client_event_id"]
    assert (kept["status"], kept["reason"], kept["retries"]) == ("rejected", "unexpected_field:units", 1)


def test_what_it_sends_again_after_a_lost_answer_counts_once(steps: Steps) -> None:
    lost = steps["answer lost"]
    assert (lost["error"], lost["queued"], lost["left"]) == ("the answer was lost on the way", 1, 0)
    assert [one["result"] for one in lost["status"]] == ["duplicate"]
    assert steps["same key twice"]["first"]["body"] == steps["same key twice"]["second"]["body"] == {"status": []}
    assert "idempotent-replayed" not in steps["same key twice"]["first"]["headers"]
    assert steps["same key twice"]["second"]["headers"]["idempotent-replayed"] == "true"


def test_it_shows_what_the_server_worked_out(steps: Steps) -> None:
    shown = steps["state after"]
    assert shown["metrics"]["total_units"] == shown["data"]["metrics"]["total_units"] == 3
    assert shown["order_progress"] == {"percent": "37%"}
    assert shown["order_summary"] | {"rate": "", "eta": "", "eta_at": ""} == {
        "qty": 8,
        "locations": 2,
        "pallets": 1,
        "rate": "",
        "eta": "",
        "eta_at": "",
        "progress_pct": 37,
    }
    lines = [(one["level"], one["message"]) for one in shown["order_log"]]
    assert ("warning", "No line has the code this is no code of ours") in lines
    assert lines[0] == ("info", "Picked 1 of MILK at C-01 (3 of 4)")


def test_it_stays_signed_in_with_new_tokens_gives_back_and_signs_out(steps: Steps) -> None:
    assert steps["refresh"]["body"]["refresh_token"] != steps["sign in"]["body"]["refresh_token"]
    assert steps["state after refresh"]["assignment"]["assignment_id"] == REF
    given = steps["give back"]
    assert (given["body"]["status"], given["body"]["picked_qty"]) == ("queued", 3)
    assert given["headers"]["etag"] == f'"{given["body"]["version"]}"'
    assert steps["sign out"]["status"] == 204
    assert error_of(steps["state after signing out"])[:2] == (401, "AUTH_INVALID")
