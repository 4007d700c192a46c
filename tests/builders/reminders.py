"""Work orders in somebody's hands, written straight into the store: what matters here is only when they are due."""

from datetime import datetime, timedelta

from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.tables import WorkOrder, index_keys, work_order_key
from tests.builders.notices import listed as notices_of
from tests.builders.world import Person, World

SOON = timedelta(hours=2)
ZONE = "North"


def in_hand(
    world: World,
    technician: Person,
    due_at: datetime,
    *,
    lead: Person | None = None,
    state: WorkOrderState = WorkOrderState.ASSIGNED,
) -> str:
    """An order that this technician has, assigned by this lead; its id."""
    order_id = world.ids.new()
    where = work_order_key(technician.org_id, order_id)
    order = WorkOrder(
        where.pk,
        where.sk,
        order_id=order_id,
        org_id=technician.org_id,
        code=f"WO-{next(world.numbers)}",
        state=state.value,
        priority="HIGH",
        game_zone=ZONE,
        ride_code="R-1",
        ride_name="Carousel",
        checklist_ref="C-1",
        checklist_name="Daily check",
        item_ref="I-1",
        item_text="Lamp is broken",
        technician_id=technician.user_id,
        technician_name="Theo",
        routed_by_id="ops",
        routed_by_name="Olga",
        assigned_by_id=lead.user_id if lead else None,
        due_at=due_at,
        notice_at=due_at - SOON,
        created_at=world.clock.now(),
        updated_at=world.clock.now(),
        org_state_key="-",
        zone_state_key="-",
    )
    for name, value in index_keys(order).items():
        setattr(order, name, value)

    def save(work: UnitOfWork) -> None:
        work.create(order)

    world.run(save, technician.org_id)
    return order_id


def stored(order_id: str, org_id: str = "demo") -> WorkOrder:
    """An order as it is stored."""
    found = get(work_order_key(org_id, order_id))
    assert found is not None
    return found


def changed(world: World, order_id: str, org_id: str = "demo", **values: object) -> None:
    """Change an order as its own steps do: by its version, with its place in the lists."""

    def change(work: UnitOfWork) -> None:
        order = stored(order_id, org_id)
        work.update(order, values)
        work.update(order, index_keys(order))

    world.run(change, org_id)


def told(person: Person) -> list[tuple[str, str]]:
    """What somebody was told, oldest first: kind of notice, and the order that it is about."""
    again = person.world.signed_in(person.org_id, person.user_id, person.role)  # tests let hours pass
    items = notices_of(again, "?limit=100")["items"]
    return [(item["type"], item["subject"]["id"]) for item in reversed(items)]
