"""Assignments as supervisors read them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from chalicelib.core.clock import to_millis
from chalicelib.core.pagination import Page
from chalicelib.picking.assignments import metrics
from chalicelib.picking.assignments.views import log_entry
from chalicelib.picking.desk.schemas import AssignmentDetail, AssignmentPage, AssignmentPicker, AssignmentSummary
from chalicelib.picking.ledger.entries import decode_state
from chalicelib.picking.ledger.state import AssignmentState, AssignmentStatus
from chalicelib.picking.settings import PickingSettings
from chalicelib.picking.tables import Assignment

_SECOND_MS = Decimal(1000)


class AssignmentNow(NamedTuple):
    """An assignment at a moment, with the organisation's settings of picking."""

    assignment: Assignment
    settings: PickingSettings
    now: datetime


def assignment_page_view(page: Page[Assignment]) -> AssignmentPage:
    """Return a page of assignments."""
    return AssignmentPage([AssignmentSummary(**_summary(one)) for one in page.items], page.next_cursor)


def assignment_detail_view(seen: AssignmentNow) -> AssignmentDetail:
    """Return an assignment with its pickers and log."""
    state = decode_state(seen.assignment.state)
    return AssignmentDetail(
        **_summary(seen.assignment),
        version=seen.assignment.version,
        shared=state.shared,
        wraps=state.wraps,
        delays=state.delays,
        breaks=state.breaks,
        pickers=_pickers(seen, state),
        log=[log_entry(line) for line in reversed(state.log)],
    )


def _summary(assignment: Assignment) -> dict[str, Any]:
    same = ("assignment_id", "customer", "order_label", "role", "zone", "route", "priority", "locations")
    times = ("created_at", "updated_at", "started_at", "close_reason")
    return {
        **{name: getattr(assignment, name) for name in (*same, *times)},
        "status": AssignmentStatus(assignment.status),
        "qty": assignment.quantity,
        "picked_qty": assignment.units,
        "progress_pct": metrics.progress_pct(assignment.units, assignment.quantity),
        "holders": sorted(assignment.holders or ()),
    }


def _pickers(seen: AssignmentNow, state: AssignmentState) -> list[AssignmentPicker]:
    standard, now = seen.settings.units_per_hour(seen.assignment.role), to_millis(seen.now)
    holders, pickers = state.active_holders, list[AssignmentPicker]()
    for user_id, person in state.people.items():
        worked = metrics.performance(person.units, person.timer.worked_by(now), standard)
        picker = AssignmentPicker(
            user_id=user_id,
            name=person.name,
            holds=user_id in holders,
            units=person.units,
            worked_seconds=worked.worked_ms / _SECOND_MS,
            rate=metrics.rate_per_hour(person.units, worked.worked_ms),
            score_pct=worked.score_pct,
            pause=person.timer.pause,
        )
        pickers.append(picker)
    return sorted(pickers, key=lambda picker: (not picker.holds, -picker.units, picker.user_id))
