"""Guesses at the PIN of one delivery, all at the same time."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.dispatch.proof.rules import MAX_WRONG_PINS
from chalicelib.dispatch.proof.tables import wrong_pins_key
from tests.builders.dispatch import carried, on_duty, order, stored_order
from tests.builders.world import Answer, Person, World
from tests.environment import examples
from tests.races.crowd import at_once

GUESSES = 16


def deliver(courier: Person, placed: dict[str, Any], pin: str) -> Answer:
    body = {"order_id": placed["id"], "courier_id": courier.user_id, "proof": {"pin": pin}}
    return courier.post("/v1/courier/orders/delivered", body)


def wrong_pins(placed: dict[str, Any]) -> list[str]:
    return [f"{(int(placed['delivery_pin']) + number) % 10_000:04}" for number in range(1, GUESSES)]


def count_wrong(placed: dict[str, Any]) -> int:
    stored = get(wrong_pins_key("demo", placed["id"]))
    return 0 if stored is None else len(stored.tries or ())


@pytest.mark.parametrize("right_at", [None, 0, GUESSES - 1])
def test_parallel_guesses_at_a_pin_are_all_counted(arena: World, right_at: int | None) -> None:
    courier, customer = on_duty(arena.person("courier")), arena.person("customer")
    for _ in range(examples(8)):
        placed = order(customer, requirements={"pin": True})
        carried(courier, placed, until="picked_up")
        pins = wrong_pins(placed)
        if right_at is not None:
            pins.insert(right_at, placed["delivery_pin"])
        answers = at_once([partial(deliver, courier, placed, pin) for pin in pins])
        told = sorted(answer.json["error"]["details"]["pin_tries_left"] for answer in answers if answer.status != 200)
        is_delivered = stored_order(placed["id"]).status == "delivered"
        # Every number but 0 is told at most once for a wrong PIN: no guess is free.
        assert count_wrong(placed) <= MAX_WRONG_PINS
        assert is_delivered or count_wrong(placed) == MAX_WRONG_PINS
        assert all(told.count(left) <= 1 for left in range(1, MAX_WRONG_PINS))
        assert is_delivered <= (right_at is not None)
        if not is_delivered:
            assert deliver(courier, placed, placed["delivery_pin"]).code == "PROOF_REQUIRED"
            courier = on_duty(arena.person("courier"))
