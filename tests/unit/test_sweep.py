"""Sweeps: everything that is due, page by page, in time, whatever one item does."""

from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from threading import Lock

import pytest
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.sharding import Shards
from chalicelib.core.store import Query
from chalicelib.core.sweep import DueItem, Sweep
from chalicelib.core.table import Item, TableName
from infra.local.engine import EmbeddedEngine
from tests.builders.logs import Lines, listening
from tests.builders.shelves import Storehouse

SHARDS = Shards(3)


class Task(Item):
    """An item that is due: it stays in its shard until it is settled."""

    class Meta:
        table_name = TableName("samples")

    org_id = UnicodeAttribute()
    task_id = UnicodeAttribute()


class TaskOutcome(StrEnum):
    DONE = "TasksDone"
    FAILED = "TasksFailed"


@pytest.fixture
def lines() -> Iterator[Lines]:
    with listening() as caught:
        yield caught


@pytest.fixture(autouse=True)
def house(engine: EmbeddedEngine) -> Storehouse:
    return Storehouse(engine)


def fill(number: int, org_id: str = "demo") -> set[str]:
    """Make tasks due; their ids."""
    ids = {f"{org_id}-{one:03d}" for one in range(number)}
    for task_id in ids:
        Task(SHARDS.key_of(task_id, "TASKS"), task_id, org_id=org_id, task_id=task_id).save()
    return ids


class Settled:
    """Settles tasks and remembers which; fails for those that are named."""

    def __init__(self, failing: frozenset[str] = frozenset()) -> None:
        self.failing = failing
        self.ids: list[str] = []
        self.running: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, item: DueItem) -> TaskOutcome:
        with self._lock:
            self.ids.append(item.item_id)
            self.running[item.org_id] += 1
            self.most_at_once[item.org_id] = max(self.most_at_once[item.org_id], self.running[item.org_id])
        try:
            if item.item_id in self.failing:
                raise RuntimeError("the task is broken")
            Task(SHARDS.key_of(item.item_id, "TASKS"), item.item_id).delete()
            return TaskOutcome.DONE
        finally:
            with self._lock:
                self.running[item.org_id] -= 1


def sweep(
    settle: Callable[[DueItem], TaskOutcome], *, page_size: int = 2, per_org: int | None = None
) -> Sweep[TaskOutcome]:
    return Sweep(
        name="tasks",
        queries=[Query(Task, shard) for shard in SHARDS.keys("TASKS")],
        id_attribute="task_id",
        settle=settle,
        failed=TaskOutcome.FAILED,
        page_size=page_size,
        per_org=per_org,
    )


def test_nothing_due_is_a_complete_sweep() -> None:
    result = sweep(Settled()).run()
    assert (result.outcomes, result.is_complete) == (Counter(), True)


@pytest.mark.parametrize("page_size", [1, 2, 100])
def test_every_due_item_is_settled_once(page_size: int) -> None:
    ids, settled = fill(20), Settled()
    result = sweep(settled, page_size=page_size).run()
    assert sorted(settled.ids) == sorted(ids)
    assert (result.outcomes, result.shards_left) == ({TaskOutcome.DONE: 20}, 0)


def test_item_that_fails_is_counted_and_logged_and_stops_no_other(lines: Lines) -> None:
    fill(9)
    result = sweep(Settled(frozenset({"demo-000", "demo-004"}))).run()
    assert result.outcomes == {TaskOutcome.DONE: 7, TaskOutcome.FAILED: 2}
    logged = [line for line in lines.all if line["message"] == "sweep item failed"]
    assert sorted(line["task_id"] for line in logged) == ["demo-000", "demo-004"]
    assert {(line["sweep"], line["org_id"]) for line in logged} == {("tasks", "demo")}


def test_next_sweep_tries_again_what_failed() -> None:
    fill(5)
    sweep(Settled(frozenset({"demo-003"}))).run()
    again = Settled()
    assert sweep(again).run().outcomes == {TaskOutcome.DONE: 1}
    assert again.ids == ["demo-003"]


def test_sweep_whose_time_is_over_says_how_many_shards_are_left(lines: Lines) -> None:
    fill(40)
    times = iter([60.0, 20.0, 11.9])
    settled = Settled()
    result = sweep(settled).run(lambda: next(times))
    assert (len(settled.ids), result.shards_left, result.is_complete) == (12, 3, False)
    assert lines.last["message"] == "sweep stopped early"
    assert (lines.last["sweep"], lines.last["shards_left"]) == ("tasks", 3)


def test_sweep_without_time_begins_nothing_and_the_next_one_settles_all() -> None:
    ids = fill(4)
    assert not sweep(Settled()).run(lambda: 1.0).outcomes
    assert sweep(Settled()).run().outcomes == {TaskOutcome.DONE: len(ids)}


def test_items_of_one_organisation_are_settled_few_at_a_time() -> None:
    fill(30, "demo")
    fill(30, "other")
    settled = Settled()
    result = sweep(settled, page_size=50, per_org=2).run()
    assert result.outcomes == {TaskOutcome.DONE: 60}
    assert max(settled.most_at_once.values()) <= 2
