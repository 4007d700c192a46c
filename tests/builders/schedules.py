"""Schedules of a park, and what the sweep made of them."""

from typing import Any

from chalicelib.core.store import get
from chalicelib.maintenance.schedules.tables import Schedule, schedule_key
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from tests.builders.maintenance import ITEMS, Park
from tests.builders.world import DEMO, World

PATH = "/v1/schedules"
AMSTERDAM = "Europe/Amsterdam"


def schedule_body(park: Park, **fields: Any) -> dict[str, Any]:
    """The body that makes a daily schedule of the first item of a park's checklist."""
    return {
        "rideCode": park.ride,
        "checklistRef": park.checklist,
        "itemRef": ITEMS[0],
        "rrule": "FREQ=DAILY",
        "timezone": AMSTERDAM,
        "leadDays": 0,
        "priority": "MEDIUM",
        **fields,
    }


def scheduled(park: Park, **fields: Any) -> dict[str, Any]:
    """A new schedule, as it was answered."""
    answer = park.lead.post(PATH, schedule_body(park, **fields))
    assert answer.status == 201, answer
    schedule: dict[str, Any] = answer.json
    return schedule


def stored_schedule(schedule_id: str, org_id: str = DEMO) -> Schedule:
    """A schedule as it is stored."""
    found = get(schedule_key(org_id, schedule_id))
    assert found is not None, schedule_id
    return found


def sign_in_again(park: Park) -> None:
    """Sign everybody of a park in again, because a test let days pass."""
    for name in ("manager", "ops", "lead", "tech"):
        person = getattr(park, name)
        setattr(park, name, park.world.signed_in(person.org_id, person.user_id, person.role))


def made_orders(world: World, schedule_id: str, *days: str, org_id: str = DEMO) -> list[WorkOrder | None]:
    """The work orders of a schedule on these dates; None where there is none."""
    return [get(work_order_key(org_id, f"{schedule_id}.{day}")) for day in days]


def made_dates(world: World, schedule_id: str, org_id: str = DEMO) -> list[str]:
    """The dates of all work orders that were made of a schedule, by the audit trail, in their order."""
    rows = (row.entity_id for row in world.audit(org_id) if row.action_type == "WORK_ORDER_ROUTED" and row.made_changes)
    return sorted(order_id.partition(".")[2] for order_id in rows if order_id.startswith(f"{schedule_id}."))
