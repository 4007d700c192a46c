"""The engine with real clients: inside their process, and as a server for several processes.

Only one embedded engine can run in a process, and other tests may have one running in this one; so what starts one is
done in fresh processes.
"""

import http.client
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError, EndpointConnectionError
from moto.dynamodb.models.dynamo_type import Item

from infra.local.engine import EmbeddedEngine
from infra.local.engine_patches import replaced
from infra.local.engine_server import EngineServer, engine_process
from infra.local.engine_store import Store
from tests.infra.engine_calls import definition, key, number

ROUNDS = 25


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """New worker processes."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def client(endpoint: str | None = None, service: str = "dynamodb", *, keys: bool = False) -> Any:
    """Return a client without retries, with its own credentials or those of the environment."""
    once = Config(parameter_validation=False, retries={"max_attempts": 0}, region_name="eu-west-1")
    own = "any" if keys else None
    return botocore.session.Session().create_client(
        service, endpoint_url=endpoint, config=once, aws_access_key_id=own, aws_secret_access_key=own
    )


def refuse_to_send(_: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=request.url)


def test_clients_made_before_and_after_the_start_are_answered(processes: ProcessPoolExecutor) -> None:
    processes.submit(answer_old_and_new_clients).result()


def answer_old_and_new_clients() -> None:
    old = client(keys=True)
    with EmbeddedEngine() as engine:
        new = client()
        new.create_table(**definition("things"))
        old.put_item(TableName="things", Item=key("a"))
        assert new.get_item(TableName="things", Key=key("a"))["Item"] == key("a")
        with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
            old.put_item(TableName="things", Item=key("a"), ConditionExpression="attribute_not_exists(pk)")

        engine.before("GetItem", unplug, times=1)
        with pytest.raises(EndpointConnectionError):
            new.get_item(TableName="things", Key=key("a"))


def unplug(operation: str, _: dict[str, Any]) -> None:
    raise EndpointConnectionError(endpoint_url=operation)


def test_one_engine_runs_at_a_time_and_restores_the_environment(processes: ProcessPoolExecutor) -> None:
    processes.submit(start_and_stop).result()


def start_and_stop() -> None:
    with pytest.MonkeyPatch.context() as given:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
            given.setenv(name, "mine")
        given.delenv("AWS_DEFAULT_REGION", raising=False)
        before = replaceable()
        engine = EmbeddedEngine()
        for _ in range(2):
            with engine:
                with pytest.raises(RuntimeError, match="already running"):
                    EmbeddedEngine().start()
                assert client().list_tables()["TableNames"] == []
                client().create_table(**definition("things"))
                environment = replaceable()[0]
                assert environment["AWS_ACCESS_KEY_ID"].startswith("local")
                assert environment["AWS_DEFAULT_REGION"] == "us-east-1"
                assert not {"AWS_SESSION_TOKEN", "AWS_PROFILE"} & set(environment)
        engine.stop()
        assert replaceable() == before


def replaceable() -> list[dict[str, Any]]:
    """Return the state that a running engine changes."""
    environment = dict(os.environ)  # noqa: TID251 (it is what must come back)
    return [environment, dict(vars(Endpoint)), dict(vars(Item))]


def test_other_services_and_hosts_are_passed_through(processes: ProcessPoolExecutor) -> None:
    processes.submit(leave_others_alone).result()


def leave_others_alone() -> None:
    with EngineServer(Store().handle) as server, EmbeddedEngine():
        client(server.url, keys=True).create_table(**definition("there"))
        client().create_table(**definition("here"))
        assert client(server.url, keys=True).list_tables()["TableNames"] == ["there"]
        assert client().list_tables()["TableNames"] == ["here"]
    with replaced(Endpoint, "_send", refuse_to_send), EmbeddedEngine():
        with pytest.raises(EndpointConnectionError, match="sts"):
            client(service="sts").get_caller_identity()
        assert client().list_tables()["TableNames"] == []


def test_no_write_of_several_processes_is_lost(processes: ProcessPoolExecutor) -> None:
    with engine_process() as url:
        client(url, keys=True).create_table(**definition("things"))
        wins = list(processes.map(compete, [url] * 4))
        counter = client(url, keys=True).get_item(TableName="things", Key=key("counter"))["Item"]
    assert counter["count"] == number(4 * ROUNDS)
    assert sorted(won for one in wins for won in one) == list(range(ROUNDS))


def compete(url: str) -> list[int]:
    """Increment a counter, and return the rounds in which this process put the item first."""
    store, won = client(url, keys=True), []
    for one in range(ROUNDS):
        put = {"TableName": "things", "Item": key(f"{one}"), "ConditionExpression": "attribute_not_exists(pk)"}
        count = {
            "TableName": "things",
            "Key": key("counter"),
            "UpdateExpression": "ADD #n :one",
            "ExpressionAttributeNames": {"#n": "count"},
            "ExpressionAttributeValues": {":one": number(1)},
        }
        store.update_item(**count)
        try:
            store.transact_write_items(TransactItems=[{"Put": put}])
        except store.exceptions.TransactionCanceledException:
            continue
        won.append(one)
    return won


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_engine_server_prints_one_line_and_exits_with_0(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "infra.local.engine", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.removeprefix("Engine is ready on http://").strip()
        connection = http.client.HTTPConnection(address)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"healthy"
        process.send_signal(stop)
        rest, errors = process.communicate()
        connection.close()
    assert (process.returncode, rest, errors) == (0, "", "")


def test_one_connection_serves_many_calls_and_outlives_a_bad_one() -> None:
    with EngineServer(Store().handle) as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        connection.connect()
        socket = connection.sock
        answers = [
            post(connection, "ListTables", b"{}"),
            post(connection, "ListTables", b"{"),
            post(connection, "NoSuchCall", b"{}"),
            post(connection, "ListTables", b"{}"),
        ]
        assert connection.sock is socket
        connection.close()
    assert [status for status, _ in answers] == [200, 400, 400, 200]
    assert [body.get("__type", "").rpartition("#")[2] for _, body in answers] == [
        "",
        "SerializationException",
        "UnknownOperationException",
        "",
    ]


def post(connection: http.client.HTTPConnection, operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
    connection.request("POST", "/", body, {"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())
