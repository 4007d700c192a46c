"""What one process of several does in a race. Each has an application, a clock and sockets of its own."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

from chalicelib.dispatch.sweep import reassign_due
from tests.builders.dispatch import order_body
from tests.builders.world import World
from tests.races.clocks import StandingClock
from tests.races.crowd import at_once

Work = Callable[[World, Any], Any]
Answered = tuple[int, str]
"""Status and text of an answer."""


def in_processes(work: Work, parts: Sequence[Any], now: datetime) -> list[Any]:
    """Let one process do `work` on each of the parts, all beginning at the same moment; what they made, in order.

    They use the store that the environment names, as this process does, and it is `now` for all of them.
    """
    context = get_context("spawn")
    start = context.Barrier(len(parts))
    with context.Pool(len(parts), initializer=_prepare, initargs=(start, now)) as pool:
        waiting = [pool.apply_async(_take_part, (work, part)) for part in parts]
        return [one.get() for one in waiting]


_given: list[tuple[Barrier, datetime]] = []


def _prepare(start: Barrier, now: datetime) -> None:
    _given.append((start, now))


def _take_part(work: Work, part: Any) -> Any:
    start, now = _given[0]
    world = World(clock=StandingClock(now), founds=())
    start.wait()
    return work(world, part)


def place_orders(world: World, tokens: Sequence[str]) -> list[Answered]:
    """Everybody with one of these tokens orders, at once."""
    return _order(world, tokens, {})


def place_one_order(world: World, copies: tuple[str, int]) -> list[Answered]:
    """One customer sends one order so many times at once, each time under the same key."""
    token, number = copies
    return _order(world, [token] * number, {"idempotency_key": "the-same-everywhere"})


def sweep(world: World, name: str) -> Counter[str]:
    """One sweep over offers."""
    return Counter({outcome.name: number for outcome, number in reassign_due(world.parts.runtime, name).items()})


def _order(world: World, tokens: Sequence[str], headers: Mapping[str, str]) -> list[Answered]:
    body = order_body()
    calls = [partial(world.call, "POST", "/v1/orders", body, token=token, headers=headers) for token in tokens]
    return [(answer.status, answer.text) for answer in at_once(calls)]
