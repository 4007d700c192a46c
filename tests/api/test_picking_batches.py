"""Batches of events: what is taken, what is not and why, and that nothing counts twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.core.clock import iso
from chalicelib.picking import ledger
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import (
    BATCH,
    GTIN,
    REF,
    Scanner,
    at_work,
    entries_of,
    event,
    line,
    load,
    proven,
    record,
    results,
    said,
    state_of,
    stored,
    take,
)
from tests.builders.world import OTHER, World

ACCEPTED, DUPLICATE = "accepted", "duplicate"
OPERATIONS = ("BatchGetItem", "GetItem", "Query", "TransactWriteItems", "PutItem", "UpdateItem")


@pytest.fixture
def scanner(world: World) -> Scanner:
    """A scanner in the hand of somebody at work."""
    return Scanner(world, at_work(world))


@pytest.fixture(autouse=True)
def hasty_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's client pauses really between its own attempts; here it does not."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def calls(engine: EmbeddedEngine) -> list[str]:
    """The calls that the store gets from now on."""
    made: list[str] = []
    for operation in OPERATIONS:
        engine.before(operation, lambda name, _: made.append(name))
    return made


def events_recorded(world: World) -> list[Any]:
    return [row for row in world.audit() if row.action_type == "PICK_EVENTS_RECORDED"]


# --- what is taken -------------------------------------------------------------------------------------------------


def test_each_event_is_answered_in_the_order_in_which_it_was_sent(scanner: Scanner) -> None:
    good, bad, other = scanner.scan(), scanner.tell("something_else"), scanner.scan("A-02")
    assert scanner.batch([good, bad, other]).json == {
        "status": [
            {"client_event_id": good["client_event_id"], "result": "accepted"},
            {"client_event_id": bad["client_event_id"], "result": "rejected", "reason": "unknown_event_type"},
            {"client_event_id": other["client_event_id"], "result": "accepted"},
        ]
    }
    assert state_of().picked == {1: 1, 2: 1}
    proven(scanner.world)


def test_every_type_of_the_contract_and_of_its_client_is_taken(scanner: Scanner) -> None:
    kinds = ["wrap", "delay", "break_toggle", "shared_pick", "undo", "log_delay", "shared_pick"]
    told = ["assignment_received", "assignment_resumed", "tracker_opened", "log_delay", "shared_pick"]
    events = [scanner.scan(), *map(scanner.tell, kinds), *map(scanner.tell, told)]
    assert scanner.send(*events) == [ACCEPTED] * len(events)
    state = state_of()
    assert (int(state.units), state.wraps, state.delays, state.breaks, state.shared) == (1, 1, 3, 1, True)
    proven(scanner.world)


def test_a_ledger_tells_who_did_what_when_on_which_device(scanner: Scanner) -> None:
    world, anna = scanner.world, scanner.person
    scanned = iso(world.clock.now())
    world.clock.advance(seconds=30)
    sent = scanner.scan(f"01{GTIN}\x1d3702", created_at=scanned, device_id="truck-7")
    assert scanner.send(sent) == [ACCEPTED]
    claim, piece = ledger.pieces(stored().pk).all()
    assert (claim.first, piece.first, piece.size, piece.by) == (1, 2, 1, anna.user_id)
    assert piece.received_at == world.clock.now()
    [note] = ledger.notes_in(piece)
    assert (note.event_id, note.event_type) == (sent["client_event_id"], "scan_received")
    assert (note.device_id, note.order_id) == ("truck-7", REF)
    assert note.created_at == note.at == int(world.clock.now().timestamp() * 1000) - 30_000
    assert note.scan is not None
    assert (note.scan.raw, note.scan.codes, note.scan.amount) == (f"01{GTIN}\x1d3702", (GTIN,), 2)


def test_an_empty_batch_is_answered_with_nothing(scanner: Scanner) -> None:
    assert scanner.batch([]).json == {"status": []}


def test_what_a_clients_queue_keeps_beside_the_contract_is_passed_over(scanner: Scanner) -> None:
    queued: dict[str, Any] = {"status": "pending", "retries": 3, "last_error": None, "computed": {"rate": 3}}
    assert scanner.send(scanner.scan(**queued)) == [ACCEPTED]


def test_own_company_and_user_may_be_named(scanner: Scanner) -> None:
    anna = scanner.person
    known: dict[str, Any] = {"company_id": anna.org_id, "user_id": anna.user_id, "device_id": "d"}
    assert scanner.send(scanner.scan(**known), scanner.scan(company_id="", user_id="")) == [ACCEPTED] * 2


def test_what_belongs_to_no_assignment_is_kept_in_a_ledger_of_ones_own(scanner: Scanner) -> None:
    from chalicelib.picking.rebuilding import own_gaps

    world, anna = scanner.world, scanner.person
    opened = event("tracker_opened", {}, world.clock.now())
    assert scanner.send(opened) == [ACCEPTED]
    assert scanner.send(opened, event("assignment_received", {}, world.clock.now())) == [DUPLICATE, ACCEPTED]
    assert own_gaps(anna.org_id, anna.user_id, world.clock) == []
    assert [row.payload_diff for row in events_recorded(world)] == ['{"seq":[0,1]}', '{"seq":[1,2]}']


# --- what is not ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"client_event_id": None}, "missing_field:client_event_id"),
        ({"client_event_id": 7}, "invalid_field:client_event_id"),
        ({"client_event_id": "not-a-uuid"}, "invalid_field:client_event_id"),
        ({"client_event_id": "11111111-1111-1111-8111-111111111111"}, "invalid_field:client_event_id"),
        ({"event_type": None}, "missing_field:event_type"),
        ({"event_type": 5}, "invalid_field:event_type"),
        ({"event_type": "coffee_fetched"}, "unknown_event_type"),
        ({"payload": None}, "missing_field:payload"),
        ({"payload": []}, "invalid_field:payload"),
        ({"created_at": None}, "missing_field:created_at"),
        ({"created_at": "yesterday"}, "invalid_field:created_at"),
        ({"created_at": "0001-01-01T00:00:00Z"}, "invalid_field:created_at"),
        ({"device_id": 5}, "invalid_field:device_id"),
        ({"device_id": "x" * 129}, "invalid_field:device_id"),
        ({"company_id": "other"}, "company_mismatch"),
        ({"user_id": "somebody"}, "user_mismatch"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else None,
)
def test_an_event_that_is_not_in_form_says_why(scanner: Scanner, changed: Mapping[str, Any], reason: str) -> None:
    bad = scanner.scan(**changed)
    answer = scanner.batch([scanner.scan(), bad, scanner.scan()])
    assert results(answer) == [ACCEPTED, reason, ACCEPTED]
    assert answer.json["status"][1]["client_event_id"] == bad.get("client_event_id")


@pytest.mark.parametrize(
    ("kind", "changed", "reason"),
    [
        ("scan", {"units": 5}, "unexpected_field:units"),
        ("scan", {"raw": None}, "missing_field:raw"),
        ("scan", {"raw": " "}, "invalid_field:raw"),
        ("scan", {"raw": "x\0"}, "invalid_field:raw"),
        ("scan", {"raw": "x" * 501}, "invalid_field:raw"),
        ("scan", {"raw": 5901234123457}, "invalid_field:raw"),
        ("scan", {"at": None}, "missing_field:at"),
        ("scan", {"at": "now"}, "invalid_field:at"),
        ("scan", {"order_id": None}, "missing_field:order_id"),
        ("scan", {"assignment_id": None}, "missing_field:assignment_id"),
        ("scan", {"assignment_id": "nothing"}, "not_your_assignment"),
        ("wrap", {"at": "2026-03-01T09:00:00Z"}, "unexpected_field:at"),
        ("wrap", {"order_id": None}, "missing_field:order_id"),
        ("undo", {"order_id": REF}, "unexpected_field:order_id"),
        ("delay", {"minutes": 3}, "unexpected_field:minutes"),
        ("break_toggle", {"x\n" * 50: 1}, "unexpected_field:" + "x?" * 32),
        ("tracker_opened", {"rate": 1}, "unexpected_field:rate"),
        ("tracker_opened", {"assignment_id": 7}, "invalid_field:assignment_id"),
    ],
)
def test_a_payload_that_is_not_in_form_says_why(
    scanner: Scanner, kind: str, changed: Mapping[str, Any], reason: str
) -> None:
    bad = scanner.scan() if kind == "scan" else scanner.tell(kind)
    bad["payload"] = {name: value for name, value in (bad["payload"] | changed).items() if value is not None}
    assert scanner.send(bad) == [reason]
    assert events_recorded(scanner.world) == []


@pytest.mark.parametrize("odd", [None, 7, "text", [], [[]], True])
def test_what_is_no_event_at_all_is_malformed_and_fails_no_other(scanner: Scanner, odd: object) -> None:
    answer = scanner.batch([odd, scanner.scan()])
    assert answer.json["status"][0] == {"client_event_id": None, "result": "rejected", "reason": "malformed_event"}
    assert results(answer)[1] == ACCEPTED


def test_half_a_surrogate_pair_in_one_event_fails_no_other(scanner: Scanner) -> None:
    """A browser writes it as an escape; in a queue that is sent again and again it would hold up all the others."""
    bad = scanner.scan("\ud83d")
    answer = scanner.batch([scanner.scan(), bad, scanner.scan()])
    assert results(answer) == [ACCEPTED, "invalid_field:raw", ACCEPTED]
    assert answer.json["status"][1]["client_event_id"] == bad["client_event_id"]
    assert results(scanner.batch([scanner.scan(computed="\udc00"), scanner.scan(client_event_id="\ud800")])) == [
        ACCEPTED,
        "invalid_field:client_event_id",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"events": [{"a": NaN, "b": "\\ud800"}]}',
        b'{"events": [{"b": "\\ud800"}',
        b'{"events": ["\\ud800\xff"]}',
        b'{"events": [' + b"[" * 100_000 + b'"\\ud800"',
        b'{"events": [' + b"7" * 5_000 + b', "\\ud800"]}',
    ],
    ids=len,
)
def test_what_is_no_json_is_refused_whole(scanner: Scanner, body: bytes) -> None:
    answer = scanner.world.call("POST", BATCH, token=scanner.person.token, raw=body)
    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


def test_so_many_events_are_too_many_also_with_half_a_surrogate_pair(scanner: Scanner) -> None:
    answer = scanner.person.post(BATCH, {"events": ["\ud800"] * 501})
    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(("sent", "echoed"), [({"a": 1}, None), ("x" * 201, None), (1.5, 1.5), (True, True)])
def test_an_id_that_is_none_is_sent_back_as_far_as_it_can_be(scanner: Scanner, sent: object, echoed: object) -> None:
    answer = scanner.batch([scanner.scan(client_event_id=sent)])
    assert answer.json["status"][0]["client_event_id"] == echoed


@pytest.mark.parametrize(
    "body",
    [{}, {"events": None}, {"events": {}}, {"events": "x"}, {"events": [{}] * 501}],
    ids=lambda body: str(body)[:30],
)
def test_a_batch_that_is_none_is_refused_whole(scanner: Scanner, body: object) -> None:
    answer = scanner.person.post(BATCH, body)
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", {"events"})


def test_events_for_what_somebody_else_has_are_rejected(scanner: Scanner) -> None:
    other = Scanner(scanner.world, scanner.world.person("picker"))
    assert other.send(other.scan(), other.tell("undo"), other.tell("tracker_opened")) == ["not_your_assignment"] * 3


def test_events_for_what_another_organisation_has_are_rejected(world: World) -> None:
    at_work(world)
    stranger = Scanner(world, world.person("picker", OTHER))
    assert stranger.send(stranger.scan()) == ["not_your_assignment"]


def test_events_after_it_was_given_back_are_rejected_and_those_before_are_duplicates(scanner: Scanner) -> None:
    before, after = scanner.scan(), scanner.scan()
    assert scanner.send(before) == [ACCEPTED]
    assert scanner.person.post(f"/assignments/{REF}/release").status == 200
    assert scanner.send(before, after) == [DUPLICATE, "not_your_assignment"]


def test_who_may_not_send_events_sends_none(world: World) -> None:
    answer = world.person("packer").post(BATCH, {"events": []})
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


# --- once ----------------------------------------------------------------------------------------------------------


def test_a_batch_that_is_sent_again_counts_once(scanner: Scanner) -> None:
    batch = [scanner.scan(), scanner.scan("A-02"), scanner.tell("wrap"), scanner.tell("unknown")]
    assert scanner.send(*batch) == [ACCEPTED] * 3 + ["unknown_event_type"]
    before = stored()
    assert scanner.send(*batch) == [DUPLICATE] * 3 + ["unknown_event_type"]
    assert stored().version == before.version
    assert len(entries_of()) == 4


def test_the_same_event_twice_in_a_batch_counts_once(scanner: Scanner) -> None:
    one = scanner.scan()
    again = one | {"client_event_id": one["client_event_id"].upper()}
    assert scanner.send(one, one, again) == [ACCEPTED, DUPLICATE, DUPLICATE]
    assert state_of().units == 1


def test_a_rejection_does_not_use_an_id_up(scanner: Scanner) -> None:
    one = scanner.scan()
    bad = one | {"event_type": "nonsense"}
    assert scanner.send(bad, one, bad) == ["unknown_event_type", ACCEPTED, DUPLICATE]


def test_an_id_belongs_to_one_event_of_the_company_whatever_it_was_about(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna, bo = (Scanner(world, world.person("picker")) for _ in range(2))
    anna.ref, bo.ref = take(anna.person)["assignment_id"], take(bo.person)["assignment_id"]
    one = anna.scan()
    assert anna.send(one) == [ACCEPTED]
    assert bo.send(bo.scan(client_event_id=one["client_event_id"])) == [DUPLICATE]
    proven(world, "PA-1", "PA-2")


def test_another_company_may_have_an_event_of_the_same_id(world: World) -> None:
    load(world, record())
    load(world, record(), org_id=OTHER)
    anna, other = (Scanner(world, world.person("picker", org)) for org in ("demo", OTHER))
    take(anna.person)
    take(other.person)
    one = anna.scan()
    assert (anna.send(one), other.send(one)) == ([ACCEPTED], [ACCEPTED])


def test_an_id_that_was_rejected_for_one_assignment_can_be_taken_for_another_in_the_same_batch(
    scanner: Scanner,
) -> None:
    one = scanner.scan()
    foreign = one | {"payload": one["payload"] | {"assignment_id": "PA-7"}}
    own = event("tracker_opened", {}, scanner.world.clock.now(), client_event_id=one["client_event_id"])
    assert scanner.send(foreign, one, own, scanner.scan()) == ["not_your_assignment", ACCEPTED, DUPLICATE, ACCEPTED]
    proven(scanner.world)


def test_a_replayed_request_is_answered_as_it_was(scanner: Scanner) -> None:
    batch = [scanner.scan()]
    first = scanner.batch(batch, idempotency_key="k")
    again = scanner.batch(batch, idempotency_key="k")
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"


# --- the order in which things happened ----------------------------------------------------------------------------


def test_what_comes_late_takes_its_place(world: World) -> None:
    late, prompt = Scanner(world, at_work(world, lines=[line(1, 2)])), []
    world.clock.advance(seconds=1)
    first = [late.scan(), late.scan("A-01")]
    world.clock.advance(seconds=1)
    prompt = [late.tell("undo")]
    assert late.send(*prompt) == [ACCEPTED]
    assert said(late.screen())[0] == "! There is nothing to take back"
    assert late.send(*first) == [ACCEPTED] * 2
    assert said(late.screen())[0] == "Taken back: 1 of SKU-1 at A-01"
    assert state_of().units == 1
    proven(world)


def test_events_of_a_batch_count_by_when_they_happened(scanner: Scanner) -> None:
    world = scanner.world
    scan = scanner.scan()
    world.clock.advance(seconds=5)
    undo = scanner.tell("undo")
    assert scanner.send(undo, scan) == [ACCEPTED] * 2
    assert state_of().units == 0


@pytest.mark.parametrize("at", ["1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2026-03-01T09:01:00"])
def test_a_clock_that_is_wrong_counts_as_far_as_it_is_possible(scanner: Scanner, at: str) -> None:
    assert scanner.send(scanner.scan(created_at=at), scanner.tell("undo", created_at=at)) == [ACCEPTED] * 2
    state, now = state_of(), int(scanner.world.clock.now().timestamp() * 1000)
    assert state.units == 0
    assert now - 60_000 <= state.last[0] <= now


# --- what it costs and what it survives ----------------------------------------------------------------------------


def test_a_hundred_events_of_one_assignment_cost_three_round_trips_after_the_admission(
    scanner: Scanner, calls: list[str]
) -> None:
    assert scanner.send(*(scanner.scan("nothing") for _ in range(100))) == [ACCEPTED] * 100
    admission, *loading = calls[: calls.index("TransactWriteItems")]
    assert admission == "BatchGetItem"
    assert set(loading) == {"BatchGetItem"}  # two at once: there are more keys than one may have
    assert calls[1 + len(loading) :] == ["TransactWriteItems"] * 2
    proven(scanner.world)


def test_one_event_costs_two_round_trips_after_the_admission(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    assert calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]


def test_an_undo_brings_its_ledger_along_in_the_same_round_trip(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(scanner.scan(), scanner.tell("undo")) == [ACCEPTED] * 2
    assert sorted(calls[1:3]) == ["BatchGetItem", "Query"]
    assert calls[3:] == ["TransactWriteItems"]


def test_five_hundred_events_with_every_tenth_malformed_are_answered_one_by_one(scanner: Scanner) -> None:
    batch: list[Any] = [scanner.scan() for _ in range(500)]
    for number in range(0, 500, 10):
        batch[number] = {"nothing": "here"} if number % 20 else scanner.tell("nonsense")
    answer = results(scanner.batch(batch))
    assert [number for number, result in enumerate(answer) if result != ACCEPTED] == list(range(0, 500, 10))
    assert len(entries_of()) == 451
    assert state_of().units == 5
    rows = events_recorded(scanner.world)
    assert len(rows) == 6
    assert {row.entity_id for row in rows} == {REF}
    assert json.loads(rows[0].payload_diff)["units"] == [0, 5]
    proven(scanner.world)


def test_long_scans_are_spread_over_more_transactions(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(*(scanner.scan("\x01" * 499 + "x") for _ in range(80))) == [ACCEPTED] * 80
    assert calls.count("TransactWriteItems") > 1
    proven(scanner.world)


def test_a_lost_race_judges_only_what_was_not_written(scanner: Scanner, engine: EmbeddedEngine) -> None:
    """Somebody else's scanner sends the second half of the batch just before we write it."""
    batch = [scanner.scan("nothing") for _ in range(100)]
    world = scanner.world
    seen: list[str] = []

    def second(*_: Any) -> None:
        seen.append("x")
        if len(seen) == 2:
            assert scanner.send(*batch[90:95]) == [ACCEPTED] * 5

    engine.before("TransactWriteItems", second)
    answer = scanner.send(*batch)
    assert answer == [ACCEPTED] * 90 + [DUPLICATE] * 5 + [ACCEPTED] * 5
    assert len(entries_of()) == 101
    proven(world)


def test_when_the_store_fails_half_way_what_is_certain_is_answered_and_the_rest_is_to_be_sent_again(
    scanner: Scanner, engine: EmbeddedEngine
) -> None:
    batch = [scanner.scan("nothing") for _ in range(100)]
    written: list[str] = []

    def fail(*_: Any) -> None:
        written.append("x")
        if len(written) == 2:
            engine.fail_next("TransactWriteItems", "ThrottlingException", 100)

    engine.before("TransactWriteItems", fail)
    answer = scanner.send(*batch)
    engine.remove_hooks()
    assert answer == [ACCEPTED] * 88 + ["retry"] * 12
    assert scanner.send(*batch) == [DUPLICATE] * 88 + [ACCEPTED] * 12
    proven(scanner.world)


def test_what_is_to_be_sent_again_may_be_sent_with_the_same_key(scanner: Scanner, engine: EmbeddedEngine) -> None:
    batch = [scanner.scan(), event("tracker_opened", {}, scanner.world.clock.now())]

    def fail(_: str, request: dict[str, Any]) -> None:
        if f"ASSIGNMENT#{REF}" in json.dumps(request):
            raise EndpointConnectionError(endpoint_url="the store")

    with engine.before("TransactWriteItems", fail):
        assert scanner.send(*batch, idempotency_key="k") == ["retry", ACCEPTED]
    assert scanner.send(*batch, idempotency_key="k") == [ACCEPTED, DUPLICATE]
    assert scanner.batch(batch, idempotency_key="k").headers["Idempotent-Replayed"] == "true"


def test_when_nothing_can_be_read_all_of_it_is_to_be_sent_again(scanner: Scanner, engine: EmbeddedEngine) -> None:
    batch = [scanner.scan(), {"nothing": 1}]
    admitted: list[str] = []

    def fail(*_: Any) -> None:
        admitted.append("x")
        if len(admitted) == 2:
            engine.fail_next("BatchGetItem", "ThrottlingException", 100)

    engine.before("BatchGetItem", fail)
    assert scanner.send(*batch) == ["retry", "missing_field:client_event_id"]
    engine.remove_hooks()
    assert scanner.send(batch[0]) == [ACCEPTED]


def test_what_does_not_fit_into_the_time_is_to_be_sent_again(scanner: Scanner, engine: EmbeddedEngine) -> None:
    late: list[object] = []
    engine.before("TransactWriteItems", lambda *_: late.append(scanner.world.clock.advance(seconds=30)))
    answer = scanner.send(*(scanner.scan("nothing") for _ in range(100)))
    assert answer == [ACCEPTED] * 88 + ["retry"] * 12


def test_a_crash_of_one_assignment_leaves_the_others_alone(world: World) -> None:
    anna = at_work(world)
    broken = stored()
    broken.update(actions=[type(broken).state.set("{nonsense")])
    scanner = Scanner(world, anna)
    assert scanner.send(scanner.scan(), event("tracker_opened", {}, world.clock.now())) == ["internal_error", ACCEPTED]


def test_a_ledger_that_cannot_be_read_leaves_other_assignments_alone(scanner: Scanner) -> None:
    broken = stored()
    [claim] = ledger.pieces(broken.pk).all()
    claim.update(actions=[type(claim).entries.set("{nonsense")])
    opened = event("tracker_opened", {}, scanner.world.clock.now())
    assert scanner.send(scanner.tell("undo"), opened) == ["internal_error", ACCEPTED]


def test_a_ledger_that_ends_too_early_is_not_folded(scanner: Scanner) -> None:
    """Rather no answer than a state that forgets what was picked."""
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    *_, last = ledger.pieces(stored().pk).all()
    last.delete()
    assert scanner.send(scanner.tell("undo")) == ["retry"]


def test_an_import_in_between_does_not_disturb_a_batch(scanner: Scanner, engine: EmbeddedEngine) -> None:
    engine.before("TransactWriteItems", lambda *_: load(scanner.world, record(zone="Frozen")), times=1)
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    assert (stored().zone, int(stored().units)) == ("Frozen", 1)
