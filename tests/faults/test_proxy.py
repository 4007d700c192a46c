"""The proxy does to calls what its profile says."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from zlib import crc32

import httpx
import pytest

from infra.local.engine_response import EngineResponse
from infra.local.engine_server import EngineServer
from tests.faults import odd
from tests.faults.odd import Request
from tests.faults.profiles import PROFILES, Profile
from tests.faults.proxy import Proxy

ITEMS = [{"pk": {"S": str(number)}} for number in range(20)]


class Stub:
    """An engine that records its calls and answers each with what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def handle(self, operation: str, body: bytes | str) -> EngineResponse:
        self.calls.append((operation, json.loads(body)))
        return EngineResponse(200, json.dumps({"asked": json.loads(body)}).encode())


@contextmanager
def faulty(*faults: str) -> Iterator[tuple[Stub, httpx.Client, Proxy]]:
    """A stub behind a proxy whose calls all have these faults."""
    stub = Stub()
    with EngineServer(stub.handle) as server, Proxy(int(server.url.rpartition(":")[2]), seed=1) as proxy:
        proxy.profile = Profile("test", dict.fromkeys(faults, 1.0))
        with httpx.Client(base_url=proxy.url, trust_env=False) as client:
            yield stub, client, proxy


def call(client: httpx.Client, operation: str = "PutItem", **body: Any) -> httpx.Response:
    return client.post("/", json=body, headers={"X-Amz-Target": f"DynamoDB_20120810.{operation}"})


def test_a_calm_proxy_changes_nothing_and_keeps_the_connection() -> None:
    with faulty() as (stub, client, proxy):
        for number in range(3):
            assert call(client, "GetItem", number=number).json() == {"asked": {"number": number}}
        assert [operation for operation, _ in stub.calls] == ["GetItem"] * 3
        assert (proxy.calls, proxy.injected) == (3, Counter())


@pytest.mark.parametrize(("fault", "reached"), [("reset_before", 0), ("reset_after", 1), ("short", 1)])
def test_a_connection_ends_without_a_whole_answer(fault: str, reached: int) -> None:
    with faulty(fault) as (stub, client, proxy):
        with pytest.raises(httpx.TransportError):
            call(client)
        assert len(stub.calls) == reached
        assert proxy.injected == {("test", fault): 1}


@pytest.mark.parametrize(
    ("fault", "status", "reached"),
    [("error_before", 500, 0), ("error_after", 500, 1), ("no_body", 500, 1), ("html", 503, 0), ("html_ok", 200, 1)],
)
def test_an_answer_is_replaced(fault: str, status: int, reached: int) -> None:
    with faulty(fault) as (stub, client, _):
        answer = call(client)
        assert (answer.status_code, len(stub.calls)) == (status, reached)
        assert "asked" not in answer.text


def test_a_checksum_is_wrong() -> None:
    with faulty("wrong_crc") as (_, client, __):
        answer = call(client)
        assert int(answer.headers["x-amz-crc32"]) != crc32(answer.content)


@pytest.mark.parametrize(("fault", "reason"), [("throttle", "ThrottlingError"), ("conflict", "TransactionConflict")])
def test_a_transaction_is_refused_with_a_reason_for_each_of_its_items(fault: str, reason: str) -> None:
    with faulty(fault) as (stub, client, _):
        answer = call(client, "TransactWriteItems", TransactItems=[{}, {}, {}])
        assert answer.status_code == 400
        assert [one["Code"] for one in answer.json()["CancellationReasons"]] == [reason, "None", "None"]
        assert not stub.calls


def test_a_page_ends_after_one_item() -> None:
    with faulty("one_item") as (stub, client, _):
        call(client, "Query", TableName="t", Limit=50)
        assert stub.calls == [("Query", {"TableName": "t", "Limit": 1})]


def test_a_part_of_a_batch_is_not_processed() -> None:
    body = json.dumps({"RequestItems": {"one": {"Keys": ITEMS, "ConsistentRead": True}, "two": {"Keys": ITEMS}}})
    request = Request((b"POST / HTTP/1.1",), "BatchGetItem", body.encode())
    part, rest = odd.divided(request, Random(1))
    kept = json.loads(part.body)["RequestItems"]
    for table in ("one", "two"):
        assert sorted(key["pk"]["S"] for side in (kept, rest) for key in side[table]["Keys"]) == sorted(
            item["pk"]["S"] for item in ITEMS
        )
    assert kept["one"]["ConsistentRead"] is rest["one"]["ConsistentRead"] is True
    answer = odd.with_rest(request, odd.answer_of(200, {"Responses": {}, "UnprocessedKeys": {}}), rest)
    assert json.loads(answer.body)["UnprocessedKeys"] == rest
    assert answer.crc == crc32(answer.body)


def test_a_batch_of_one_key_is_processed() -> None:
    body = json.dumps({"RequestItems": {"one": {"Keys": ITEMS[:1]}}}).encode()
    for number in range(8):
        assert odd.divided(Request((), "BatchGetItem", body), Random(number))[1] == {}


def test_nothing_happens_while_it_is_quiet_or_to_operations_on_tables() -> None:
    with faulty("error_before") as (_, client, proxy):
        assert call(client, "DescribeTable").status_code == 200
        with proxy.quiet():
            assert call(client).status_code == 200
        assert call(client).status_code == 500


def test_an_engine_that_is_gone_resets_the_connection() -> None:
    with faulty() as (_, __, proxy):
        url = proxy.url
        with httpx.Client(base_url=url, trust_env=False) as client:
            proxy._engine_port = 1  # noqa: SLF001 - nobody listens there
            with pytest.raises(httpx.TransportError):
                call(client)


def test_equal_seeds_choose_equal_faults() -> None:
    def chosen(seed: int) -> list[str | None]:
        proxy = Proxy(1, seed)
        proxy.profile = PROFILES["everything"]
        return [proxy._choose("Query") for _ in range(200)]  # noqa: SLF001 - the choice itself

    assert chosen(1) == chosen(1) != chosen(2)
