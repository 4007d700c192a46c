"""The entities that requests of maintenance name: how they are found, and whom the scopes "own" and "zone" refer to."""

from operator import attrgetter

from chalicelib.core.actor import Actor
from chalicelib.edge.endpoint import Resource
from chalicelib.identity.accounts.tables import organisation_key, user_key
from chalicelib.maintenance.checklists.tables import checklist_key, ride_key
from chalicelib.maintenance.comments.tables import discussion_key
from chalicelib.maintenance.rules import WORK_ORDER as WORK_ORDER_STATES
from chalicelib.maintenance.schedules.tables import schedule_key
from chalicelib.maintenance.usage.tables import labour_key, part_key, usage_key
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key


def work_order_owners(order: WorkOrder, actor: Actor) -> tuple[str | None, ...]:
    """Return the technician of a work order, whose own it is only while both are in the same game zone."""
    return (order.technician_id,) if order.game_zone == actor.game_zone else ()


WORK_ORDER = Resource(
    key=work_order_key,
    id_from=("work_order_id",),
    owners=work_order_owners,
    zone=attrgetter("game_zone"),
    states=WORK_ORDER_STATES,
    state=attrgetter("state"),
)
DISCUSSION = Resource(key=discussion_key, id_from=("work_order_id",), required=False)
"""The count of a work order's comments and who takes part; absent before the first one."""
USAGE = Resource(key=usage_key, id_from=("work_order_id",), required=False)
"""The sums of what a work order used; absent before anything was added."""
LABOUR = Resource(key=labour_key, id_from=("work_order_id", "labour_id"))
PART = Resource(key=part_key, id_from=("work_order_id", "part_id"))
RIDE = Resource(key=ride_key, id_from=("ride_code",), zone=attrgetter("game_zone"))
CHECKLIST = Resource(key=checklist_key, id_from=("checklist_ref",), in_scope=False)
"""A checklist by its path parameter. Its zone is that of its ride, which the use case reads and checks."""
ROUTED_CHECKLIST = Resource(key=checklist_key, id_from=("checklistRef",), in_scope=False)
"""The checklist that a new work order or schedule names."""
SCHEDULED_RIDE = Resource(key=ride_key, id_from=("rideCode",), required=False)
"""The ride that a new schedule names."""
SCHEDULE = Resource(key=schedule_key, id_from=("schedule_id",), zone=attrgetter("game_zone"))
TECHNICIAN = Resource(key=user_key, id_from=("technicianId",), required=False)
ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)
