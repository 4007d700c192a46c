"""Record events: which are accepted, which are rejected and why, and that each counts once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.core.clock import iso
from chalicelib.core.commit import MAX_ITEMS
from chalicelib.picking.ledger.assignment_lane import MAX_EVENTS_AT_ONCE
from chalicelib.picking.ledger.entries import ledger_segments, stored_entries
from chalicelib.picking.ledger.replay import find_picker_gaps
from chalicelib.picking.ledger.shorts import MAX_SHORTS_AT_ONCE
from chalicelib.picking.ledger.writer import MAX_HOLDERS
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import (
    BATCH,
    GTIN,
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    entries_of,
    event,
    line,
    load,
    log_messages,
    record,
    results,
    state_of,
    stored,
)
from tests.builders.world import OTHER, World

ACCEPTED, DUPLICATE = "accepted", "duplicate"
OPERATIONS = ("BatchGetItem", "GetItem", "Query", "TransactWriteItems", "PutItem", "UpdateItem")


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker with an assignment."""
    return Scanner(world, at_work(world))


@pytest.fixture(autouse=True)
def impatient_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store's client not pause between its own attempts."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def calls(engine: EmbeddedEngine) -> list[str]:
    """The store's calls from now on."""
    made: list[str] = []
    for operation in OPERATIONS:
        engine.before(operation, lambda name, _: made.append(name))
    return made


def events_recorded(world: World) -> list[Any]:
    return [row for row in world.audit() if row.action_type == "PICK_EVENTS_RECORDED"]


# --- accepted events -----------------------------------------------------------------------------------------------


def test_each_event_has_a_result_in_the_order_sent(scanner: Scanner) -> None:
    good, bad, other = scanner.scan(), scanner.event("something_else"), scanner.scan("SKU-2")
    assert scanner.batch([good, bad, other]).json == {
        "status": [
            {"client_event_id": good["client_event_id"], "result": "accepted"},
            {"client_event_id": bad["client_event_id"], "result": "rejected", "reason": "unknown_event_type"},
            {"client_event_id": other["client_event_id"], "result": "accepted"},
        ]
    }
    assert state_of().picked == {1: 1, 2: 1}
    check_replay(scanner.world)


def test_every_event_type_of_the_contract_is_accepted(scanner: Scanner) -> None:
    kinds = ["wrap", "delay", "break_toggle", "shared_pick", "undo", "log_delay", "shared_pick"]
    others = ["assignment_received", "assignment_resumed", "tracker_opened", "log_delay", "shared_pick"]
    events = [scanner.scan(), *map(scanner.event, kinds), *map(scanner.event, others)]
    assert scanner.send(*events) == [ACCEPTED] * len(events)
    state = state_of()
    assert (int(state.units), state.wraps, state.delays, state.breaks, state.shared) == (1, 1, 3, 1, True)
    check_replay(scanner.world)


def test_ledger_entry_has_person_time_device_and_scan(scanner: Scanner) -> None:
    world, anna = scanner.world, scanner.person
    scanned = iso(world.clock.now())
    world.clock.advance(seconds=30)
    sent = scanner.scan(f"01{GTIN}\x1d3702", created_at=scanned, device_id="truck-7")
    assert scanner.send(sent) == [ACCEPTED]
    claim, segment = ledger_segments(stored().pk).all()
    assert (claim.first, segment.first, segment.size, segment.by) == (1, 2, 1, anna.user_id)
    assert segment.received_at == world.clock.now()
    [entry] = stored_entries(segment)
    assert (entry.event_id, entry.event_type) == (sent["client_event_id"], "scan_received")
    assert (entry.device_id, entry.order_id) == ("truck-7", REF)
    assert entry.created_at == entry.at == int(world.clock.now().timestamp() * 1000) - 30_000
    assert entry.scan is not None
    assert (entry.scan.raw, entry.scan.codes, int(entry.scan.amount)) == (f"01{GTIN}\x1d3702", (GTIN,), 2)


def test_empty_batch_has_no_results(scanner: Scanner) -> None:
    assert scanner.batch([]).json == {"status": []}


def test_unknown_fields_of_an_event_are_ignored(scanner: Scanner) -> None:
    queued: dict[str, Any] = {"status": "pending", "retries": 3, "last_error": None, "computed": {"rate": 3}}
    assert scanner.send(scanner.scan(**queued)) == [ACCEPTED]


def test_event_may_name_the_senders_company_and_user(scanner: Scanner) -> None:
    anna = scanner.person
    fields: dict[str, Any] = {"company_id": anna.org_id, "user_id": anna.user_id, "device_id": "d"}
    assert scanner.send(scanner.scan(**fields), scanner.scan(company_id="", user_id="")) == [ACCEPTED] * 2


def test_event_without_assignment_goes_to_the_pickers_own_ledger(scanner: Scanner) -> None:
    world, anna = scanner.world, scanner.person
    opened = event("tracker_opened", {}, world.clock.now())
    assert scanner.send(opened) == [ACCEPTED]
    assert scanner.send(opened, event("assignment_received", {}, world.clock.now())) == [DUPLICATE, ACCEPTED]
    assert find_picker_gaps(anna.org_id, anna.user_id, world.clock) == []
    assert [row.payload_diff for row in events_recorded(world)] == ['{"seq":[0,1]}', '{"seq":[1,2]}']


# --- rejected events -----------------------------------------------------------------------------------------------


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
        ({"user_id": "bo"}, "user_mismatch"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else None,
)
def test_invalid_event_is_rejected_with_a_reason(scanner: Scanner, changed: Mapping[str, Any], reason: str) -> None:
    bad = scanner.scan(**changed)
    answer = scanner.batch([scanner.scan(), bad, scanner.scan()])
    assert results(answer) == [ACCEPTED, reason, ACCEPTED]
    sent = bad.get("client_event_id")
    assert answer.json["status"][1]["client_event_id"] == (None if sent is None else str(sent))


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
def test_invalid_payload_is_rejected_with_a_reason(
    scanner: Scanner, kind: str, changed: Mapping[str, Any], reason: str
) -> None:
    bad = scanner.scan() if kind == "scan" else scanner.event(kind)
    bad["payload"] = {name: value for name, value in (bad["payload"] | changed).items() if value is not None}
    assert scanner.send(bad) == [reason]
    assert events_recorded(scanner.world) == []


@pytest.mark.parametrize("odd", [None, 7, "text", [], [[]], True])
def test_malformed_event_does_not_affect_others(scanner: Scanner, odd: object) -> None:
    answer = scanner.batch([odd, scanner.scan()])
    assert answer.json["status"][0] == {"client_event_id": None, "result": "rejected", "reason": "malformed_event"}
    assert results(answer)[1] == ACCEPTED


def test_unpaired_surrogate_does_not_affect_other_events(scanner: Scanner) -> None:
    """Browsers write it as an escape. In a queue that is sent again it would block all other events."""
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
def test_body_that_is_not_json_is_refused(scanner: Scanner, body: bytes) -> None:
    answer = scanner.world.call("POST", BATCH, token=scanner.person.token, raw=body)
    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


def test_limit_of_events_holds_for_recovered_batches(scanner: Scanner) -> None:
    answer = scanner.person.post(BATCH, {"events": ["\ud800"] * 501})
    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(("sent", "echoed"), [({"a": 1}, None), ("x" * 201, None), (1.5, "1.5"), (True, "true")])
def test_invalid_id_is_echoed_if_possible(scanner: Scanner, sent: object, echoed: object) -> None:
    answer = scanner.batch([scanner.scan(client_event_id=sent)])
    assert answer.json["status"][0]["client_event_id"] == echoed


@pytest.mark.parametrize(
    "body",
    [{}, {"events": None}, {"events": {}}, {"events": "x"}, {"events": [{}] * 501}],
    ids=lambda body: str(body)[:30],
)
def test_invalid_batch_is_refused(scanner: Scanner, body: object) -> None:
    answer = scanner.person.post(BATCH, body)
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", {"events"})


def test_events_of_another_pickers_assignment_are_rejected(scanner: Scanner) -> None:
    other = Scanner(scanner.world, scanner.world.person("picker"))
    assert other.send(other.scan(), other.event("undo"), other.event("tracker_opened")) == ["not_your_assignment"] * 3


def test_events_of_another_organisations_assignment_are_rejected(world: World) -> None:
    at_work(world)
    stranger = Scanner(world, world.person("picker", OTHER))
    assert stranger.send(stranger.scan()) == ["not_your_assignment"]


def test_new_events_after_a_release_are_rejected(scanner: Scanner) -> None:
    before = scanner.scan()
    assert scanner.send(before) == [ACCEPTED]
    assert scanner.person.post(f"/assignments/{REF}/release").status == 200
    scanner.world.clock.advance(seconds=1)
    assert scanner.send(before, scanner.scan()) == [DUPLICATE, "not_your_assignment"]


def test_sending_events_requires_the_permission(world: World) -> None:
    answer = world.person("packer").post(BATCH, {"events": []})
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


# --- uniqueness ----------------------------------------------------------------------------------------------------


def test_repeated_batch_counts_once(scanner: Scanner) -> None:
    batch = [scanner.scan(), scanner.scan("SKU-2"), scanner.event("wrap"), scanner.event("unknown")]
    assert scanner.send(*batch) == [ACCEPTED] * 3 + ["unknown_event_type"]
    before = stored()
    assert scanner.send(*batch) == [DUPLICATE] * 3 + ["unknown_event_type"]
    assert stored().version == before.version
    assert len(entries_of()) == 4


def test_repeated_event_in_a_batch_counts_once(scanner: Scanner) -> None:
    scan = scanner.scan()
    again = scan | {"client_event_id": scan["client_event_id"].upper()}
    assert scanner.send(scan, scan, again) == [ACCEPTED, DUPLICATE, DUPLICATE]
    assert state_of().units == 1


def test_rejected_event_does_not_use_its_id(scanner: Scanner) -> None:
    scan = scanner.scan()
    bad = scan | {"event_type": "nonsense"}
    assert scanner.send(bad, scan, bad) == ["unknown_event_type", ACCEPTED, DUPLICATE]


def test_event_id_is_unique_in_a_company(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna, bo = (Scanner(world, world.person("picker")) for _ in range(2))
    anna.ref, bo.ref = claim(anna.person)["assignment_id"], claim(bo.person)["assignment_id"]
    scan = anna.scan()
    assert anna.send(scan) == [ACCEPTED]
    assert bo.send(bo.scan(client_event_id=scan["client_event_id"])) == [DUPLICATE]
    check_replay(world, "PA-1", "PA-2")


def test_two_companies_may_use_the_same_event_id(world: World) -> None:
    load(world, record())
    load(world, record(), org_id=OTHER)
    anna, other = (Scanner(world, world.person("picker", org)) for org in ("demo", OTHER))
    claim(anna.person)
    claim(other.person)
    scan = anna.scan()
    assert (anna.send(scan), other.send(scan)) == ([ACCEPTED], [ACCEPTED])


def test_id_rejected_for_one_assignment_is_accepted_for_another_in_the_same_batch(
    scanner: Scanner,
) -> None:
    scan = scanner.scan()
    foreign = scan | {"payload": scan["payload"] | {"assignment_id": "PA-7"}}
    own = event("tracker_opened", {}, scanner.world.clock.now(), client_event_id=scan["client_event_id"])
    assert scanner.send(foreign, scan, own, scanner.scan()) == ["not_your_assignment", ACCEPTED, DUPLICATE, ACCEPTED]
    check_replay(scanner.world)


def test_batch_with_the_same_idempotency_key_is_replayed(scanner: Scanner) -> None:
    batch = [scanner.scan()]
    first = scanner.batch(batch, idempotency_key="k")
    again = scanner.batch(batch, idempotency_key="k")
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"


# --- order ---------------------------------------------------------------------------------------------------------


def test_late_events_are_ordered_by_their_time(world: World) -> None:
    late, prompt = Scanner(world, at_work(world, lines=[line(1, 2)])), []
    world.clock.advance(seconds=1)
    first = [late.scan(), late.scan("SKU-1")]
    world.clock.advance(seconds=1)
    prompt = [late.event("undo")]
    assert late.send(*prompt) == [ACCEPTED]
    assert log_messages(late.state())[0] == "! Nothing to undo"
    assert late.send(*first) == [ACCEPTED] * 2
    assert log_messages(late.state())[0] == "Undone: 1 of SKU-1 at A-01"
    assert state_of().units == 1
    check_replay(world)


def test_event_of_a_batch_happened_no_earlier_than_the_one_before(scanner: Scanner) -> None:
    world = scanner.world
    scan = scanner.scan()
    world.clock.advance(seconds=5)
    undo = scanner.event("undo")
    assert scanner.send(undo, scan) == [ACCEPTED] * 2
    assert log_messages(scanner.state())[:2] == ["Picked 1 of SKU-1 at A-01 (1 of 5)", "! Nothing to undo"]
    check_replay(world)


def test_time_of_a_scan_is_that_of_the_scan_and_not_of_its_queueing(scanner: Scanner) -> None:
    world = scanner.world
    scan = scanner.scan()
    world.clock.advance(seconds=5)
    assert scanner.send(scan | {"created_at": iso(world.clock.now())}) == [ACCEPTED]
    assert state_of().last[0] == int(world.clock.now().timestamp() * 1000) - 5_000


@pytest.mark.parametrize("at", ["1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2026-03-01T09:01:00"])
def test_time_of_a_wrong_clock_is_limited(scanner: Scanner, at: str) -> None:
    assert scanner.send(scanner.scan(created_at=at), scanner.event("undo", created_at=at)) == [ACCEPTED] * 2
    state, now = state_of(), int(scanner.world.clock.now().timestamp() * 1000)
    assert state.units == 0
    assert now - 60_000 <= state.last[0] <= now


# --- round trips and failures --------------------------------------------------------------------------------------


def test_hundred_events_of_an_assignment_take_three_round_trips(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(*(scanner.scan("nothing") for _ in range(100))) == [ACCEPTED] * 100
    admission, *loading = calls[: calls.index("TransactWriteItems")]
    assert admission == "BatchGetItem"
    assert set(loading) == {"BatchGetItem"}  # two at once: there are more keys than one batch may have
    assert calls[1 + len(loading) :] == ["TransactWriteItems"] * 2
    check_replay(scanner.world)


def test_single_event_takes_two_round_trips(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    assert calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]


def test_undo_reads_the_ledger_in_the_same_round_trip(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(scanner.scan(), scanner.event("undo")) == [ACCEPTED] * 2
    assert sorted(calls[1:3]) == ["BatchGetItem", "Query"]
    assert calls[3:] == ["TransactWriteItems"]


def test_five_hundred_events_have_individual_results(scanner: Scanner) -> None:
    batch: list[Any] = [scanner.scan() for _ in range(500)]
    for number in range(0, 500, 10):
        batch[number] = {"nothing": "here"} if number % 20 else scanner.event("nonsense")
    answer = results(scanner.batch(batch))
    assert [number for number, result in enumerate(answer) if result != ACCEPTED] == list(range(0, 500, 10))
    assert len(entries_of()) == 451
    assert state_of().units == 5
    rows = events_recorded(scanner.world)
    assert len(rows) == 6
    assert {row.entity_id for row in rows} == {REF}
    assert json.loads(rows[0].payload_diff)["units"] == [0, 5]
    check_replay(scanner.world)


def test_long_scans_are_spread_over_several_transactions(scanner: Scanner, calls: list[str]) -> None:
    assert scanner.send(*(scanner.scan("\x01" * 499 + "x") for _ in range(80))) == [ACCEPTED] * 80
    assert calls.count("TransactWriteItems") > 1
    check_replay(scanner.world)


def test_conflict_repeats_only_the_uncommitted_events(scanner: Scanner, engine: EmbeddedEngine) -> None:
    """Another scanner sends a part of the batch just before its second half is committed."""
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
    check_replay(world)


def test_largest_transaction_has_as_many_items_as_the_store_takes(world: World, engine: EmbeddedEngine) -> None:
    """All eight holders are released, two lines are not short any more, and a snapshot is due.

    The counts of zones and the totals of days follow.
    """
    earlier, scans = 20, MAX_EVENTS_AT_ONCE - 2 * MAX_SHORTS_AT_ONCE
    first = at_work(world, lines=[line(1, earlier + scans), line(2, 1), line(3, 1)])
    scanner = Scanner(world, first)
    scanner.send_event("shared_pick")
    scanner.send_scans(earlier)
    for number in (2, 3):
        assert first.post(f"/assignments/{REF}/lines/{number}/short", {"reason": "None left"}).status == 200
    for _ in range(MAX_HOLDERS - 1):
        claim(world.person("picker"))
    sizes: list[int] = []
    engine.before("TransactWriteItems", lambda _, request: sizes.append(len(request["TransactItems"])))
    world.clock.advance(seconds=1)
    undone = [*(scanner.event("undo") for _ in range(2)), scanner.scan("SKU-2"), scanner.scan("SKU-3")]
    assert set(scanner.send(*undone, *(scanner.scan() for _ in range(scans)))) == {ACCEPTED}
    engine.remove_hooks()
    assert (stored().status, sizes) == ("completed", [MAX_ITEMS, 2, 9])
    check_replay(world)


def test_store_failure_half_way_gives_retry_for_the_rest(scanner: Scanner, engine: EmbeddedEngine) -> None:
    batch = [scanner.scan("nothing") for _ in range(100)]
    written: list[str] = []

    def fail(*_: Any) -> None:
        written.append("x")
        if len(written) == 2:
            engine.fail_next("TransactWriteItems", "ThrottlingException", 100)

    engine.before("TransactWriteItems", fail)
    answer = scanner.send(*batch)
    engine.remove_hooks()
    assert answer == [ACCEPTED] * MAX_EVENTS_AT_ONCE + ["retry"] * (100 - MAX_EVENTS_AT_ONCE)
    assert scanner.send(*batch) == [DUPLICATE] * MAX_EVENTS_AT_ONCE + [ACCEPTED] * (100 - MAX_EVENTS_AT_ONCE)
    check_replay(scanner.world)


def test_batch_with_retries_may_be_sent_with_the_same_idempotency_key(scanner: Scanner, engine: EmbeddedEngine) -> None:
    batch = [scanner.scan(), event("tracker_opened", {}, scanner.world.clock.now())]

    def fail(_: str, request: dict[str, Any]) -> None:
        if f"ASSIGNMENT#{REF}" in json.dumps(request):
            raise EndpointConnectionError(endpoint_url="the store")

    with engine.before("TransactWriteItems", fail):
        assert scanner.send(*batch, idempotency_key="k") == ["retry", ACCEPTED]
    assert scanner.send(*batch, idempotency_key="k") == [ACCEPTED, DUPLICATE]
    assert scanner.batch(batch, idempotency_key="k").headers["Idempotent-Replayed"] == "true"


def test_failed_read_gives_retry_for_all_events(scanner: Scanner, engine: EmbeddedEngine) -> None:
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


def test_exceeded_time_budget_gives_retry_for_the_rest(scanner: Scanner, engine: EmbeddedEngine) -> None:
    late: list[object] = []
    engine.before("TransactWriteItems", lambda *_: late.append(scanner.world.clock.advance(seconds=30)))
    answer = scanner.send(*(scanner.scan("nothing") for _ in range(100)))
    assert answer == [ACCEPTED] * MAX_EVENTS_AT_ONCE + ["retry"] * (100 - MAX_EVENTS_AT_ONCE)


def test_crash_in_one_assignment_does_not_affect_others(world: World) -> None:
    anna = at_work(world)
    broken = stored()
    broken.update(actions=[type(broken).state.set("{nonsense")])
    scanner = Scanner(world, anna)
    assert scanner.send(scanner.scan(), event("tracker_opened", {}, world.clock.now())) == ["internal_error", ACCEPTED]


def test_unreadable_ledger_does_not_affect_other_assignments(scanner: Scanner) -> None:
    broken = stored()
    [claim] = ledger_segments(broken.pk).all()
    claim.update(actions=[type(claim).entries.set("{nonsense")])
    opened = event("tracker_opened", {}, scanner.world.clock.now())
    assert scanner.send(scanner.event("undo"), opened) == ["internal_error", ACCEPTED]


def test_incomplete_ledger_is_not_folded(scanner: Scanner) -> None:
    """A retry is better than a state without earlier picks."""
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    *_, last = ledger_segments(stored().pk).all()
    last.delete()
    assert scanner.send(scanner.event("undo")) == ["retry"]


def test_import_during_a_batch_keeps_both_changes(scanner: Scanner, engine: EmbeddedEngine) -> None:
    engine.before("TransactWriteItems", lambda *_: load(scanner.world, record(zone="Frozen")), times=1)
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    assert (stored().zone, int(stored().units)) == ("Frozen", 1)
