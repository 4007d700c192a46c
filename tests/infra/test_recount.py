"""The command that counts work orders again for reports."""

from __future__ import annotations

import pytest

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.reports.tables import WorkOrderTotal
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from chalicelib.maintenance.workorders.timeline import MAX_EVENTS, TimelineAction, record_event
from infra import rebuild
from tests.builders.maintenance import Park, stored
from tests.builders.reports import by_technician
from tests.builders.settings import set_time_zone
from tests.builders.world import DEMO, OTHER, World


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the printed lines."""
    exit_code = rebuild.main(["maintenance", *arguments])
    return exit_code, capsys.readouterr().out.splitlines()


def forget(world: World, *order_ids: str) -> None:
    """Leave orders and totals as earlier versions left them."""
    for row in WorkOrderTotal.scan(WorkOrderTotal.pk.startswith(f"{DEMO}#REPORTS#")):
        row.delete()
    for order_id in order_ids:

        def clear(work: UnitOfWork, order_id: str = order_id) -> None:
            actions = [WorkOrder.report_state.remove()]
            work.update_unread(work_order_key(DEMO, order_id), actions=actions, audited=False)

        world.run(clear, DEMO)


@pytest.fixture
def park(world: World) -> Park:
    """A game zone in a time zone in which it is late in the evening."""
    set_time_zone(world, "Asia/Tokyo")
    return Park(world)


def repairs(park: Park) -> list[str]:
    """Return the ids of an order that is done, one that a technician works on after a hold, and one that is new."""
    done, started, new = park.started(photo=True), park.started(), str(park.routed()["id"])
    park.later(hours=4)
    park.hold(started)
    park.later(hours=3)
    park.finish(done)
    park.resume(started)
    return [done, started, new]


def test_counted_orders_have_no_differences(park: Park, capsys: pytest.CaptureFixture[str]) -> None:
    repairs(park)
    assert run(capsys) == (0, ["3 checked, 0 differ, 0 repaired, 0 with gaps"])
    assert run(capsys, "--org", OTHER) == (0, ["0 checked, 0 differ, 0 repaired, 0 with gaps"])


def test_an_order_with_more_events_than_are_shown_is_counted_as_a_whole(
    park: Park, capsys: pytest.CaptureFixture[str]
) -> None:
    order = stored(repairs(park)[1])

    def add_labour(work: UnitOfWork) -> None:
        for _ in range(90):
            record_event(work, order, Actor(DEMO, park.lead.user_id), TimelineAction.LABOUR_ADDED)

    for _ in range(MAX_EVENTS // 90 + 1):
        park.world.run(add_labour, DEMO)
    assert run(capsys) == (0, ["3 checked, 0 differ, 0 repaired, 0 with gaps"])


def test_orders_of_an_earlier_version_are_counted(park: Park, capsys: pytest.CaptureFixture[str]) -> None:
    order_ids = repairs(park)
    before = by_technician(park)
    forget(park.world, *order_ids)
    assert by_technician(park) == {}
    exit_code, printed = run(capsys)
    assert exit_code == 1
    assert f"demo {stored(order_ids[2]).code}: opened on 2026-03-01 of no technician changes by 1" in printed
    assert by_technician(park) == {}
    assert run(capsys, "--write")[1][-1] == "3 checked, 3 differ, 3 repaired, 0 with gaps"
    assert by_technician(park) == before
    assert park.world.audit()[-1].action_type == "WORK_ORDER_RECOUNTED"
    assert run(capsys)[0] == 0


def test_work_goes_on_after_orders_were_counted(park: Park, capsys: pytest.CaptureFixture[str]) -> None:
    order_ids = repairs(park)
    forget(park.world, *order_ids)
    run(capsys, "--write")
    park.later(hours=2)
    park.give_back(order_ids[1])
    assert run(capsys) == (0, ["3 checked, 0 differ, 0 repaired, 0 with gaps"])


def test_an_order_of_an_earlier_version_is_counted_with_its_next_step(
    park: Park, capsys: pytest.CaptureFixture[str]
) -> None:
    [_, started, _] = order_ids = repairs(park)
    forget(park.world, *order_ids)
    park.later(hours=1)
    park.give_back(started)
    counted = by_technician(park)
    assert (counted[""], set(counted[park.tech.user_id])) == ({"opened": 1}, {"labourMinutes"})
    run(capsys, "--write")
    assert by_technician(park)[""]["opened"] == 3
    assert by_technician(park)[park.tech.user_id]["labourMinutes"] == (7 + 4 + 1) * 60
