"""Tracking links: who makes them, what they show to somebody without an account, and when they end."""

import hashlib
import re
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.errors import NotFound
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.dispatch.tracking.tables import TrackingLink, tracking_link_key
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import LAT, LNG, cancel_order, carried, decide, diff, on_duty, order, report, share, step
from tests.builders.logs import listening
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Answer, Person, World
from tests.races.crowd import at_once

UNKNOWN = (404, NotFound.code)
PHONES = ("+31 20 555 0101", "+31612345678")


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


@pytest.fixture
def courier(world: World) -> Person:
    """A courier 1 km east of the pickup."""
    return on_duty(world.person("courier", full_name="Noor de Vries", phone=PHONES[1]))


def make(person: Person, placed: dict[str, Any], **headers: str) -> Answer:
    """The response to making a link."""
    return person.post(f"/v1/orders/{placed['id']}/tracking-link", **headers)


def link(person: Person, placed: dict[str, Any]) -> str:
    """The token of a new link."""
    return share(person, placed["id"])


def track(world: World, token: str, **headers: str) -> Answer:
    return world.call("GET", f"/v1/track/{token}", headers=headers)


def stored_link(placed: dict[str, Any]) -> TrackingLink:
    """A link as it is stored."""
    stored = get(tracking_link_key(DEMO, placed["id"]))
    assert stored is not None
    return stored


def ends(answer: Answer) -> datetime:
    return datetime.fromisoformat(answer.json["expires_at"])


def test_a_link_shows_the_order_its_courier_and_its_arrival_without_signing_in(
    world: World, customer: Person, courier: Person
) -> None:
    placed = order(customer)
    token = link(customer, placed)
    shown = track(world, token)
    assert (shown.status, shown.json) == (
        200,
        {
            "status": "assigned",
            "updated_at": "2026-03-01T09:00:00Z",
            "dropoff_address": "Amstel 2",
            "expires_at": "2026-03-08T09:00:00Z",
        },
    )
    accepted = carried(courier, placed, "accepted")
    shown = track(world, token)
    assert shown.json == {
        "status": "accepted",
        "updated_at": accepted["updated_at"],
        "dropoff_address": "Amstel 2",
        "expires_at": "2026-03-08T09:00:00Z",
        "courier": {
            "first_name": "Noor",
            "latitude": LAT,
            "longitude": pytest.approx(LNG + 0.01473, abs=1e-5),
            "position_at": "2026-03-01T09:00:00Z",
        },
        "eta_at": customer.get(f"/v1/orders/{placed['id']}").json["eta_at"],
    }
    assert shown.headers["Cache-Control"] == "no-store"


def test_the_position_is_that_of_the_moment_from_the_acceptance_until_the_delivery(
    world: World, customer: Person, courier: Person
) -> None:
    placed = order(customer)
    token = link(customer, placed)
    seen = []
    for action in ("accept", "arrived", "picked", "delivered"):
        seen.append("courier" in track(world, token).json)
        assert step(courier, action, placed["id"]).status == 200
    seen.append("courier" in track(world, token).json)
    assert seen == [False, True, True, True, False]


def test_nothing_personal_is_shown_but_the_first_name_and_the_drop_off(
    world: World, customer: Person, courier: Person
) -> None:
    placed = order(customer)
    token = link(customer, placed)
    carried(courier, placed, "picked_up")
    text = track(world, token).text
    hidden = (*PHONES, "Vries", "Dam 1", "Ring twice", customer.user_id, courier.user_id, placed["id"], DEMO)
    assert [value for value in hidden if value in text] == []


def test_the_position_of_a_courier_who_has_another_order_is_not_shown(
    world: World, customer: Person, courier: Person
) -> None:
    first = order(customer)
    token = link(customer, first)
    carried(courier, first, "delivered")
    second = order(customer)
    carried(courier, second, "accepted")
    assert "courier" not in track(world, token).json
    released = link(customer, second)
    decide(world.person("dispatcher"), "release", second["id"])
    assert "courier" not in track(world, released).json


@pytest.mark.parametrize("role", ["customer", "dispatcher"])
def test_a_link_has_256_random_bits_and_only_their_hash_is_stored(world: World, customer: Person, role: str) -> None:
    placed = order(customer)
    answer = make(customer if role == "customer" else world.person(role), placed)
    token = answer.json["token"]
    secret = token.rpartition(".")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)  # 43 characters of 6 bits
    assert token == f"{DEMO}.{placed['id']}.{secret}"
    assert stored_link(placed).attribute_values["token_hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(stored_link(placed).attribute_values)


def test_neither_the_audit_trail_nor_a_replay_holds_the_token(world: World, customer: Person) -> None:
    placed = order(customer)
    token = make(customer, placed, idempotency_key="once").json["token"]
    again = make(customer, placed, idempotency_key="once")
    assert (again.status, again.json["token"] == token, "Idempotent-Replayed" in again.headers) == (201, False, False)
    rows = [row for row in world.audit() if row.action_type.startswith("TRACKING")]
    assert [row.action_type for row in rows] == ["TRACKING_LINK_CREATED"] * 2
    assert {row.entity_id for row in rows} == {placed["id"]}
    diffs = [diff(row) for row in rows]
    assert diffs == [{f"tracking_link/{placed['id']}.expires_at": [None, "2026-03-08T09:00:00Z"]}] * 2
    for secret in (*(one.rpartition(".")[2] for one in (token, again.json["token"])), stored_link(placed).token_hash):
        assert not any(str(secret) in str(row.attribute_values) for row in world.audit())


def test_a_link_that_is_made_anew_replaces_the_earlier_one(world: World, customer: Person) -> None:
    placed = order(customer)
    first, second = link(customer, placed), link(world.person("dispatcher"), placed)
    assert (track(world, first).status, track(world, first).code) == UNKNOWN
    assert track(world, second).status == 200


def test_of_links_that_are_made_at_once_one_remains(world: World, customer: Person) -> None:
    placed = order(customer)
    dispatcher = world.person("dispatcher")
    tokens = at_once([partial(link, person, placed) for person in (customer, dispatcher) * 3])
    assert len(set(tokens)) == 6
    assert sorted(track(world, token).status for token in tokens) == [200, *[404] * 5]


def test_a_withdrawn_link_shows_nothing_more(world: World, customer: Person) -> None:
    placed = order(customer)
    path, token = f"/v1/orders/{placed['id']}/tracking-link", link(customer, placed)
    assert [customer.delete(path).status for _ in range(2)] == [204, 204]
    assert (track(world, token).status, track(world, token).code) == UNKNOWN
    assert [row.action_type for row in world.audit()][-2:] == ["TRACKING_LINK_REVOKED"] * 2
    timeline = customer.get(path.replace("tracking-link", "timeline")).json["entries"]
    assert "TRACKING_LINK_REVOKED" in [entry["action"] for entry in timeline]
    assert track(world, link(customer, placed)).status == 200


@pytest.mark.parametrize("end", ["delivered", "canceled_by_customer", "canceled_by_dispatcher"])
def test_a_link_ends_an_hour_after_its_order(world: World, customer: Person, courier: Person, end: str) -> None:
    placed = order(customer)
    token = link(customer, placed)
    carried(courier, placed, "delivered" if end == "delivered" else "accepted")
    if end == "canceled_by_customer":
        cancel_order(customer, placed["id"])
    elif end == "canceled_by_dispatcher":
        decide(world.person("dispatcher"), "cancel", placed["id"])
    shown = track(world, token)
    assert (shown.json["status"], ends(shown)) == (end, world.clock.now() + timedelta(hours=1))
    assert "courier" not in shown.json
    world.clock.advance(minutes=59, seconds=59)
    assert track(world, token).status == 200
    world.clock.advance(seconds=1)
    assert (track(world, token).status, track(world, token).code) == UNKNOWN


def test_a_link_of_an_order_without_end_lasts_seven_days(world: World, customer: Person, courier: Person) -> None:
    token = link(customer, order(customer))
    world.clock.advance(days=6, hours=23)
    assert track(world, token).status == 200
    world.clock.advance(hours=1)
    assert (track(world, token).status, track(world, token).code) == UNKNOWN


def test_a_link_of_a_scheduled_order_lasts_seven_days_from_its_pickup(world: World, customer: Person) -> None:
    answer = make(customer, order(customer, pickup_after="2026-03-11T08:00:00Z"))
    assert answer.json["expires_at"] == "2026-03-18T08:00:00Z"


def test_an_order_that_has_ended_cannot_be_shared(customer: Person, courier: Person) -> None:
    placed = order(customer)
    carried(courier, placed)
    refused = make(customer, placed)
    assert (refused.status, refused.code) == (409, "WORKFLOW_VIOLATION")
    assert refused.json["error"]["message"] == "Cannot share an order in state delivered."


def test_only_the_customer_and_dispatchers_share_an_order(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer)
    path, token = f"/v1/orders/{placed['id']}/tracking-link", link(customer, placed)
    for person, status in (
        (courier, 403),
        (world.person("customer"), 403),
        (world.person("customer", OTHER), 404),
        (world.person("dispatcher", OTHER), 404),
    ):
        assert (make(person, placed).status, person.delete(path).status) == (status, status)
    assert track(world, token).status == 200


def test_a_token_of_another_order_or_organisation_and_any_other_text_is_unknown(world: World, customer: Person) -> None:
    first, second = order(customer), order(customer)
    token = link(customer, first)
    link(customer, second)
    secret = token.rpartition(".")[2]
    other = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for text in (
        f"{DEMO}.{second['id']}.{secret}",
        f"{OTHER}.{first['id']}.{secret}",
        f"{DEMO}.{first['id']}.{other}",
        f"{DEMO}.{first['id']}.{secret[:-1]}",
        f"{DEMO}.{first['id']}.",
        f"{DEMO}.nothing.{secret}",
        secret,
        first["id"],
        "x" * 3000,
        "%2e%2e",
        "%00",
        "%ff",
    ):
        answer = track(world, text)
        assert (answer.status, answer.code) == UNKNOWN, text
        assert answer.json["error"]["details"] == {}


def test_a_link_takes_one_round_trip_and_two_while_a_courier_carries_the_order(
    engine: EmbeddedEngine, world: World, customer: Person, courier: Person
) -> None:
    placed = order(customer)
    token = link(customer, placed)
    with counted_trips(engine) as offered:
        track(world, token)
    carried(courier, placed, "accepted")
    with counted_trips(engine) as followed:
        track(world, token)
    with counted_trips(engine) as guessed:
        track(world, "nonsense")
    assert (len(offered), len(followed), len(guessed)) == (1, 2, 0)


def test_a_link_is_limited_like_a_caller_and_guesses_use_up_nothing(
    world: World, customer: Person, courier: Person
) -> None:
    token = link(customer, order(customer))
    world.reset_parts(replace(settings(), caller_rate=50, caller_burst=100))
    for _ in range(120):
        assert track(world, f"{token[:-1]}!").status == 404
    statuses = [track(world, token).status for _ in range(120)]
    assert (statuses[0], statuses[-1], set(statuses)) == (200, 429, {200, 429})
    assert customer.get("/v1/me").status == 200


def test_the_token_is_in_no_log_line(world: World, customer: Person, capfd: pytest.CaptureFixture[str]) -> None:
    with listening() as lines:
        token = link(customer, order(customer))
        track(world, token)
        track(world, f"{token}x")
    written, secret = capfd.readouterr(), token.rpartition(".")[2]
    assert [line["operation"] for line in lines.all if "track" in line["operation"]].count("track_order") == 2
    assert secret not in lines.text + written.out + written.err


def test_the_address_of_the_page_is_there_if_the_deployment_has_one(world: World, customer: Person) -> None:
    placed = order(customer)
    assert "url" not in make(customer, placed).json
    world.reset_parts(replace(settings(), track_url="https://baton.example/track#"))
    made = make(customer, placed).json
    assert made["url"] == f"https://baton.example/track#{made['token']}"


def test_a_position_that_is_reported_shows_at_once(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer)
    token = link(customer, placed)
    carried(courier, placed, "picked_up")
    world.clock.advance(seconds=30)
    report(courier, LAT, LNG)
    shown = track(world, token).json["courier"]
    assert (shown["latitude"], shown["position_at"]) == (LAT, "2026-03-01T09:00:30Z")
