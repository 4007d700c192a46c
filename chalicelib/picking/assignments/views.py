"""Assignments as clients read them, and the scanner's view: the server computes every value in it."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo
from decimal import Decimal
from typing import Any

from chalicelib.core.clock import from_millis, to_millis
from chalicelib.picking.assignments import metrics, schemas
from chalicelib.picking.assignments.metrics import Performance
from chalicelib.picking.assignments.queries import ScannerSnapshot
from chalicelib.picking.assignments.service import HeldAssignment
from chalicelib.picking.ledger.effects import PickerProgress
from chalicelib.picking.ledger.entries import decode_state
from chalicelib.picking.ledger.log_lines import WARNING, LogLine, decimal_text
from chalicelib.picking.ledger.matching import ZERO
from chalicelib.picking.ledger.state import AssignmentState, AssignmentStatus
from chalicelib.picking.ledger.working_time import Pause
from chalicelib.picking.tables import Assignment

_VIEW_NAMES: Mapping[str, schemas.ViewName] = {"picker": "picker", "operative": "operative"}
"""The view of each picking role; other roles see `role`."""
_SECOND_MS = Decimal(1000)


def assignment_view(assignment: Assignment) -> schemas.AssignmentView:
    """Return an assignment."""
    started_at = decode_state(assignment.state).started_at
    return schemas.AssignmentView(
        **_common_fields(assignment),
        status=AssignmentStatus(assignment.status),
        qty=assignment.quantity,
        picked_qty=assignment.units,
        version=assignment.version,
        started_at=None if started_at is None else from_millis(started_at),
        close_reason=assignment.close_reason,
    )


def held_assignment_view(held: HeldAssignment) -> schemas.Assigned:
    """Return an assignment for the picker who holds it."""
    return schemas.Assigned(**_common_fields(held.assignment), started_at=from_millis(held.held_since))


def scanner_state_view(snapshot: ScannerSnapshot) -> schemas.ScannerState:
    """Return what a user's scanner shows."""
    data = _scanner_data(snapshot)
    return schemas.ScannerState(
        user=schemas.ScannerUser(snapshot.actor.user_id, snapshot.actor.role, snapshot.actor.full_name),
        view=_VIEW_NAMES.get(snapshot.actor.role, "role"),
        data=data,
        **{name: getattr(data, name) for name in data.__struct_fields__},
    )


def _scanner_data(snapshot: ScannerSnapshot) -> schemas.ScannerData:
    user_id, assignment, now = snapshot.actor.user_id, snapshot.assignment, snapshot.now
    state = AssignmentState() if assignment is None else decode_state(assignment.state)
    if assignment is None or user_id not in state.holders:
        return _data_without_assignment(snapshot)
    person = state.people[user_id]
    standard = snapshot.settings.units_per_hour(assignment.role)
    performance = metrics.performance(person.units, person.timer.worked_by(to_millis(now)), standard)
    summary = _order_summary(assignment, state, snapshot)
    return schemas.ScannerData(
        header=f"{assignment.order_label} - {assignment.customer}",
        queueCount=snapshot.queue_count,
        lastUpdated=assignment.updated_at,
        metrics=_metrics(performance),
        assignment=_active_assignment(assignment, state, person, user_id),
        order_summary=summary,
        order_progress=schemas.OrderProgress(f"{summary.progress_pct}%"),
        order_log=[_scanner_log_entry(line, snapshot.zone) for line in reversed(state.log)],
        performance=_score(performance),
    )


def _data_without_assignment(snapshot: ScannerSnapshot) -> schemas.ScannerData:
    performance = metrics.performance(ZERO, 0, snapshot.settings.units_per_hour(snapshot.actor.role))
    return schemas.ScannerData(
        header="No assignment",
        queueCount=snapshot.queue_count,
        lastUpdated=snapshot.now,
        metrics=_metrics(performance),
        assignment=schemas.ActiveAssignment(active=False),
        order_summary=schemas.OrderSummary(ZERO, 0, 0, _rate_text(None), None, None, 0),
        order_progress=schemas.OrderProgress("0%"),
        order_log=[],
        performance=_score(performance),
    )


def _metrics(performance: Performance) -> schemas.Metrics:
    rate = metrics.rate_per_hour(performance.units, performance.worked_ms)
    return schemas.Metrics(
        live_rate_display="-" if rate is None else f"{rate} / h",
        total_units=performance.units,
        perf_score_display="-" if performance.score_pct is None else f"{performance.score_pct}%",
    )


def _score(performance: Performance) -> schemas.Score:
    worked_seconds = performance.worked_ms / _SECOND_MS
    inputs = schemas.ScoreInputs(performance.units, worked_seconds, performance.standard_units_per_hour)
    return schemas.Score(performance.score_pct, metrics.RULE_VERSION, inputs)


def _active_assignment(
    assignment: Assignment, state: AssignmentState, person: PickerProgress, user_id: str
) -> schemas.ActiveAssignment:
    return schemas.ActiveAssignment(
        active=state.status is AssignmentStatus.ACTIVE,
        **_common_fields(assignment),
        started_at=from_millis(state.holders[user_id]),
        status=state.status,
        shared=state.shared,
        on_break=person.timer.pause is Pause.BREAK,
    )


def _order_summary(assignment: Assignment, state: AssignmentState, snapshot: ScannerSnapshot) -> schemas.OrderSummary:
    now = snapshot.now
    rate = metrics.rate_per_hour(state.units, state.worked_ms(to_millis(now)))
    combined_rate = None if rate is None else rate * len(state.active_holders)
    remaining_ms = metrics.remaining_ms(assignment.quantity - state.units, combined_rate)
    has_eta = state.status is AssignmentStatus.ACTIVE and remaining_ms is not None
    eta = now + timedelta(milliseconds=remaining_ms or 0) if has_eta else None
    return schemas.OrderSummary(
        qty=assignment.quantity,
        locations=assignment.locations,
        # Where the lines name no pallets, these are the wrapped ones and the one being built.
        pallets=assignment.pallets or state.wraps + state.unwrapped,
        rate=_rate_text(rate),
        eta=None if eta is None else eta.astimezone(snapshot.zone).strftime("%H:%M"),
        eta_at=eta,
        progress_pct=metrics.progress_pct(state.units, assignment.quantity),
    )


def _rate_text(rate: Decimal | None) -> str:
    return "-" if rate is None else f"{decimal_text(rate)} / h"


def _scanner_log_entry(line: LogLine, zone: tzinfo) -> schemas.ScannerLogEntry:
    shown, at = log_entry(line), from_millis(line.at)
    return schemas.ScannerLogEntry(shown.message, at.astimezone(zone).strftime("%H:%M:%S"), shown.level, at)


def _common_fields(assignment: Assignment) -> dict[str, Any]:
    """Return the fields that all views of an assignment have."""
    return {name: getattr(assignment, name) for name in ("assignment_id", "customer", "order_label", "zone", "route")}


def log_entry(line: LogLine) -> schemas.LogEntry:
    """Return a message of the log."""
    return schemas.LogEntry(line.message, from_millis(line.at), "warning" if line.level == WARNING else "info")
