"""The totals of reports, which change in the transactions of the steps that they count.

An order remembers what it has added, and each step adds the difference, on the days on which things happened. So a
reopening takes back what the closing had added, wherever that was, and orders of earlier versions are counted with
their next step. Days are those of the organisation's time zone when the order was made.

Labour and parts that people add count as they are, and are taken back so; no order remembers them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from pynamodb.expressions.update import Action

from chalicelib.core.clock import to_millis
from chalicelib.core.structs import decoder_of
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import GeneralSettings
from chalicelib.maintenance.reports.rules import (
    NO_TECHNICIAN,
    DayKey,
    Figures,
    FiguresByDay,
    OrderFacts,
    differences,
    figures_of,
    was_late,
)
from chalicelib.maintenance.reports.tables import TotalKey, WorkOrderTotal, cost_attribute, total_key
from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.tables import WorkOrder

_MINUTE_MS = 60_000


class ReportState(msgspec.Struct, array_like=True):
    """What an order remembers: its time zone, and what it has added to the totals.

    `repair` is the time of work of the present attempt, in milliseconds, up to its last hold.
    """

    zone: str = "UTC"
    repair: int = 0
    rows: list[list[int | str]] = []
    """What was added, in few bytes: the ordinal of the day, the technician's id, and the figures up to the last one."""

    @property
    def added(self) -> dict[DayKey, Figures]:
        """Return what was added to the totals."""
        return {
            DayKey(date.fromordinal(int(day)).isoformat(), str(technician_id)): Figures(*map(int, figures))
            for day, technician_id, *figures in self.rows
        }

    @property
    def labour(self) -> dict[DayKey, int]:
        """Return the milliseconds of work that were added."""
        return {place: figures.labour for place, figures in self.added.items() if figures.labour}

    def encoded(self, added: FiguresByDay) -> str:
        """Return the stored form of a state that has added something else."""
        rows = [
            [date.fromisoformat(place.day).toordinal(), place.technician_id, *_without_zeros_at_the_end(figures)]
            for place, figures in sorted(added.items())
        ]
        return msgspec.json.encode(msgspec.structs.replace(self, rows=rows)).decode()

    def day(self, moment: datetime) -> str:
        """Return the local day of a moment."""
        return GeneralSettings(self.zone).local_date(moment).isoformat()


class Worker(NamedTuple):
    """A person who works on an order."""

    user_id: str
    name: str | None


class Snapshot(NamedTuple):
    """What a step changes and the totals need: the state, the technician, and since when the technician has worked."""

    state: WorkOrderState
    technician: Worker
    working_since: int


def snapshot_of(order: WorkOrder) -> Snapshot:
    """Return the snapshot of an order before a step."""
    # Orders that earlier versions started have no `working_since`.
    since = order.working_since or order.attempt_started_at or order.started_at or order.updated_at
    return Snapshot(WorkOrderState(order.state), technician_of(order), to_millis(since))


def technician_of(order: WorkOrder) -> Worker:
    """Return the technician of an order; the id is empty without one."""
    return Worker(order.technician_id or NO_TECHNICIAN, order.technician_name)


def report_state(order: WorkOrder) -> ReportState:
    """Return what an order remembers."""
    if order.report_state is None:
        return ReportState()
    state: ReportState = decoder_of(ReportState).decode(order.report_state)
    return state


def count_new_order(work: UnitOfWork, order: WorkOrder, time_zone: str) -> None:
    """Stage that an order was opened."""
    stage_totals(work, order, ReportState(time_zone), {}, [])


def count_step(work: UnitOfWork, order: WorkOrder, before: Snapshot) -> None:
    """Stage what a step of an order changes in the totals; the order has its new values already."""
    after, now = WorkOrderState(order.state), to_millis(work.now)
    memory = report_state(order)
    labour = memory.labour
    if before.state is not after:
        if before.state is WorkOrderState.IN_PROGRESS:
            spent = max(0, now - before.working_since)
            place = DayKey(memory.day(work.now), before.technician.user_id)
            labour[place] = labour.get(place, 0) + spent
            memory = msgspec.structs.replace(memory, repair=memory.repair + spent)
        if after is WorkOrderState.IN_PROGRESS and before.state is WorkOrderState.ASSIGNED:
            memory = msgspec.structs.replace(memory, repair=0)
    stage_totals(work, order, memory, labour, [before.technician])


def stage_totals(
    work: UnitOfWork, order: WorkOrder, memory: ReportState, labour: Mapping[DayKey, int], workers: list[Worker]
) -> None:
    """Stage the differences to what an order has added before, and that it remembers what it has added now.

    `workers` are people beside its technician, by whose ids totals change.
    """
    added = figures_of(facts_of(order, memory), labour)
    names = dict([*workers, technician_of(order)])
    for place, change in differences(memory.added, added).items():
        _add(work, order, place, names.get(place.technician_id), _additions(order, change))
    written = memory.encoded(added)
    if written != order.report_state:
        work.update(order, {"report_state": written})


def facts_of(order: WorkOrder, memory: ReportState) -> OrderFacts:
    """Return what the figures of an order follow from."""
    state = WorkOrderState(order.state)
    is_repair = order.started_at is not None and order.vendor is None
    return OrderFacts(
        state,
        order.technician_id or NO_TECHNICIAN,
        opened_on=memory.day(order.created_at),
        due_on=memory.day(order.due_at),
        closed_on=None if order.closed_at is None else memory.day(order.closed_at),
        was_late=was_late(state, order.due_at, order.closed_at, order.held_at),
        repair=memory.repair if is_repair else None,
    )


def count_labour(work: UnitOfWork, order: WorkOrder, worker: Worker, at: datetime, minutes: int) -> None:
    """Stage minutes of labour that a user added at a moment, or took back if they are negative.

    It may be called at most once per unit of work, worker and day.
    """
    place = DayKey(report_state(order).day(at), worker.user_id)
    _add(work, order, place, worker.name, [WorkOrderTotal.labour.add(minutes * _MINUTE_MS)])


class PartsUsed(NamedTuple):
    """A quantity of parts, and what all of them cost together; negative if they are taken back.

    The currency is an ISO 4217 code, None if the cost was entered without one.
    """

    quantity: Decimal
    cost: Decimal = Decimal(0)
    currency: str | None = None


def count_parts(work: UnitOfWork, order: WorkOrder, worker: Worker, at: datetime, parts: PartsUsed) -> None:
    """Stage parts that a user used, at most once per unit of work, worker and day."""
    actions: list[Action] = [WorkOrderTotal.parts_quantity.add(parts.quantity)]
    if parts.cost:
        actions.append(cost_attribute(parts.currency).add(parts.cost))
    _add(work, order, DayKey(report_state(order).day(at), worker.user_id), worker.name, actions)


def _without_zeros_at_the_end(figures: Figures) -> list[int]:
    last = max((number for number, amount in enumerate(figures) if amount), default=-1)
    return list(figures[: last + 1])


def _additions(order: WorkOrder, change: Figures) -> list[Action]:
    actions = [getattr(WorkOrderTotal, name).add(amount) for name, amount in change._asdict().items() if amount]
    if change.opened > 0:
        opening: Any = WorkOrderTotal.openings
        actions.append(opening.add({to_millis(order.created_at)}))
    return actions


def _add(work: UnitOfWork, order: WorkOrder, place: DayKey, name: str | None, actions: Sequence[Action]) -> None:
    about = TotalKey(order.game_zone, place.day, order.ride_code, place.technician_id)
    names = [WorkOrderTotal.ride_name.set(order.ride_name)]
    if name is not None and place.technician_id:
        names.append(WorkOrderTotal.technician_name.set(name))
    work.update_unread(total_key(order.org_id, about), actions=[*names, *actions], audited=False)
