"""What the scanner shows: one's assignment, how far it is and how fast it goes, all worked out here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal, cast

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock, from_millis, to_millis
from chalicelib.core.store import get_many, parallel
from chalicelib.edge.request import Request
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import section_of
from chalicelib.picking import figures, ledger
from chalicelib.picking.claiming import active_of, waiting
from chalicelib.picking.figures import Performance
from chalicelib.picking.matching import NOTHING
from chalicelib.picking.schemas import (
    ActiveAssignment,
    LogEntry,
    Metrics,
    OrderProgress,
    OrderSummary,
    ScannerData,
    ScannerState,
    ScannerUser,
    Score,
    ScoreInputs,
    View,
)
from chalicelib.picking.standards import PICKING, PickingSettings
from chalicelib.picking.state import Person, State, Status
from chalicelib.picking.tables import Assignment, assignment_key, picker_key
from chalicelib.picking.working_time import Pause

MAX_COUNTED = 100
"""How far the queue is counted; beyond that, how long it is makes no difference to a picker."""
_VIEWS: Mapping[str, View] = {"picker": "picker", "operative": "operative"}
"""The view of each picking role; everybody else is asked for one."""
_SECOND = Decimal(1000)


def scanner_state(request: Request[Any, Any], clock: Clock) -> ScannerState:
    """What the caller's scanner shows now."""
    actor, now = request.actor, clock.now()
    picker = request.read(picker_key(actor.org_id, actor.user_id))
    settled = section_of(request.read(organisation_key(actor.org_id)), PICKING)
    shown = active_of(picker) or (picker.last if picker else None)
    wanted = [assignment_key(actor.org_id, shown)] if shown else []
    found, count = parallel(
        [
            partial(get_many, wanted, clock),
            partial(cast("Any", waiting(actor.org_id, actor.role).count), MAX_COUNTED),
        ]
    )
    assignment = found.get(wanted[0]) if wanted else None
    data = _data(actor, assignment, settled, count, now)
    return ScannerState(
        user=ScannerUser(actor.user_id, actor.role),
        view=_VIEWS.get(actor.role, "role"),
        data=data,
        **{name: getattr(data, name) for name in data.__struct_fields__},
    )


def _data(
    actor: Actor, assignment: Assignment | None, settled: PickingSettings, count: int, now: datetime
) -> ScannerData:
    state = State() if assignment is None else ledger.decode_state(assignment.state)
    if assignment is None or actor.user_id not in state.holders:
        return _nothing(settled.pace_of(actor.role), count, now)
    person = state.people[actor.user_id]
    moment = to_millis(now)
    scored = figures.performance(person.units, person.watch.worked_by(moment), settled.pace_of(assignment.role))
    summary = _summary(assignment, state, now)
    return ScannerData(
        header=f"{assignment.order_label} - {assignment.customer}",
        queueCount=count,
        lastUpdated=assignment.updated_at,
        metrics=_metrics(scored),
        assignment=_assignment(assignment, state, person, actor.user_id),
        order_summary=summary,
        order_progress=OrderProgress(f"{summary.progress_pct}%"),
        order_log=[LogEntry(line.message, from_millis(line.at), _level(line.level)) for line in reversed(state.log)],
        performance=_score(scored),
    )


def _nothing(pace: int, count: int, now: datetime) -> ScannerData:
    scored = figures.performance(NOTHING, 0, pace)
    return ScannerData(
        header="Nothing in hand",
        queueCount=count,
        lastUpdated=now,
        metrics=_metrics(scored),
        assignment=ActiveAssignment(active=False),
        order_summary=OrderSummary(NOTHING, 0, 0, NOTHING, None, 0),
        order_progress=OrderProgress("0%"),
        order_log=[],
        performance=_score(scored),
    )


def _metrics(scored: Performance) -> Metrics:
    rate = figures.rate_per_hour(scored.units, scored.worked_ms)
    return Metrics(
        live_rate_display="-" if rate is None else f"{rate} / h",
        total_units=scored.units,
        perf_score_display="-" if scored.score_pct is None else f"{scored.score_pct}%",
    )


def _score(scored: Performance) -> Score:
    inputs = ScoreInputs(scored.units, scored.worked_ms / _SECOND, scored.standard_units_per_hour)
    return Score(scored.score_pct, figures.RULE_VERSION, inputs)


def _assignment(one: Assignment, state: State, person: Person, user_id: str) -> ActiveAssignment:
    return ActiveAssignment(
        active=state.status is Status.ACTIVE,
        assignment_id=one.assignment_id,
        customer=one.customer,
        order_label=one.order_label,
        zone=one.zone,
        route=one.route,
        started_at=from_millis(state.holders[user_id]),
        status=state.status,
        shared=state.shared,
        on_break=person.watch.pause is Pause.BREAK,
    )


def _summary(one: Assignment, state: State, now: datetime) -> OrderSummary:
    rate = figures.rate_per_hour(state.units, state.worked_ms(to_millis(now)))
    at_work = len(state.holders) if state.status is Status.ACTIVE else 0
    together = None if rate is None else rate * at_work
    left_ms = figures.done_in_ms(one.quantity - state.units, together)
    active = state.status is Status.ACTIVE and left_ms is not None
    return OrderSummary(
        qty=one.quantity,
        locations=one.locations,
        # Where the plan names no pallets, it is those that were wrapped and the one that is being built.
        pallets=one.pallets or state.wraps + state.unwrapped,
        rate=rate or NOTHING,
        eta=now + timedelta(milliseconds=left_ms or 0) if active else None,
        progress_pct=figures.progress_pct(state.units, one.quantity),
    )


def _level(level: str) -> Literal["info", "warning"]:
    return "warning" if level == "warning" else "info"
