"""The one way in which a work order changes state: all that goes with it is staged here, so nothing can be forgotten.

The order with its place in the lists, the counts of the technician who had it and of the one who has it, and the event
in its timeline.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.rules import TRANSITIONS, Holder, State, Step, count_shifts, steps_from
from chalicelib.maintenance.tables import TechnicianCounts, WorkOrder, counts_key, listed
from chalicelib.maintenance.timeline import Action, record_event


def check_step(order: WorkOrder, step: Step) -> State:
    """The state to which a step leads from where an order is. Raises `Conflict` if it leads nowhere."""
    state = State(order.state)
    to = TRANSITIONS.get((state, step))
    if to is None:
        raise Conflict(
            f"A work order that is {state.value} does not take the step {step.value}.",
            details={"state": state, "step": step, "possible": steps_from(state)},
        )
    return to


def move(
    work: UnitOfWork,
    order: WorkOrder,
    actor: Actor,
    action: Action,
    values: Mapping[str, object],
    *,
    note: str | None = None,
) -> None:
    """Stage an order's new values, its `state` among them, and all that follows from state and technician."""
    before: Holder = (order.technician_id, State(order.state))
    work.update(order, {**values, "updated_at": work.now})
    work.update(order, listed(order))
    shift_counts(work, order, before)
    record_event(work, order, actor, action, note)


def shift_counts(work: UnitOfWork, order: WorkOrder, before: Holder) -> None:
    """Stage the counts of whoever had an order before and of whoever has it now."""
    for technician_id, shifts in count_shifts(before, (order.technician_id, State(order.state))).items():
        actions = [getattr(TechnicianCounts, name).add(by) for name, by in shifts.items()]
        where = counts_key(order.org_id, technician_id, order.game_zone)
        work.update_unread(where, actions=actions, audited=False)
