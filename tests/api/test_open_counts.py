"""The number of open shipments: counters, and shipments that an earlier version listed without counting them."""

from typing import Any

import pytest

from infra import rebuild
from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PACK,
    cancel_shipment,
    close_box,
    complete_shipment,
    existing,
    loaded,
    new_box,
    packed,
    plate_record,
    reopen_shipment,
    shipment_record,
    stored_shipment,
)
from tests.builders.packing_crowd import WAREHOUSES, earlier_shipments, fill, open_shipments
from tests.builders.world import DEMO, OTHER, Person, World

COUNTED, EARLIER = 120, 80


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, who imports, reopens and cancels."""
    return world.person("supervisor")


@pytest.fixture
def mixed(world: World) -> None:
    """Shipments of four warehouses, some of them listed by an earlier version."""
    now = world.clock.now()
    fill([*open_shipments(COUNTED, now), *earlier_shipments(COUNTED, EARLIER, now)])


def listed(person: Person, **query: Any) -> tuple[list[str], int]:
    """Return the numbers of the listed shipments, and the total."""
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = person.get(f"{PACK}/shipments?{text}").json
    return [one["shipment_number"] for one in answer["data"]], answer["total"]


def totals(person: Person, *warehouses: str) -> list[int]:
    """Return the totals of the whole list and of warehouses, as the counters give them."""
    queries = [{}, *({"warehouse_id": warehouse} for warehouse in warehouses)]
    return [listed(person, limit=1, **query)[1] for query in queries]


def test_each_step_that_opens_or_ends_a_shipment_is_counted(boss: Person) -> None:
    records = [shipment_record(f"SH-{number}", warehouse_id="wh-1") for number in range(1, 5)]
    loaded(boss, "shipments", *records, shipment_record("SH-9"))
    loaded(boss, "license-plates", plate_record())
    assert totals(boss, "wh-1", "wh-2") == [5, 4, 0]
    box = new_box(boss)
    packed(boss, box)
    close_box(boss, box)
    complete_shipment(boss, allow_partial=True)
    assert totals(boss, "wh-1") == [4, 3]
    reopen_shipment(boss)
    assert totals(boss, "wh-1") == [5, 4]
    cancel_shipment(boss)
    assert totals(boss, "wh-1") == [4, 3]
    loaded(boss, "shipments", {**records[1], "warehouse_id": "wh-2"}, {**records[2], "warehouse_id": None})
    assert totals(boss, "wh-1", "wh-2") == [4, 1, 1]


def test_another_organisation_has_counts_of_its_own(world: World, boss: Person) -> None:
    loaded(boss, "shipments", *[shipment_record(f"SH-{number}") for number in range(3)])
    other = world.person("supervisor", OTHER)
    loaded(other, "shipments", shipment_record("SH-1"))
    assert (totals(boss), totals(other)) == ([3], [1])


def test_a_name_of_a_warehouse_that_begins_another_one_is_counted_apart(boss: Person) -> None:
    names = ["wh", "wh-1", "wh-10", "WH"]
    loaded(boss, "shipments", *[shipment_record(f"SH-{name}", warehouse_id=name) for name in names])
    assert totals(boss, *names) == [4, 1, 1, 1, 1]


def test_the_cost_of_the_list_is_what_it_may_show_of_each_shard(boss: Person, engine: EmbeddedEngine) -> None:
    fill(open_shipments(COUNTED, boss.world.clock.now()))
    limits: list[int | None] = []
    engine.before("Query", lambda _, request: limits.append(request.get("Limit")))
    assert listed(boss, limit=3)[1] == COUNTED
    assert sorted(limits, key=str) == [3] * 8 + [None]  # the last one reads the counters


@pytest.mark.usefixtures("mixed")
def test_shipments_of_an_earlier_version_are_listed_filtered_and_counted(boss: Person) -> None:
    numbers, total = listed(boss, limit=100)
    assert (len(numbers), total) == (100, COUNTED + EARLIER)
    stored = [existing(stored_shipment(number)) for number in numbers]
    dates = [shipment.promised_ship_date or "9999" for shipment in stored]
    assert dates == sorted(dates)
    assert {int(number[3:]) < COUNTED for number in numbers} == {True, False}
    for number in range(WAREHOUSES):
        in_one, total = listed(boss, warehouse_id=f"wh-{number}", limit=100)
        assert (len(in_one), total) == (50, 50)
    assert listed(boss, warehouse_id="wh-1", search="hotel")[1] == (COUNTED + EARLIER) // 20
    assert listed(boss, search="hotel")[1] == (COUNTED + EARLIER) // 5


@pytest.mark.usefixtures("mixed")
def test_a_shipment_of_an_earlier_version_is_counted_from_its_next_import_on(boss: Person) -> None:
    number = f"SH-{COUNTED + 1:06d}"
    loaded(boss, "shipments", shipment_record(number, warehouse_id="wh-9"))
    assert existing(stored_shipment(number)).warehouse_key is not None
    assert listed(boss, warehouse_id="wh-9") == ([number], 1)
    assert listed(boss, limit=1)[1] == COUNTED + EARLIER
    cancel_shipment(boss, f"SH-{COUNTED + 2:06d}")
    assert listed(boss, limit=1)[1] == COUNTED + EARLIER - 1


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the printed lines of the command."""
    exit_code = rebuild.main(["packing", *arguments])
    return exit_code, capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("mixed")
def test_a_command_counts_the_shipments_of_earlier_versions(boss: Person, capsys: pytest.CaptureFixture[str]) -> None:
    number = f"{COUNTED + EARLIER} checked, {EARLIER} differ"
    exit_code, printed = run(capsys)
    assert (exit_code, printed[-1]) == (1, f"{number}, 0 repaired, 0 with gaps")
    assert f"{DEMO} SH-{COUNTED:06d}: is pending and not listed or counted so" in printed
    assert run(capsys, "--write", "--org", OTHER) == (0, ["0 checked, 0 differ, 0 repaired, 0 with gaps"])
    exit_code, printed = run(capsys, "--write", "--org", DEMO)
    assert (exit_code, printed[-1]) == (0, f"{number}, {EARLIER} repaired, 0 with gaps")
    assert run(capsys)[0] == 0
    assert totals(boss, "wh-1") == [COUNTED + EARLIER, (COUNTED + EARLIER) // WAREHOUSES]
    assert boss.world.audit()[-1].action_type == "SHIPMENT_LISTED_AGAIN"


def test_a_command_takes_a_shipment_from_the_list_that_an_earlier_version_completed(
    boss: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(boss, "shipments", shipment_record("SH-1"), shipment_record("SH-2"))
    shipment = existing(stored_shipment())
    gone = dict.fromkeys(("open_key", "open_order", "open_so_key", "listed"))
    boss.world.run(lambda work: work.update(shipment, {"status": "packed", **gone}))
    assert run(capsys, "--write")[0] == 0
    assert totals(boss) == [1]
    assert existing(stored_shipment()).warehouse_key is None


def test_a_shipment_that_changes_while_the_command_runs_stays_counted_once(
    boss: Person, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(earlier_shipments(0, 1, boss.world.clock.now()))
    record = shipment_record("SH-000000", warehouse_id="wh-2")
    engine.before("TransactWriteItems", lambda *_: loaded(boss, "shipments", record), times=1)
    run(capsys, "--write")
    assert run(capsys)[0] == 0
    assert totals(boss, "wh-2") == [1, 1]
