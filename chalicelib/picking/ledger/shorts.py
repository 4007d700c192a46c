"""The records of lines that were closed short, which supervisors list.

They follow from the state of an assignment and change with it. If an undo opens many lines at once, the records of most
of them are changed just after the commit.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial

from pynamodb.expressions.condition import Condition

from chalicelib.core.clock import from_millis
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.entries import decode_lines, decode_state
from chalicelib.picking.ledger.matching import ZERO, PickLines
from chalicelib.picking.ledger.state import AssignmentState, ShortLine
from chalicelib.picking.ledger.tables import ShortRecord, short_place, short_record_key, shorts_key
from chalicelib.picking.tables import Assignment, assignment_key, lines_key

MAX_SHORTS_AT_ONCE = 2
_MAX_LATER = 90
_ALWAYS: Condition = ShortRecord.pk.exists() | ShortRecord.pk.does_not_exist()


def short_quantities(state: AssignmentState) -> Mapping[int, tuple[ShortLine, Decimal]]:
    """Return the lines that were closed short, with what was picked of each."""
    return {number: (short, state.picked.get(number, ZERO)) for number, short in state.shorts.items()}


def record_shorts(
    work: UnitOfWork,
    assignment: Assignment,
    lines: PickLines,
    state: AssignmentState,
    before: Mapping[int, tuple[ShortLine, Decimal]],
) -> None:
    """Stage the records of lines that were closed or opened since, or of which another quantity was picked."""
    after = short_quantities(state)
    changed = sorted(number for number in before.keys() | after.keys() if before.get(number) != after.get(number))
    _stage(work, assignment, lines, state, changed[:MAX_SHORTS_AT_ONCE])
    for start in range(MAX_SHORTS_AT_ONCE, len(changed), _MAX_LATER):
        numbers = changed[start : start + _MAX_LATER]
        later = partial(_record_later, org_id=assignment.org_id, ref=assignment.assignment_id, numbers=numbers)
        work.follow_ups.append((assignment.org_id, later))


def _record_later(work: UnitOfWork, *, org_id: str, ref: str, numbers: Iterable[int]) -> None:
    assignment, lines = get(assignment_key(org_id, ref)), get(lines_key(org_id, ref))
    if assignment is not None and lines is not None:
        _stage(work, assignment, decode_lines(lines.lines), decode_state(assignment.state), numbers)


def _stage(
    work: UnitOfWork, assignment: Assignment, lines: PickLines, state: AssignmentState, numbers: Iterable[int]
) -> None:
    for number in numbers:
        key, short = short_record_key(assignment.pk, number), state.shorts.get(number)
        if short is None:
            work.remove(key, _ALWAYS, Unavailable())
            continue
        line, at = lines.by_number[number], from_millis(short.at)
        record = key.new(
            **{name: getattr(assignment, name) for name in ("assignment_id", "customer", "order_label", "zone")},
            **{name: getattr(line, name) for name in ("sku", "location", "quantity")},
            line_number=number,
            picked=state.picked.get(number, ZERO),
            reason=short.reason,
            user_id=short.by,
            user_name=short.name,
            at=at,
            desk_key=shorts_key(assignment.org_id),
            desk_place=short_place(at, assignment.assignment_id, number),
        )
        work.create(record, Unavailable(), unless=ShortRecord.pk.exists(), audited=False)
