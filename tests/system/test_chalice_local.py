"""`chalice local` on a prepared engine."""

import shlex
import socket

from tests.system.clients import Stack
from tests.system.repairs import upload
from tests.system.servers import PASSWORD, QUICK_HASHING, run_once, started


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_chalice_local_serves_rest_on_a_prepared_engine(engine_url: str) -> None:
    prepared = run_once("infra.local.prepare", BATON_DYNAMODB_ENDPOINT=engine_url, BATON_DEMO_PASSWORD=PASSWORD)
    assert prepared.returncode == 0, prepared.stderr
    words = shlex.split(prepared.stdout.splitlines()[-1])
    environment = dict(word.split("=", 1) for word in words if word.startswith(("BATON_", "AWS_")))
    port = str(free_port())
    # Without reloading, or whoever edits a file meanwhile would restart it.
    command = [*words[len(environment) : -1], port, "--no-autoreload"]
    with started(command, "Serving on", PYTHONUNBUFFERED="1", **environment):
        stack = Stack(f"http://127.0.0.1:{port}", PASSWORD)
        assert stack.call("GET", "/health").json()["status"] == "ok"
        courier, customer = stack.person("courier1"), stack.person("customer1")
        assert courier.post("/v1/courier/availability", {"available": True}).status_code == 204
        order = {"pickup_address": "a", "dropoff_address": "b", "receiver_phone": "1"}
        placed = customer.post("/v1/orders", order)
        assert placed.json()["assigned_courier_id"] == courier.user_id
        assert stack.call("GET", "/nope").json()["error"]["code"] == "ROUTE_NOT_FOUND"
        refused = upload(stack.person("tech1"), "no-such-order")  # which was read in a form with a file
        assert refused.json()["error"]["code"] == "NOT_FOUND"
        stack.close()


def test_prepare_without_an_engine_reports_the_variable() -> None:
    ended = run_once("infra.local.prepare")
    assert ended.returncode == 2
    assert "BATON_DYNAMODB_ENDPOINT" in ended.stderr


def test_prepare_does_not_change_existing_data(engine_url: str) -> None:
    for password, said in ((PASSWORD, PASSWORD), ("another", "unchanged since the users were created")):
        made = {"BATON_DYNAMODB_ENDPOINT": engine_url, "BATON_DEMO_PASSWORD": password}
        again = run_once("infra.local.prepare", **QUICK_HASHING, **made)
        assert again.returncode == 0, again.stderr
        assert said in again.stdout
