"""The walkthrough command."""

import re
import subprocess
import sys
from pathlib import Path

from tests.system.clients import Stack
from tests.system.servers import PASSWORD, ROOT, clean_environment, run_once


def test_walkthrough_can_be_repeated(brisk_stack: Stack) -> None:
    for password in (("--password", PASSWORD), ()):  # without one, the one that the stack keeps is used
        played = run_once("infra.local.walkthrough", "--url", brisk_stack.base, *password)
        assert played.returncode == 0, played.stdout + played.stderr
        for event in ("order.assigned", "order.assignment_timed_out", "order.reassigned_away", "order.status"):
            assert f"<- {event}" in played.stdout
        assert "<- courier.location" in played.stdout
        for step in ("delivered -> 409", "delivered -> 200"):
            assert f"/v1/courier/orders/{step}" in played.stdout
        assert len(re.findall(r"GET /v1/track/demo\.\S{,10}\.\.\. -> 200", played.stdout)) == 6
        assert played.stderr == ""


def test_walkthrough_cleans_up_after_an_earlier_run(brisk_stack: Stack) -> None:
    courier, customer = brisk_stack.person("courier1"), brisk_stack.person("customer1")
    courier.post("/v1/courier/availability", {"available": True})
    order = {"pickup_address": "a", "dropoff_address": "b", "receiver_phone": "1"}
    placed = customer.post("/v1/orders", order).json()
    assert placed["assigned_courier_id"] == courier.user_id
    step = {"order_id": placed["order"]["id"], "courier_id": courier.user_id}
    assert courier.post("/v1/courier/orders/accept", step).status_code == 200
    played = run_once("infra.local.walkthrough", "--url", brisk_stack.base, "--password", PASSWORD)
    assert played.returncode == 0, played.stdout + played.stderr


def test_walkthrough_reports_what_is_missing(brisk_stack: Stack, tmp_path: Path) -> None:
    nobody = run_once("infra.local.walkthrough", "--url", "http://localhost:9/api", "--password", "x")
    assert nobody.returncode == 1
    assert "Is `make run` running?" in nobody.stderr
    wrong = run_once("infra.local.walkthrough", "--url", brisk_stack.base, "--password", "wrong")
    assert wrong.returncode == 1
    assert "401" in wrong.stderr
    assert "BATON_DEMO_PASSWORD" in wrong.stderr
    other = run_once("infra.local.walkthrough", "--url", f"{brisk_stack.base}/nowhere")
    assert other.returncode == 1
    assert "is not Baton" in other.stderr
    none = subprocess.run(
        [sys.executable, "-m", "infra.local.walkthrough", "--url", brisk_stack.base],
        cwd=tmp_path,  # where no stack keeps its password
        env=clean_environment(PYTHONPATH=str(ROOT)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert none.returncode == 2
    assert "BATON_DEMO_PASSWORD" in none.stderr
