"""The local stack from outside: paths, errors and sockets."""

import http.client
import json
import socket as sockets
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from chalicelib.edge.http import SECURITY_HEADERS
from tests.system.clients import PATIENCE_S, Stack


def error_of(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["success"] is False
    assert set(body["error"]) == {"code", "message", "details"}
    assert answer.headers["X-Request-Id"]
    return answer.status_code, body["error"]["code"]


def refusal(stack: Stack, channel: str, token: str | None, query: str = "") -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refused, stack.socket(channel, token=token, query=query):
        pass
    response = refused.value.response
    return response.status_code, json.loads(response.body or b"")["error"]["code"]


def raw_connection(stack: Stack) -> sockets.socket:
    address = urlsplit(stack.base)
    return sockets.create_connection((address.hostname, address.port), PATIENCE_S)


def test_health_answers_below_the_stage(stack: Stack) -> None:
    assert stack.call("GET", "/health").json()["status"] == "ok"


def test_unknown_path_gets_the_error_body(stack: Stack) -> None:
    for path in ("/nope", "/v1/no/such/thing", "/v1/orders/1/2/3", "", "/", "//[", "/v1/%2e%2e/health"):
        assert error_of(stack.call("GET", path)) == (404, "ROUTE_NOT_FOUND"), path


def test_url_outside_the_stage_gets_the_same_error_body(stack: Stack) -> None:
    outside = stack.base.removesuffix("/api")
    for path in ("/", "/v1/orders", "/apiary"):
        assert error_of(httpx.get(outside + path, trust_env=False)) == (404, "ROUTE_NOT_FOUND"), path


def test_a_slash_at_the_end_changes_nothing(stack: Stack) -> None:
    assert stack.call("GET", "/health/").status_code == 200


def test_wrong_method_gets_the_allowed_methods(stack: Stack) -> None:
    answer = stack.call("DELETE", "/v1/auth/login")
    assert error_of(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "POST"


def test_malformed_json_is_rejected(stack: Stack) -> None:
    not_utf_8 = b'{"identifier": "Dam \xff 1", "password": "x"}'
    for body in (b"{", b"\xff\xfe", b"[1,]", not_utf_8):
        sent = {"Content-Type": "application/json"}
        answer = stack.http.post("/v1/auth/login", content=body, headers=sent)
        assert error_of(answer) == (400, "MALFORMED_JSON"), body


def test_parameters_in_the_path_arrive_decoded(stack: Stack) -> None:
    answer = stack.person("production1").get("/v1/modules/..%2Fa%20b")
    assert error_of(answer) == (404, "NOT_FOUND")
    assert answer.json()["error"]["details"] == {"moduleId": "../a b"}


def test_body_with_too_large_content_length_is_rejected_before_reading(stack: Stack) -> None:
    with raw_connection(stack) as connection:
        connection.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 7000000\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413
        assert json.loads(answer.read())["error"]["code"] == "PAYLOAD_TOO_LARGE"


def test_a_body_that_grows_too_large_is_refused(stack: Stack) -> None:
    answer = stack.http.post("/v1/auth/login", content=(b"x" * 100_000 for _ in range(70)))
    assert error_of(answer) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_preflight_request_is_answered(stack: Stack) -> None:
    answer = stack.call("OPTIONS", "/v1/orders", headers={"Origin": "https://shop.example"})
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"].split(",")
    assert {"Authorization", "Idempotency-Key", "If-Match"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(",")
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/api", "/api/"])
def test_a_browser_is_sent_to_the_api_reference_and_other_clients_are_not(stack: Stack, path: str) -> None:
    root = stack.base.removesuffix("/api")
    browser = httpx.get(f"{root}{path}", headers={"Accept": "text/html,*/*;q=0.8"}, trust_env=False)
    assert (browser.status_code, browser.headers["Location"]) == (302, "/api/docs")
    client = httpx.get(f"{root}{path}", trust_env=False)
    assert (client.status_code, client.json()["error"]["code"]) == (404, "ROUTE_NOT_FOUND")


def test_one_connection_serves_many_requests(stack: Stack) -> None:
    address = urlsplit(stack.base)
    connection = http.client.HTTPConnection(address.netloc, timeout=PATIENCE_S)
    try:
        connection.connect()
        first = connection.sock
        for method in ("GET", "HEAD", "POST", "GET"):
            connection.request(method, "/api/health")
            connection.getresponse().read()
            assert connection.sock is first, method
    finally:
        connection.close()


def test_a_head_request_is_answered_without_a_body(stack: Stack) -> None:
    answer = stack.call("HEAD", "/health")
    assert answer.status_code == 405
    assert answer.content == b""


@pytest.mark.parametrize(("method", "path"), [("GET", "/health"), ("OPTIONS", "/v1/orders"), ("GET", "/nowhere")])
def test_every_response_has_the_security_headers_and_an_id(stack: Stack, method: str, path: str) -> None:
    headers = stack.call(method, path).headers
    assert headers["X-Request-Id"]
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_server_gives_each_request_its_own_id(stack: Stack) -> None:
    assert stack.call("GET", "/health", headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] != "mine-1"


def test_a_socket_without_a_good_token_is_refused_with_401(stack: Stack) -> None:
    assert refusal(stack, "courier", None) == (401, "AUTH_REQUIRED")
    assert refusal(stack, "courier", "no.good.token") == (401, "AUTH_INVALID")


def test_a_socket_of_another_role_is_refused_with_403(stack: Stack) -> None:
    customer = stack.person("customer2").token
    assert refusal(stack, "courier", customer) == (403, "ACCESS_DENIED")


def test_a_socket_of_an_unknown_channel_is_refused_with_404_whatever_the_token(stack: Stack) -> None:
    for token in (stack.person("customer2").token, "no.good.token", None):
        assert refusal(stack, "nope", token) == (404, "ROUTE_NOT_FOUND")


def test_query_parameter_cannot_override_the_channel(stack: Stack) -> None:
    customer = stack.person("customer2").token
    assert refusal(stack, "courier", customer, "?channel=customer") == (403, "ACCESS_DENIED")


def test_a_socket_at_an_unknown_address_is_refused_with_404(stack: Stack) -> None:
    url = stack.base.replace("http", "ws", 1)
    for path in ("/v1/ws", "/v1/ws/courier/more", "/health"):
        with pytest.raises(InvalidStatus) as refused, connect(url + path, proxy=None):
            pass
        assert refused.value.response.status_code == 404, path


def test_a_socket_answers_a_ping(stack: Stack) -> None:
    with stack.person("customer2").listening("customer") as socket:
        socket.ping()


def test_a_token_may_come_in_the_address(stack: Stack) -> None:
    token = stack.person("customer2").token
    with stack.socket("customer", query=f"?token={token}") as socket:
        socket.ping()


def test_a_subprotocol_that_is_asked_for_is_confirmed(stack: Stack) -> None:
    token = stack.person("customer2").token
    with stack.socket("customer", token=token, subprotocols=["baton.v1", "other"]) as socket:
        assert socket.connection.subprotocol == "baton.v1"


def test_a_message_that_is_too_large_ends_the_socket(stack: Stack) -> None:
    with stack.person("customer2").listening("customer") as socket:
        socket.connection.send("x" * (32 * 1024 + 1))
        assert socket.wait_closed() == 1009


def test_a_message_that_is_no_text_ends_the_socket(stack: Stack) -> None:
    with stack.person("customer2").listening("customer") as socket:
        socket.connection.send(b"\x00\x01")
        assert socket.wait_closed() == 1003


def test_internal_services_are_unknown_paths_to_whoever_does_not_know_their_addresses(stack: Stack) -> None:
    outside = stack.base.removesuffix("/api")
    function = "2015-03-31/functions/baton-local-deliver/invocations"
    signature = "AWS4-HMAC-SHA256 Credential=somebody/20260101/us-east-1/execute-api/aws4_request, Signature=0"
    for headers in ({}, {"Authorization": signature}):
        for path in ("/_gateway/@connections/x", "/_gateway/guess/@connections/x", f"/_lambda/{function}", "/_lambda"):
            answer = httpx.post(outside + path, headers=headers, content=b"{}", trust_env=False)
            assert error_of(answer) == (404, "ROUTE_NOT_FOUND"), path


def test_query_that_is_not_utf_8_is_rejected(stack: Stack) -> None:
    answer = stack.call("GET", "/v1/me?x=%ff", token=stack.person("customer2").token)
    assert error_of(answer) == (400, "MALFORMED_QUERY")


def test_what_is_not_http_gets_the_error_body(stack: Stack) -> None:
    with raw_connection(stack) as connection:
        connection.sendall(b"NONSENSE\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 400
        assert json.loads(answer.read())["error"]["code"] == "VALIDATION_ERROR"


def test_demo_users_have_a_history(stack: Stack) -> None:
    orders = stack.person("customer3").get("/v1/customer/orders/history").json()["orders"]
    assert [order["status"] for order in orders] == ["delivered", "no_nearby_driver"]
    assert stack.person("courier3").get("/v1/courier/orders/history").json()["orders"][0] == orders[0]
    with stack.person("customer3").listening("customer") as socket:
        assert socket.events == []


def test_demo_shipments_wait_to_be_packed_in_their_own_organisation_only(stack: Stack) -> None:
    packer = stack.person("packer1")
    shipments = packer.get("/shipping/scanner/pack/shipments").json()["data"]
    assert [one["shipment_number"] for one in shipments] == ["SH-1002", "SH-1001", "SH-1003", "SH-0998", "SH-1004"]
    address = f"/shipping/scanner/pack/lookup/LP-000101?shipment_id={shipments[1]['id']}"
    assert packer.get(address).json()["data"]["allocated"] is True
    theirs = stack.person("other-packer1").get("/shipping/scanner/pack/shipments").json()
    assert theirs == {"data": [], "total": 0}


def test_demo_shipments_show_what_a_packer_and_a_supervisor_can_do(stack: Stack) -> None:
    packer = stack.person("packer1")
    scanned = {
        number: packer.get(f"/shipping/scanner/pack/lookup/SH-099{number}").json()["data"] for number in (7, 8, 9)
    }
    assert [one["status"] for one in scanned.values()] == ["packed", "packing", "cancelled"]
    assert [one["boxes_count"] for one in scanned.values()] == [2, 1, 0]
    path = f"/shipping/scanner/pack/shipments/{scanned[8]['id']}"
    assert [line["remaining_qty"] for line in packer.get(path).json()["lines"]] == [0, 20]
    [box] = packer.get(f"{path}/boxes").json()["data"]
    assert "^GFA" in packer.get(f"/shipping/scanner/pack/box/{box['id']}/label").text


def test_demo_pickers_have_a_history_to_show_and_to_decide(stack: Stack) -> None:
    supervisor = stack.person("supervisor1")
    rejected = supervisor.get("/v1/picking/rejected-events?limit=100").json()["events"]
    mine = [one for one in rejected if one["assignment_id"] == "PA-1999"]
    assert [one["status"] for one in mine] == ["open", "open", "open", "dismissed", "accepted"]
    shorts = supervisor.get("/v1/picking/shorts?limit=100").json()["shorts"]
    assert {"PA-1940", "PA-1941", "PA-1942"} <= {one["assignment_id"] for one in shorts}
    done = supervisor.get("/v1/assignments?status=completed&limit=100").json()["assignments"]
    assert {"Ambient", "Chilled", "Frozen", "Bulk"} <= {one["zone"] for one in done}
    closed = supervisor.get("/v1/assignments?status=closed&limit=100").json()["assignments"]
    assert "PA-1943" in {one["assignment_id"] for one in closed}


def test_demo_has_open_and_completed_assignments(stack: Stack) -> None:
    picker, operative = stack.person("picker2"), stack.person("operative1")
    shown = [person.get("/scanner/state").json() for person in (picker, operative)]
    assert [one["view"] for one in shown] == ["picker", "operative"]
    assert min(one["queueCount"] for one in shown) >= 2
    asked = {"device_id": "device-1", "company_id": "demo", "role": "operative"}
    assert operative.post("/assignments/next", asked).json()["assignment_id"] == "PA-3001"
    assert operative.post("/assignments/PA-3001/release").json()["status"] == "queued"
    trail = stack.person("admin").get("/v1/audit?entityId=PA-1998").json()["data"]
    assert [row["action_type"] for row in trail] == [
        "PICK_EVENTS_RECORDED",
        "ASSIGNMENT_CLAIMED",
        "ASSIGNMENT_IMPORTED",
    ]
    assert trail[0]["payload_diff"]["status"] == ["active", "completed"]


def test_demo_battery_line_has_open_work(stack: Stack) -> None:
    viewer = stack.person("viewer1")
    assert [sku["status"] for sku in viewer.get("/v1/skus").json()["data"]] == ["DRAFT", "ACTIVE"]
    assert [batch["status"] for batch in viewer.get("/v1/batches").json()["data"]] == ["IN_PROGRESS", "COMPLETED"]
    packs = viewer.get("/v1/packs").json()["data"]
    assert [(pack["status"], pack.get("disposition")) for pack in packs] == [
        ("IN_PROGRESS", None),
        ("READY_FOR_EOL", "QUARANTINE"),
        ("FINALIZED", "PASS"),
    ]
    modules = viewer.get("/v1/modules?status=IN_PROGRESS").json()["data"]
    assert [(module["cellsBound"], module["cellsRequired"]) for module in modules] == [(2, 4)]
