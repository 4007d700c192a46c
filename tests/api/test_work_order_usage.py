"""Labour and parts of work orders: the time from start to done without holds, what is added to it, and its removal."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.usage.rules import MAX_ENTRIES
from chalicelib.maintenance.usage.tables import usage_key
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import NORTH, SOUTH, Park, add_photo, step, stored
from tests.builders.world import DEMO, OTHER, Answer, Person, World

LATCH = {"name": "Latch LB-4", "quantity": 2, "unitCost": 18.95, "currency": "EUR"}
KINDS = ("labour", "parts")
BODIES: dict[str, dict[str, Any]] = {"labour": {"minutes": 25, "note": "Store"}, "parts": LATCH}


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def add(person: Person, order_id: str, kind: str, body: object = None, **headers: str) -> Answer:
    """Add labour or a part to an order."""
    return person.post(f"/v1/work-orders/{order_id}/{kind}", body or BODIES[kind], **headers)


def remove(person: Person, order_id: str, kind: str, entry_id: str, **headers: str) -> Answer:
    """Remove labour or a part."""
    return person.delete(f"/v1/work-orders/{order_id}/{kind}/{entry_id}", **headers)


def shown(park: Park, order_id: str) -> dict[str, Any]:
    """An order as its lead reads it."""
    answer = park.lead.get(f"/v1/work-orders/{order_id}")
    assert answer.status == 200, answer
    order: dict[str, Any] = answer.json
    return order


def minutes(park: Park, order_id: str) -> tuple[int, int, int]:
    """The minutes of an order: worked, added, and both."""
    labour = shown(park, order_id)["labour"]
    return labour["workedMinutes"], labour["addedMinutes"], labour["totalMinutes"]


def test_the_time_worked_is_that_from_start_to_done_without_holds(park: Park) -> None:
    order_id = park.assigned()
    park.later(minutes=10)
    assert minutes(park, order_id) == (0, 0, 0)
    assert park.start(order_id).status == 200
    park.later(minutes=30, seconds=59)
    assert minutes(park, order_id) == (30, 0, 30)
    assert park.hold(order_id).status == 200
    park.later(hours=5)
    assert minutes(park, order_id) == (30, 0, 30)
    assert park.resume(order_id).status == 200
    assert park.lead.patch(f"/v1/work-orders/{order_id}", {"priority": "LOW"}).status == 200
    park.later(minutes=14, seconds=1)
    add_photo(park.world, order_id)
    assert park.finish(order_id).status == 200
    park.later(hours=1)
    assert minutes(park, order_id) == (45, 0, 45)


def test_the_time_of_every_attempt_counts(park: Park) -> None:
    order_id = park.started()
    park.later(minutes=10)
    assert park.give_back(order_id).status == 200
    park.later(minutes=60)
    assert park.assign(order_id).status == 200
    assert park.start(order_id).status == 200
    park.later(minutes=20)
    second = park.person("TECH")
    assert park.assign(order_id, second).status == 200
    park.later(minutes=60)
    second = park.world.signed_in(DEMO, second.user_id, "TECH")
    assert park.start(order_id, second).status == 200
    park.later(minutes=5)
    add_photo(park.world, order_id)
    second = park.world.signed_in(DEMO, second.user_id, "TECH")
    assert step(second, order_id, "done", {}).status == 200
    assert park.reopen(order_id).status == 200
    park.later(minutes=60)
    assert park.assign(order_id).status == 200
    assert park.start(order_id).status == 200
    park.later(minutes=7)
    assert minutes(park, order_id) == (42, 0, 42)


def test_a_hold_before_the_start_is_no_work(park: Park) -> None:
    order_id = park.assigned()
    assert park.hold(order_id).status == 200
    park.later(hours=1)
    assert park.resume(order_id).status == 200
    park.later(hours=1)
    assert minutes(park, order_id) == (0, 0, 0)


def test_labour_is_added_to_the_time_worked(world: World, park: Park) -> None:
    order_id = park.started()
    answer = add(park.tech, order_id, "labour")
    assert answer.status == 201
    assert {name: value for name, value in answer.json.items() if name != "id"} == {
        "minutes": 25,
        "note": "Store",
        "addedBy": "Mees van Dijk",
        "addedById": park.tech.user_id,
        "at": "2026-03-01T09:00:00Z",
    }
    lead = add(park.lead, order_id, "labour", {"minutes": 5})
    park.later(minutes=30)
    order = shown(park, order_id)
    assert order["labour"] == {
        "workedMinutes": 30,
        "addedMinutes": 30,
        "totalMinutes": 60,
        "entries": [answer.json, lead.json],
    }
    assert order["version"] == 3
    assert [(one["action"], one["note"], one["actor"]) for one in order["timeline"][-2:]] == [
        ("LABOUR_ADDED", "25 min: Store", "Mees van Dijk"),
        ("LABOUR_ADDED", "5 min", "Hugo Prins"),
    ]
    changed = diff(audit_row(world, order_id, "LABOUR_ADDED", actor=park.tech))
    entry = f"labour/{answer.json['id']}"
    assert changed == {
        f"{entry}.added_by_id": [None, park.tech.user_id],
        f"{entry}.minutes": [None, 25],
        f"{entry}.note": [None, "Store"],
    }


def test_parts_have_exact_costs_by_currency(world: World, park: Park) -> None:
    order_id = park.started()
    latch = add(park.tech, order_id, "parts")
    assert latch.status == 201
    assert {name: latch.json[name] for name in ("name", "quantity", "unitCost", "cost", "currency")} == {
        "name": "Latch LB-4",
        "quantity": 2,
        "unitCost": 18.95,
        "cost": 37.9,
        "currency": "EUR",
    }
    others = (
        {"name": "Oil", "quantity": 0.1, "unitCost": 0.2, "currency": "EUR"},
        {"name": "Bolt", "quantity": 3, "unitCost": 0.1, "currency": "EUR"},
        {"name": "Bearing", "quantity": 1.0, "unitCost": 12, "currency": "USD"},
        {"name": "Shim", "quantity": 4, "unitCost": 0.25},
        {"name": "Rag", "quantity": 1},
    )
    for body in others:
        assert add(park.lead, order_id, "parts", body).status == 201
    parts = shown(park, order_id)["parts"]
    assert [one["name"] for one in parts["entries"]] == ["Latch LB-4", *(str(body["name"]) for body in others)]
    assert parts["costs"] == [
        {"currency": None, "amount": 1},
        {"currency": "EUR", "amount": 38.22},
        {"currency": "USD", "amount": 12},
    ]
    assert (parts["entries"][-1]["unitCost"], parts["entries"][-1]["cost"]) == (None, None)
    changed = diff(audit_row(world, order_id, "PART_ADDED", actor=park.tech))
    entry = f"part/{latch.json['id']}"
    assert (changed[f"{entry}.quantity"], changed[f"{entry}.unit_cost"]) == ([None, 2], [None, 18.95])
    sums = get(usage_key(DEMO, order_id))
    assert sums is not None
    assert (sums.part_entries, sums.parts_quantity, sums.costs) == (
        6,
        Decimal("11.1"),
        {"EUR": "38.22", "USD": "12", "": "1"},
    )
    assert shown(park, order_id)["timeline"][-6]["note"] == "2 × Latch LB-4"  # noqa: RUF001 - as it is shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_entry_is_taken_back_and_stays_in_audit_and_timeline(world: World, park: Park, kind: str) -> None:
    order_id = park.started()
    wrong, right = (str(add(park.tech, order_id, kind).json["id"]) for _ in range(2))
    removed = remove(park.tech, order_id, kind, wrong)
    assert (removed.status, removed.text) == (204, "")
    order = shown(park, order_id)
    entries = {"labour": order["labour"]["entries"], "parts": order["parts"]["entries"]}[kind]
    assert [one["id"] for one in entries] == [right]
    assert (order["labour"]["addedMinutes"], order["parts"]["costs"]) == {
        "labour": (25, []),
        "parts": (0, [{"currency": "EUR", "amount": 37.9}]),
    }[kind]
    noun = {"labour": "labour", "parts": "part"}[kind]
    assert order["timeline"][-1]["action"] == f"{noun.upper()}_REMOVED"
    changed = diff(audit_row(world, order_id, f"{noun.upper()}_REMOVED"))
    assert changed[f"{noun}/{wrong}.added_by_id"] == [park.tech.user_id, None]
    again = remove(park.tech, order_id, kind, wrong)
    assert (again.status, again.json["error"]["message"]) == (404, f"{noun.title()} not found.")
    assert remove(park.lead, order_id, kind, right).status == 204
    emptied = shown(park, order_id)
    assert (emptied["labour"]["addedMinutes"], emptied["parts"]) == (0, {"costs": [], "entries": []})


@pytest.mark.parametrize("kind", KINDS)
def test_a_technician_takes_back_only_their_own_entries(park: Park, kind: str) -> None:
    order_id = park.started()
    of_lead = str(add(park.lead, order_id, kind).json["id"])
    refused = remove(park.tech, order_id, kind, of_lead)
    assert (refused.status, refused.json["error"]["message"]) == (
        403,
        "You may remove only what you have added yourself.",
    )
    assert get(usage_key(DEMO, order_id)) is not None
    assert remove(park.lead, order_id, kind, of_lead).status == 204


@pytest.mark.parametrize("kind", KINDS)
def test_labour_and_parts_are_for_the_technician_and_leads_of_the_zone(world: World, park: Park, kind: str) -> None:
    order_id = park.started()
    entry_id = str(add(park.tech, order_id, kind).json["id"])
    for person, status in (
        (park.ops, 403),
        (park.manager, 403),
        (park.person("TECH"), 403),
        (world.person("MAINT_TL", game_zone=SOUTH), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert add(person, order_id, kind).status == status
        assert remove(person, order_id, kind, entry_id).status == status
    missing = remove(park.lead, str(park.routed()["id"]), kind, entry_id)
    assert missing.status == 404


@pytest.mark.parametrize("kind", KINDS)
def test_labour_and_parts_are_added_once_by_key_and_not_to_an_old_version(park: Park, kind: str) -> None:
    order_id = park.started()
    first, again = (add(park.tech, order_id, kind, idempotency_key="k") for _ in range(2))
    assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (201, first.text, "true")
    sums = get(usage_key(DEMO, order_id))
    assert sums is not None
    assert sums.labour_entries + sums.part_entries == 1
    entry_id = str(first.json["id"])
    for answer in (
        add(park.tech, order_id, kind, if_match="2"),
        remove(park.tech, order_id, kind, entry_id, if_match="2"),
    ):
        assert (answer.status, answer.code, answer.json["error"]["details"]) == (
            409,
            "VERSION_CONFLICT",
            {"version": 3},
        )
    assert add(park.tech, order_id, kind, if_match='"3"').status == 201
    first, again = (remove(park.tech, order_id, kind, entry_id, if_match="3", idempotency_key="r") for _ in range(2))
    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (204, 204, "true")


@pytest.mark.parametrize("kind", KINDS)
def test_labour_and_parts_are_possible_in_every_state(park: Park, kind: str) -> None:
    done, cancelled = park.done(), str(park.routed()["id"])
    assert park.cancel(cancelled).status == 200
    assert add(park.tech, done, kind).status == 201
    for order_id in (cancelled, str(park.routed()["id"]), park.outsourced()):
        assert add(park.lead, order_id, kind).status == 201


@pytest.mark.parametrize(
    ("kind", "body", "bad"),
    [
        ("labour", {"note": "x"}, {"minutes"}),
        ("labour", {"minutes": 0}, {"minutes"}),
        ("labour", {"minutes": 10_081}, {"minutes"}),
        ("labour", {"minutes": 1.5}, {"minutes"}),
        ("labour", {"minutes": "5", "note": "x" * 501}, {"minutes", "note"}),
        ("parts", {"quantity": 1}, {"name"}),
        ("parts", {"name": " ", "quantity": 0}, {"name", "quantity"}),
        ("parts", {"name": "Bolt", "quantity": "2"}, {"quantity"}),
        ("parts", {"name": "Bolt", "quantity": 1_000_001, "unitCost": -1}, {"quantity", "unitCost"}),
        ("parts", {"name": "Bolt", "quantity": 0.00001, "unitCost": 0.123456}, {"quantity", "unitCost"}),
        ("parts", {"name": "Bolt", "quantity": 1, "currency": "EUR"}, {"currency"}),
        ("parts", {"name": "Bolt", "quantity": 1, "unitCost": -1, "currency": "EUR"}, {"unitCost"}),
        ("parts", {"name": "Bolt", "quantity": 1, "unitCost": 1, "currency": "euro"}, {"currency"}),
        ("parts", {"name": "Bolt", "quantity": 1, "colour": "red"}, {"colour"}),
    ],
)
def test_invalid_labour_and_parts_are_refused(park: Park, kind: str, body: object, bad: set[str]) -> None:
    answer = add(park.tech, park.started(), kind, body)
    assert (answer.status, set(answer.fields)) == (422, bad)


def test_one_order_has_at_most_so_many_entries(world: World, park: Park) -> None:
    order_id = park.started()
    first = str(add(park.tech, order_id, "labour").json["id"])
    sums = get(usage_key(DEMO, order_id))
    assert sums is not None

    def fill(work: UnitOfWork) -> None:
        work.update(sums, {"labour_entries": MAX_ENTRIES})

    world.run(fill)
    refused = add(park.tech, order_id, "labour")
    assert (refused.status, refused.code, refused.json["error"]["details"]) == (
        409,
        "WORKFLOW_VIOLATION",
        {"most": MAX_ENTRIES},
    )
    assert add(park.tech, order_id, "parts").status == 201
    assert remove(park.tech, order_id, "labour", first).status == 204
    assert add(park.tech, order_id, "labour").status == 201


def test_an_order_that_an_earlier_version_started_counts_from_the_start(world: World, park: Park) -> None:
    order_id = park.started()

    def forget(work: UnitOfWork) -> None:
        work.update(stored(order_id), {"working_since": None})

    world.run(forget)
    park.later(minutes=12)
    assert park.hold(order_id).status == 200
    assert minutes(park, order_id) == (12, 0, 12)
