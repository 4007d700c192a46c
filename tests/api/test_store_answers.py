"""A cut or unreadable answer of the store is a lost answer: the call is made again, then the request is refused."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from chalicelib.core import aws
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import on_duty, order_body
from tests.builders.world import Answer, Person, World

GOOD = b'{"Count": 0, "Items": [], "ScannedCount": 0, "Responses": {}}'
HTML = b"<html><body>Bad Gateway</body></html>"
ANSWERS: dict[str, dict[str, Any]] = {
    "cut": {"body": b'{"Count": 0, "Items": [{"pk": {"S": "de'},
    "empty": {"body": b""},
    "checksum": {"body": GOOD, "headers": {"x-amz-crc32": "1"}},
    "checksum that is no number": {"body": GOOD, "headers": {"x-amz-crc32": "x"}},
    "html": {"body": HTML},
    "html of an error": {"body": HTML, "status": 502},
    "html of a refusal": {"body": HTML, "status": 403},
    "500 without a body": {"body": b"", "status": 500},
    "400 without a body": {"body": b"", "status": 400},
    "no json": {"body": b"{'Items': []}"},
    "no text": {"body": b'{"Items": "\xff"}'},
    "no object": {"body": b"[]"},
    "null": {"body": b"null"},
}
EVERY_TIME = 1000


def place(customer: Person) -> Answer:
    """Place an order without a key."""
    return customer.post("/v1/orders", order_body())


def listed(customer: Person) -> Answer:
    """List orders."""
    return customer.get("/v1/customer/orders/history")


def look_up(customer: Person) -> Answer:
    """Read an order that does not exist."""
    return customer.get("/v1/orders/0190a000-0000-7000-8000-000000000000")


CALLS: dict[str, Callable[[Person], Answer]] = {
    "TransactWriteItems": place,
    "Query": listed,
    "BatchGetItem": look_up,
}


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("kind", ANSWERS)
def test_an_unreadable_answer_is_asked_for_again(
    world: World, engine: EmbeddedEngine, operation: str, kind: str
) -> None:
    customer = world.person("customer")
    on_duty(world.person("courier"))
    expected = CALLS[operation](customer).status
    engine.answer_next(operation, **ANSWERS[kind], after=True)
    assert CALLS[operation](customer).status == expected


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("kind", ANSWERS)
def test_unreadable_answers_without_end_refuse_the_request_for_now(
    world: World, engine: EmbeddedEngine, operation: str, kind: str
) -> None:
    customer = world.person("customer")
    engine.answer_next(operation, **ANSWERS[kind], times=EVERY_TIME)
    answer = CALLS[operation](customer)
    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"


def test_an_order_whose_answer_was_cut_is_placed_once(world: World, engine: EmbeddedEngine) -> None:
    customer = world.person("customer")
    engine.answer_next("TransactWriteItems", b'{"Consumed', after=True)
    assert place(customer).status == 201
    assert len(customer.get("/v1/customer/orders/history").json["orders"]) == 1


class Wire(BaseHTTPRequestHandler):
    """Answers the first call with what `answer` sends, and all others with an empty list."""

    answer: ClassVar[Callable[["Wire"], None] | None]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer, Wire.answer = Wire.answer, None
        if answer is None:
            self.reply(200, GOOD, len(GOOD))
        else:
            answer(self)
            self.close_connection = True

    def reply(self, status: int, body: bytes, length: int) -> None:
        """Send a body that is said to have this length."""
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.send(body)

    def send(self, text: bytes) -> None:
        """Send bytes as they are."""
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Do not log."""


ON_THE_WIRE: dict[str, Callable[[Wire], None]] = {
    "shorter than its length": lambda wire: wire.reply(200, GOOD[:20], len(GOOD)),
    "closed before the headers": lambda wire: None,
    "closed within the headers": lambda wire: wire.send(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "no http": lambda wire: wire.send(b"garbage\r\n\r\n"),
    "html": lambda wire: wire.reply(200, HTML, len(HTML)),
    "500 without a body": lambda wire: wire.reply(500, b"", 0),
}


@pytest.mark.parametrize("kind", ON_THE_WIRE)
def test_an_answer_that_the_network_spoils_is_asked_for_again(engine: EmbeddedEngine, kind: str) -> None:
    Wire.answer = ON_THE_WIRE[kind]
    with ThreadingHTTPServer(("127.0.0.1", 0), Wire) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = aws.client("dynamodb", f"http://127.0.0.1:{server.server_port}")
        assert client.query(TableName="samples")["Items"] == []
        server.shutdown()
    assert Wire.answer is None
