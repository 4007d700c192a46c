"""Appends entries to the ledger of an assignment, and stages everything that follows from them.

Every change of an assignment's state goes through `AssignmentWriter.append`: the entries are numbered and folded, and
one unit of work holds the segment of the ledger, the assignment with its new state, and what each picker holds. The
assignment's version is the condition of the transaction, so the numbers have no gap and no entry is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.commit import EXACT_VERSION, MAX_ITEMS
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.day_totals import count_days
from chalicelib.picking.ledger.entries import StoredEntry, decode_state, encode_state, new_segment
from chalicelib.picking.ledger.matching import PickLines
from chalicelib.picking.ledger.rules import advance, can_advance
from chalicelib.picking.ledger.shorts import MAX_SHORTS_AT_ONCE, record_shorts, short_quantities
from chalicelib.picking.ledger.snapshots import entries_since_snapshot, fold_from, is_snapshot_due
from chalicelib.picking.ledger.state import AssignmentState, AssignmentStatus, PickEntry
from chalicelib.picking.ledger.tables import LedgerSegment
from chalicelib.picking.ledger.tails import LedgerBase, LedgerEnd, LedgerTail, NumberedEntry, ledger_end, read_tail
from chalicelib.picking.ledger.zone_counts import count_in_zone, count_in_zone_later
from chalicelib.picking.tables import (
    JOINABLE,
    PICK_HOURS,
    WAITING,
    Assignment,
    Picker,
    PickerClaim,
    claim_sort_key,
    list_key,
    picker_key,
    queue_key,
    queue_place,
)

MAX_HOLDERS = 8
"""The largest number of holders of an assignment: when it completes, one transaction releases all of them. It also
counts the assignment in its zone, unless there are so many."""
FURTHER_ITEMS = 4
"""The segment, the assignment, the audit row and the hourly counts."""

_STAGED_LATER = 2
"""The audit row and the idempotency record; the records of events are staged later too."""


class AssignmentWriter:
    """An assignment that was read, with its lines and its newest segments where those were read too.

    Without lines, no entry may be one that a client sent.
    """

    def __init__(
        self,
        assignment: Assignment,
        lines: PickLines | None = None,
        newest_segments: Sequence[LedgerSegment] | None = None,
    ) -> None:
        self.assignment = assignment
        self.lines = lines or PickLines(())
        self.state = decode_state(assignment.state)
        self._has_lines = lines is not None
        self._newest_segments = newest_segments
        self._tail: LedgerTail | None = None
        self._written: list[NumberedEntry] = []
        """The entries of this writer that the tail lacks."""
        self._is_reading = False

    def entry_time(self, work: UnitOfWork) -> int:
        """Return the time of an entry that a use case writes now: never before the newest entry."""
        return max(to_millis(work.now), self.state.last[0])

    def append(
        self,
        work: UnitOfWork,
        user_id: str,
        entries: Sequence[StoredEntry],
        values: Mapping[str, object] | None = None,
        *,
        claimed_by: str | None = None,
        label: str | None = None,
    ) -> None:
        """Stage entries and what follows from them; `values` are further attributes of the assignment.

        `claimed_by` is the user who claims it and must hold nothing else; `label` identifies this assignment in the
        next attempt's `conflicts`.
        """
        before, counted = self.state.active_holders, _counted(self.state)
        shorts = short_quantities(self.state)
        first = self.assignment.seq + 1
        snapshots = self._fold(work, [entry.entry(seq, user_id) for seq, entry in enumerate(entries, first)])
        work.create(new_segment(self.assignment.pk, first, user_id, work.now, entries), Unavailable(), audited=False)
        changed = {
            "seq": first - 1 + len(entries),
            **derived_attributes(self.assignment, self.state),
            "updated_at": work.now,
            **snapshots,
            **(values or {}),
        }
        # Each conflict means that another request was served. Only a claim gives up early: it takes another assignment.
        work.update(self.assignment, changed, on_conflict=Unavailable(), label=label or EXACT_VERSION)
        if len(before ^ self.state.active_holders) < MAX_HOLDERS:
            count_in_zone(work, self.assignment)
        else:
            count_in_zone_later(work, self.assignment)
        record_shorts(work, self.assignment, self.lines, self.state, shorts)
        self._update_pickers(work, before, self.state.active_holders, claimed_by, label)
        changes = {name: amount - counted[name] for name, amount in _counted(self.state).items()}
        PICK_HOURS.count(work, self.assignment.org_id, **changes)
        room = MAX_ITEMS - len(work) - len(entries) - _STAGED_LATER
        work.update(self.assignment, count_days(work, self.assignment, self.state, room))

    def reader_for_snapshot(self, entries: int) -> Callable[[], LedgerTail | None] | None:
        """Return what reads the tail of the ledger while the first of several transactions is committed.

        None unless one of the transactions has to make a snapshot, of which the first is relieved. So many entries are
        expected in all. The reader returns None if the store does not answer.
        """
        is_due = self._has_lines and is_snapshot_due(self.assignment, entries)
        if not is_due or self._tail is not None or self.state.effects is not None:
            return None
        self._is_reading = True
        return partial(_read_ahead, ledger_end(self.assignment), self._newest_segments)

    def take_tail(self, tail: LedgerTail | None) -> None:
        """Use what the reader has read."""
        self._is_reading = False
        if tail is not None and self._tail is None:
            self._keep(tail)

    def _fold(self, work: UnitOfWork, entries: Sequence[PickEntry]) -> Mapping[str, object]:
        """Apply entries to the state, and return the change of the list of snapshots.

        They are folded from a snapshot if they happened before others or contain an undo of what is not known.
        """
        first = self.assignment.seq + 1
        numbered = [NumberedEntry(entry, first) for entry in entries]
        is_due = self._has_lines and not self._is_reading and is_snapshot_due(self.assignment, len(entries))
        is_next = can_advance(self.state, entries)
        changes = {}
        if is_next and not is_due:
            advance(self.state, self.lines, entries)
        else:
            room = MAX_ITEMS - MAX_HOLDERS - MAX_SHORTS_AT_ONCE - FURTHER_ITEMS - len(entries)
            base = self._base(entries, is_next=is_next)
            self.state, changes["snapshots"] = fold_from(work, self.assignment, base, self.lines, numbered, room=room)
        self._written += numbered
        self._newest_segments = None
        return changes

    def _base(self, entries: Sequence[PickEntry], *, is_next: bool) -> LedgerBase:
        """Return what the entries are folded from: the state, if it is complete and they come after it."""
        if is_next and self.state.effects is not None:
            return LedgerBase(self.state, since_snapshot=entries_since_snapshot(self.assignment))
        tail = self._tail
        if tail is None or not tail.comes_before(entries):
            tail, self._written = read_tail(ledger_end(self.assignment), entries, self._newest_segments), []
        return self._keep(tail).base(entries)

    def _keep(self, tail: LedgerTail) -> LedgerTail:
        """Keep a tail, with what this writer has written after it."""
        tail.entries += self._written
        self._tail, self._written = tail, []
        return tail

    def _update_pickers(
        self, work: UnitOfWork, before: frozenset[str], after: frozenset[str], claimed_by: str | None, label: str | None
    ) -> None:
        """Stage the changes of what pickers hold."""
        assignment_id = self.assignment.assignment_id
        for user_id in sorted(before ^ after):
            condition: Condition | None = None
            actions: list[Action] = [Picker.held.delete({assignment_id})]
            change: list[object] = [assignment_id, None]
            if user_id in after:
                actions, change = [Picker.held.add({assignment_id})], [None, assignment_id]
            if user_id == claimed_by:
                at, picker = self.state.holders[user_id], picker_key(self.assignment.org_id, user_id)
                claim = ItemKey(PickerClaim, picker.pk, claim_sort_key(at, assignment_id))
                work.create(claim.new(assignment_id=assignment_id, at=at), Unavailable(), audited=False)
                condition = Picker.held.does_not_exist()
                actions.append(Picker.last.set(assignment_id))
            work.update_unread(
                picker_key(self.assignment.org_id, user_id),
                condition=condition,
                on_conflict=Unavailable(),
                actions=actions,
                changes={"in_hand": change},
                label=label,
            )


def _read_ahead(end: LedgerEnd, newest: Sequence[LedgerSegment] | None) -> LedgerTail | None:
    try:
        return read_tail(end, newest=newest)
    except Unavailable:
        return None


def _counted(state: AssignmentState) -> Mapping[str, int | Decimal]:
    """Return what the hourly counts show of an assignment."""
    ended = (AssignmentStatus.COMPLETED, AssignmentStatus.CLOSED)
    return {"units": state.units, **{status.value: int(state.status is status) for status in ended}}


def derived_attributes(assignment: Assignment, state: AssignmentState) -> dict[str, object]:
    """Return the attributes of an assignment that follow from its state."""
    queue = None
    if state.status is AssignmentStatus.QUEUED:
        queue = WAITING
    elif state.status is AssignmentStatus.ACTIVE and state.shared and len(state.holders) < MAX_HOLDERS:
        queue = JOINABLE
    return {
        "status": state.status.value,
        "list_key": list_key(assignment.org_id, assignment.assignment_id, state.status.value),
        "units": state.units,
        "state": encode_state(state),
        "holders": set(state.active_holders) or None,
        "started_at": None if state.started_at is None else from_millis(state.started_at),
        **({"queue_key": None, "queue_place": None} if queue is None else queue_attributes(assignment, queue)),
    }


def queue_attributes(assignment: Assignment, queue: str) -> dict[str, object]:
    """Return the index attributes of an assignment that can be claimed (`WAITING`) or joined (`JOINABLE`)."""
    return {
        "queue_key": queue_key(assignment.org_id, assignment.role),
        "queue_place": queue_place(queue, assignment.priority, assignment.created_at, assignment.assignment_id),
    }
