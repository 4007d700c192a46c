"""Races over real HTTP and sockets, on a real server with its own engine."""

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import httpx
import pytest

from chalicelib.core.clock import SystemClock
from chalicelib.core.settings import settings
from infra.local.engine_server import engine_process
from tests.builders.dispatch import east, order_body
from tests.builders.world import World
from tests.races.clocks import StandingClock
from tests.races.crowd import at_once
from tests.races.engines import named_engine, pointed_at
from tests.system.clients import Heard, Person, Socket, Stack
from tests.system.servers import PASSWORD, running

pytestmark = pytest.mark.xdist_group("races-http")


class Town:
    """A running stack with additional users, who are written to its engine and need no password."""

    def __init__(self, stack: Stack, world: World) -> None:
        self.stack, self._world = stack, world

    def people(self, role: str, number: int) -> list[Person]:
        """Return new signed-in users."""
        made = [self._world.person(role, username=f"{role}-{self._world.ids.new()}") for _ in range(number)]
        return [Person(person.user_id, person.user_id, person.token, self.stack) for person in made]

    def on_duty(self, number: int) -> list[Person]:
        """Return couriers on duty, a hundred metres apart."""
        couriers = self.people("courier", number)
        for place, courier in enumerate(couriers):
            lat, lng = east(place / 10)
            assert courier.post("/v1/courier/location", {"latitude": lat, "longitude": lng}).status_code == 204
            assert courier.post("/v1/courier/availability", {"available": True}).status_code == 204
        return couriers


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """A stack whose offers last long enough for a slow machine."""
    with ExitStack() as opened:
        url = named_engine() or opened.enter_context(engine_process())
        opened.enter_context(pointed_at(url))
        keys = settings().token_keys.reveal()
        same = {"BATON_STAGE": settings().stage, "BATON_TOKEN_KEYS": keys, "BATON_OFFER_LIFE_S": "600"}
        server = opened.enter_context(running(BATON_DYNAMODB_ENDPOINT=url, **same))
        stack = Stack(server.base, PASSWORD)
        opened.callback(stack.close)
        yield Town(stack, World(randbits=secrets.randbits, clock=StandingClock(SystemClock().now()), organisations=()))


def answer(courier: Person, action: str, offer: Heard) -> httpx.Response:
    body = {"order_id": offer.data["order_id"], "courier_id": courier.user_id}
    return courier.post(f"/v1/courier/orders/{action}", body)


def test_32_customers_get_8_couriers(town: Town) -> None:
    couriers, customers = town.on_duty(8), town.people("customer", 32)
    with ExitStack() as opened:
        sockets: list[Socket] = [opened.enter_context(courier.listening("courier")) for courier in couriers]
        answers = at_once([partial(customer.post, "/v1/orders", order_body()) for customer in customers])
        assert Counter(one.status_code for one in answers) == {201: 32}
        placed = [one.json() for one in answers]
        assert Counter(one["order"]["status"] for one in placed) == {"assigned": 8, "no_nearby_driver": 24}
        assigned = {one["assigned_courier_id"]: one["order"]["id"] for one in placed if "assigned_courier_id" in one}
        offers = [socket.wait_for("order.assigned") for socket in sockets]
        heard = {courier.user_id: offer.data["order_id"] for courier, offer in zip(couriers, offers, strict=True)}
        assert heard == assigned
        accepted = at_once([partial(answer, c, "accept", offer) for c, offer in zip(couriers, offers, strict=True)])
        assert [one.status_code for one in accepted] == [200] * 8
        for socket in sockets:
            socket.ping()
            assert [event.event for event in socket.events] == ["order.assigned"]
    for courier in couriers:
        assert courier.get("/v1/courier/active-order").json()["order"]["id"] == assigned[courier.user_id]
        assert courier.post("/v1/courier/availability", {"available": False}).status_code == 204
    for customer, one in zip(customers, placed, strict=True):
        customer.post("/v1/customer/orders/cancel", {"order_id": one["order"]["id"]})


def test_one_order_sent_ten_times_at_once_is_placed_and_heard_once(town: Town) -> None:
    [courier], [customer] = town.on_duty(1), town.people("customer", 1)
    with courier.listening("courier") as ours, customer.listening("customer") as theirs:
        send = partial(customer.post, "/v1/orders", order_body(), idempotency_key="ten-times")
        answers = at_once([send] * 10)
        assert [one.status_code for one in answers] == [201] * 10
        assert len({one.text for one in answers}) == 1
        assert sum("Idempotent-Replayed" in one.headers for one in answers) == 9
        for socket, event in ((ours, "order.assigned"), (theirs, "order.status")):
            socket.wait_for(event, order_id=answers[0].json()["order"]["id"])
            socket.ping()
            assert [one.event for one in socket.events] == [event]
    assert courier.post("/v1/courier/availability", {"available": False}).status_code == 204
