"""An assignment opened for writing: its state in memory, and how entries of its ledger and all that follows are staged.

Whatever happens to an assignment goes through `Book.write`: the entries get their numbers and are folded, and one unit
of work holds the piece of the ledger, the assignment with its new state, and what changes in the pickers' hands. The
assignment's version is the condition of all of it, so the numbers have no gap and no entry is ever lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.clock import to_millis
from chalicelib.core.errors import Unavailable
from chalicelib.core.work import UnitOfWork
from chalicelib.picking import ledger
from chalicelib.picking.ledger import Note
from chalicelib.picking.matching import Lines
from chalicelib.picking.rules import advance, can_advance, fold
from chalicelib.picking.state import Entry, State, Status
from chalicelib.picking.tables import (
    JOINABLE,
    WAITING,
    Assignment,
    Picker,
    picker_key,
    queue_key,
    queue_place,
)

MAX_HOLDERS = 8
"""How many may have one assignment in hand: when it is complete, all of them become free in one transaction."""


class Book:
    """An assignment, its lines if they were read, and its ledger if that was read."""

    def __init__(
        self, assignment: Assignment, lines: Lines | None = None, entries: Sequence[Entry] | None = None
    ) -> None:
        self.assignment = assignment
        self.lines = lines or Lines(())
        self.entries = self._known(entries)
        self.state = ledger.decode_state(assignment.state)

    def since(self, user_id: str) -> int | None:
        """Since when somebody has it in hand; None if they have not."""
        return self.state.holders.get(user_id)

    def moment(self, work: UnitOfWork) -> int:
        """The place in time of what Baton itself enters now: after all that it knows."""
        return max(to_millis(work.now), self.state.last[0])

    def write(
        self,
        work: UnitOfWork,
        by: str,
        notes: Sequence[Note],
        values: Mapping[str, object] | None = None,
        *,
        free: str | None = None,
        label: str | None = None,
    ) -> None:
        """Stage these entries and what follows from them; `values` are further ones of the assignment.

        `free` is somebody who must have nothing in hand; `label` names the attempt if the assignment has moved on.
        """
        before = in_hands(self.state)
        first = self.assignment.seq + 1
        self._fold([note.entry(first + place, by) for place, note in enumerate(notes)])
        work.create(ledger.piece_of(self.assignment.pk, first, by, work.now, notes), Unavailable(), audited=False)
        changed = {
            "seq": first - 1 + len(notes),
            **derived(self.assignment, self.state),
            "updated_at": work.now,
            **(values or {}),
        }
        work.update(self.assignment, changed, on_conflict=Unavailable(), label=label)
        self._hand_over(work, before, in_hands(self.state), free, label)

    def _fold(self, entries: Sequence[Entry]) -> None:
        """Take the entries into the state; those that happened before others make it fold the whole ledger anew."""
        if self.entries is None and not can_advance(self.state, entries):
            self.entries = self._known(ledger.read_ledger(self.assignment.pk))
        if self.entries is not None:
            self.entries += entries
        if can_advance(self.state, entries):
            advance(self.state, self.lines, entries)
        else:
            if self.entries is None:
                raise Unavailable("the ledger ends before the state that was folded from it")
            self.state = fold(self.lines, self.entries)

    def _known(self, entries: Sequence[Entry] | None) -> list[Entry] | None:
        """The ledger as far as this assignment knows of it; None if it was read a moment before the assignment was."""
        known = [entry for entry in entries or () if entry.seq <= self.assignment.seq]
        return known if len(known) == self.assignment.seq else None

    def _hand_over(
        self, work: UnitOfWork, before: frozenset[str], after: frozenset[str], free: str | None, label: str | None
    ) -> None:
        """Keep what pickers have in hand in step: it came into these hands and left those."""
        assignment_id = self.assignment.assignment_id
        for user_id in sorted(before ^ after):
            condition: Condition | None = None
            actions: list[Action] = [Picker.held.delete({assignment_id})]
            change: list[object] = [assignment_id, None]
            if user_id in after:
                actions, change = [Picker.held.add({assignment_id})], [None, assignment_id]
            if user_id == free:
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


def derived(assignment: Assignment, state: State) -> dict[str, object]:
    """The attributes of an assignment that are worked out from its state."""
    kind = None
    if state.status is Status.QUEUED:
        kind = WAITING
    elif state.status is Status.ACTIVE and state.shared and len(state.holders) < MAX_HOLDERS:
        kind = JOINABLE
    return {
        "status": state.status.value,
        "units": state.units,
        "state": ledger.encode_state(state),
        **({"queue_key": None, "queue_place": None} if kind is None else queued(assignment, kind)),
    }


def queued(assignment: Assignment, kind: str) -> dict[str, object]:
    """The index attributes of an assignment that can be taken (`WAITING`) or joined (`JOINABLE`)."""
    return {
        "queue_key": queue_key(assignment.org_id, assignment.role),
        "queue_place": queue_place(kind, assignment.priority, assignment.created_at, assignment.assignment_id),
    }


def in_hands(state: State) -> frozenset[str]:
    """Who has it in hand and something to do with it."""
    return frozenset(state.holders) if state.status is Status.ACTIVE else frozenset()
