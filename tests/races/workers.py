"""The work of one process in a race. Each has its own application, clock and sockets."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.dispatch.couriers.tables import courier_key
from chalicelib.dispatch.orders.sweep import reassign_due
from chalicelib.maintenance.workorders.sweep import remind_due
from tests.builders.dispatch import order_body, stored_order
from tests.builders.world import DEMO, World
from tests.races.clocks import StandingClock
from tests.races.crowd import at_once

Work = Callable[[World, Any], Any]
Answered = tuple[int, str]
"""Status and text of an answer."""


class Queue(NamedTuple):
    """What one process saw of a round: its orders, what its couriers had first, and what each got when it was freed."""

    placed: list[str]
    held: list[str | None]
    served: list[str | None]


class Crew:
    """Processes on the engine that the environment named when they were started."""

    def __init__(self, pool: Pool, size: int) -> None:
        self._pool = pool
        self.size = size

    def race(self, work: Work, parts: Sequence[Any], *, now: datetime, radius_m: int) -> list[Any]:
        """Let each process do `work` on one of the parts, all beginning at the same moment; what they made, in order.

        It is `now` for all of them, and couriers are looked for within `radius_m`: a short search is a cheap one.
        """
        assert len(parts) == self.size
        waiting = [self._pool.apply_async(_take_part, (work, part, now, radius_m)) for part in parts]
        return [one.get() for one in waiting]


@contextmanager
def crew(size: int) -> Iterator[Crew]:
    """So many processes."""
    context = get_context("spawn")
    with context.Pool(size, initializer=_prepare, initargs=(context.Barrier(size),)) as pool:
        yield Crew(pool, size)


_given: list[Barrier] = []


def _prepare(start: Barrier) -> None:
    _given.append(start)


def _take_part(work: Work, part: Any, now: datetime, radius_m: int) -> Any:
    world = World(randbits=secrets.randbits, clock=StandingClock(now), organisations=())
    world.reset_parts(replace(settings(), nearest_radius_m=radius_m))
    _given[0].wait()  # a process that is done with one part is not given another before all have begun
    return work(world, part)


def place_orders(world: World, tokens: Sequence[str]) -> list[Answered]:
    """Place one order per token, all at once."""
    return _order(world, tokens, {})


def place_one_order(world: World, copies: tuple[str, int]) -> list[Answered]:
    """Send the same order many times at once, with the same idempotency key."""
    token, number = copies
    return _order(world, [token] * number, {"idempotency_key": "the-same-everywhere"})


def sweep(world: World, name: str) -> Counter[str]:
    """Run one sweep of offers."""
    return Counter(
        {outcome.name: number for outcome, number in reassign_due(world.parts.dependencies, name).outcomes.items()}
    )


def remind(world: World, name: str) -> Counter[str]:
    """Run one sweep of due dates."""
    outcomes = remind_due(world.parts.dependencies, name, lambda: 60.0).outcomes
    return Counter({outcome.name: number for outcome, number in outcomes.items()})


def _order(world: World, tokens: Sequence[str], headers: Mapping[str, str]) -> list[Answered]:
    body = order_body()
    calls = [partial(world.call, "POST", "/v1/orders", body, token=token, headers=headers) for token in tokens]
    return [(answer.status, answer.text) for answer in at_once(calls)]


def free_couriers(world: World, part: tuple[int, Sequence[str], Sequence[str], str]) -> list[Queue]:
    """Place more orders than there are couriers, then free couriers until no order is left, in rounds.

    All processes place their orders at the same moment, and each frees one of its own couriers at a time, by canceling
    the order in hand. `part` are the number of rounds, the tokens of customers, the ids of couriers, and the token of a
    dispatcher.
    """
    rounds, customers, couriers, dispatcher = part
    return [_free_in_turn(world, customers, couriers, dispatcher) for _ in range(rounds)]


def _free_in_turn(world: World, customers: Sequence[str], couriers: Sequence[str], dispatcher: str) -> Queue:
    _given[0].wait()
    placed = [str(msgspec.json.decode(text)["order"]["id"]) for _, text in place_orders(world, customers)]
    _given[0].wait()
    held = [_in_hand(courier) for courier in couriers]
    served: list[str | None] = []
    for turn in range(len(customers)):
        courier = couriers[turn % len(couriers)]
        order_id = _in_hand(courier)
        _given[0].wait()
        answer = world.call(
            "POST", f"/v1/orders/{order_id}/cancel", {"reason": "The shop is closed."}, token=dispatcher
        )
        assert answer.status == 200, answer
        _given[0].wait()
        served.append(_in_hand(courier))
    return Queue(placed, held, served)


def _in_hand(courier_id: str) -> str | None:
    courier = get(courier_key(DEMO, courier_id))
    return None if courier is None else courier.order_id


def swap_orders(world: World, part: tuple[int, str, str]) -> list[str | None]:
    """Cancel an order and place another one at the same moment, in rounds that all processes begin together.

    Return who has the new order after each round, once all processes are done with it.
    """
    rounds, token, order_id = part
    holders = []
    for _ in range(rounds):
        cancel = partial(world.call, "POST", "/v1/customer/orders/cancel", {"order_id": order_id}, token=token)
        place = partial(world.call, "POST", "/v1/orders", order_body(), token=token)
        canceled, placed = at_once([cancel, place])
        assert (canceled.status, placed.status) == (200, 201), (canceled, placed)
        order_id = placed.json["order"]["id"]
        _given[0].wait()
        holders.append(stored_order(order_id).assigned_courier)
        _given[0].wait()
    return holders
