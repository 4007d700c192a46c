"""Findings: an item of a checklist becomes a work order, which holds the checklist back from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.request import Request
from chalicelib.identity.tables import organisation_key
from chalicelib.maintenance import checklists
from chalicelib.maintenance.options import MaintenanceOptions, options_of
from chalicelib.maintenance.rules import State
from chalicelib.maintenance.schemas import NamedItem, NewWorkOrder
from chalicelib.maintenance.tables import (
    Checklist,
    Ride,
    WorkOrder,
    WorkOrderEvent,
    listed,
    ride_key,
    work_order_key,
)
from chalicelib.maintenance.timeline import Action, record_event

CREATE = "maintenance.workorder.create"


class Finding(NamedTuple):
    """What is to be repaired: an item `{item_ref, text, note}` of a checklist of a ride."""

    checklist: Checklist
    ride: Ride
    item: Mapping[str, Any]


def route_finding(
    work: UnitOfWork, request: Request[NewWorkOrder, Any], deps: Dependencies
) -> tuple[WorkOrder, WorkOrderEvent]:
    """Make a work order of an item of a checklist, which it holds back from now on.

    Raises `NotFound` and `AccessDenied` (of the checklist), `Conflict` or `ValidationFailed`.
    """
    actor = request.actor
    checklist = checklists.existing_checklist(request, _named_checklist(request))
    places = ride_key(actor.org_id, checklist.ride_code), organisation_key(actor.org_id)
    found = get_many(places, deps.clock)
    ride = checklists.reached_ride(actor, CREATE, found.get(places[0]))
    checklists.check_room(checklist)
    finding, wanted = Finding(checklist, ride, _named_item(request, checklist)), request.body
    order = _new_order(work, actor, wanted, finding, options_of(found.get(places[1])))
    work.audit(WorkOrder.kind, order.order_id, "WORK_ORDER_ROUTED")
    work.create(order)
    return order, record_event(work, order, actor, Action.ROUTED, wanted.instructions)


def _named_checklist(request: Request[NewWorkOrder, Any]) -> str:
    """The checklist that a body names, even if something else in it is wrong: what exists is checked before that."""
    flaw = request.flaw
    if flaw is None:
        return request.body.checklist_ref
    if request.named is None or "checklistRef" in flaw.fields:
        raise flaw
    return request.named


def _named_item(request: Request[NewWorkOrder, Any], checklist: Checklist) -> Mapping[str, Any]:
    """The item of the checklist that a body names. Raises `ValidationFailed`, with whatever else is wrong."""
    if request.flaw is None:
        flaws, item_ref = dict[str, str](), request.body.item_ref
    else:
        named = request.glimpse(NamedItem)
        if named is None:
            raise request.flaw
        flaws, item_ref = dict(request.flaw.fields), named.item_ref
    items: list[dict[str, Any]] = checklist.items
    item = next((one for one in items if one["item_ref"] == item_ref), None)
    if item is None:
        flaws["itemRef"] = "is not an item of this checklist"
    if item is None or flaws:
        raise ValidationFailed(flaws)
    return item


def _new_order(
    work: UnitOfWork, actor: Actor, wanted: NewWorkOrder, finding: Finding, options: MaintenanceOptions
) -> WorkOrder:
    """The order, which holds back its checklist."""
    order_id = work.ids.new()
    where = work_order_key(actor.org_id, order_id)
    checklist, ride, item = finding
    due_at = work.now + options.allowed(wanted.priority)
    order = WorkOrder(
        where.pk,
        where.sk,
        order_id=order_id,
        org_id=actor.org_id,
        code=checklists.hold(work, checklist, order_id),
        state=State.ROUTED.value,
        priority=wanted.priority.value,
        game_zone=ride.game_zone,
        ride_code=ride.code,
        ride_name=ride.name,
        checklist_ref=checklist.checklist_ref,
        checklist_name=checklist.name,
        item_ref=wanted.item_ref,
        item_text=item["text"],
        item_note=item.get("note"),
        instructions=wanted.instructions,
        routed_by_id=actor.user_id,
        routed_by_name=actor.full_name,
        due_at=due_at,
        notice_at=due_at - options.soon,
        created_at=work.now,
        updated_at=work.now,
    )
    for name, value in listed(order).items():
        setattr(order, name, value)
    return order
