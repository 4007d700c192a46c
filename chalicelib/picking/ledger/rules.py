"""The fold of a ledger into the state of its assignment, in the order in which the entries happened.

Scanners are often offline, so events arrive late, and those of one device after later ones of another. The fold goes
by the time of an entry and, for equal times, by the order of arrival: in whatever order batches arrive, the state ends
the same. Whether an event is accepted never depends on the rest of this state, only on whether its sender held the
assignment when it happened; an event without effect becomes a warning in the log.

    fold(lines, entries)              the state from the beginning, from all entries
    advance(state, lines, entries)    the state with further entries, if `can_advance`: they come after all others

An undo reverts the newest effect that is still there: a scan that filled a line, a wrap, a delay, the start or end of a
break, a share, a line that was closed short. What it restores is known only after folding from the beginning, or from a
snapshot.

    queued -> active (claimed) -> completed (every line is complete or short) -> active (the last pick was undone)
    active -> queued (released by all holders);    queued, active -> closed (early, with a reason)
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from chalicelib.picking.ledger import log_lines
from chalicelib.picking.ledger.effects import PickerProgress, UndoableEffect
from chalicelib.picking.ledger.holds import HoldingTime
from chalicelib.picking.ledger.matching import ZERO, PickLine, PickLines, fill
from chalicelib.picking.ledger.state import AssignmentState, EntryKind, PickEntry, ShortLine
from chalicelib.picking.ledger.working_time import Pause, WorkTimer

_START_TIMERS = (EntryKind.CLAIMED, EntryKind.UNDO)
"""The kinds of entries after which timers may run that did not run, or ran as on an earlier day."""
EntryHandler = Callable[[AssignmentState, PickLines, PickEntry], UndoableEffect | None]


def fold(lines: PickLines, entries: Iterable[PickEntry]) -> AssignmentState:
    """Return the state from the beginning, in whatever order the entries are given."""
    state = AssignmentState()
    advance(state, lines, entries)
    return state


def can_advance(state: AssignmentState, entries: Sequence[PickEntry]) -> bool:
    """Return whether the state can take these entries; otherwise they are folded from an earlier one."""
    undos = sum(entry.kind is EntryKind.UNDO for entry in entries)
    can_undo = not undos or (state.effects is not None and state.effects.missing_chunk(undos) is None)
    return can_undo and all(entry.position >= state.last for entry in entries)


def advance(state: AssignmentState, lines: PickLines, entries: Iterable[PickEntry]) -> None:
    """Apply entries to the state, in the order in which they happened."""
    last_day = None
    for entry in sorted(entries, key=lambda entry: entry.position):
        state.time_zone = state.time_zone or entry.time_zone
        day = state.day_of(entry.at)
        if day != last_day:
            state.begin_days(entry.at)
            last_day = day
        before = None if state.effects is None else dict(state.people)
        effect = _HANDLERS[entry.kind](state, lines, entry)
        if effect is not None and before is not None and state.effects is not None:
            changed = {
                user_id: person for user_id, person in before.items() if person.timer != state.people[user_id].timer
            }
            state.effects.append(effect._replace(people=changed, day=day if effect.picks else None))
        if entry.kind in _START_TIMERS:
            state.begin_days(entry.at)
        state.seen[entry.by] = entry.at
        state.last = max(state.last, entry.position)


# --- the work of pickers ---------------------------------------------------------------------------------------------


def _scan(state: AssignmentState, lines: PickLines, entry: PickEntry) -> UndoableEffect | None:
    if entry.by in state.people and state.people[entry.by].timer.pause is Pause.BREAK:
        state.add_log_line(entry, log_lines.BREAK_ENDED)
    state.change_timer(entry.by, lambda timer: timer.resume(entry.at))
    label = state.labels.pop(entry.by, None)
    if entry.is_place:
        _confirm_place(state, lines, entry, label)
        return None
    matches = lines.matching(entry.codes)
    if matches and entry.unit in state.counted_units:
        state.add_log_line(entry, log_lines.scanned_already(matches[0]), warning=True)
        return None
    return _count(state, lines, entry, matches)


def _count(
    state: AssignmentState, lines: PickLines, entry: PickEntry, matches: Sequence[PickLine]
) -> UndoableEffect | None:
    """Count what was scanned for the lines that it matches."""
    filled = fill([line for line in matches if line.number not in state.shorts], state.picked, entry.amount)
    if filled.picks:
        state.people.setdefault(entry.by, PickerProgress(entry.text))
    state.pick(entry.by, filled.picks, state.day_of(entry.at))
    by_number = {line.number: line for line in matches}
    for number, amount in filled.picks:
        state.add_log_line(entry, log_lines.picked(by_number[number], amount, state.picked[number]))
    if not matches:
        state.count_scan(entry.by, state.day_of(entry.at), ZERO, unmatched=1)
        state.add_log_line(entry, log_lines.unknown_code(entry.codes), warning=True)
    elif all(line.number in state.shorts for line in matches):
        state.add_log_line(entry, log_lines.closed_short(matches[0]), warning=True)
    elif filled.excess or not filled.picks:
        state.add_log_line(entry, log_lines.not_counted(matches[0], filled.excess), warning=True)
    if not filled.picks:
        return None
    if entry.unit is not None:
        state.counted_units.add(entry.unit)
    unwrapped, state.unwrapped = state.unwrapped, True
    total = sum((amount for _, amount in filled.picks), ZERO)
    description = log_lines.scan_effect(by_number[filled.picks[0][0]], total)
    completed = _complete(state, lines, entry)
    return UndoableEffect(
        description, entry.by, filled.picks, unwrapped=unwrapped, completed=completed, unit=entry.unit
    )


def _short(state: AssignmentState, lines: PickLines, entry: PickEntry) -> UndoableEffect | None:
    """Close a line; its picked quantity becomes the one that was counted at the shelf, if there is one."""
    line = lines.by_number.get(entry.line_number or 0)
    picked = state.picked.get(entry.line_number or 0, ZERO)
    if line is None or line.number in state.shorts or picked >= line.quantity:
        return None  # scans that arrived later have completed it before
    total = picked if entry.quantity is None else entry.quantity
    picks = ((line.number, total - picked),) if total != picked else ()
    if picks:
        state.people.setdefault(entry.by, PickerProgress(entry.people[0]))
    state.pick(entry.by, picks, state.day_of(entry.at))
    state.shorts[line.number] = ShortLine(entry.by, entry.people[0], entry.at, entry.text)
    state.add_log_line(entry, log_lines.short(line, total, entry.text))
    completed = _complete(state, lines, entry)
    return UndoableEffect(log_lines.short_effect(line), entry.by, picks, short=line.number, completed=completed)


def _confirm_place(state: AssignmentState, lines: PickLines, entry: PickEntry, label: str | None) -> None:
    """Log at which location the picker is; `label` is the location whose label was scanned before."""
    found, checked = lines.at_place(entry.codes), lines.with_check_code(entry.codes)
    if found:
        state.labels[entry.by] = found[0].location
        state.add_log_line(entry, log_lines.at_location(found[0]))
    elif not checked:
        state.count_scan(entry.by, state.day_of(entry.at), ZERO, unmatched=1)
        state.add_log_line(entry, log_lines.unknown_location(entry.codes), warning=True)
    elif label is not None and all(line.location != label for line in checked):
        state.add_log_line(entry, log_lines.wrong_check_code(label), warning=True)
    else:
        here = [line for line in checked if line.location == label]
        open_lines = [line for line in checked if state.picked.get(line.number, ZERO) < line.quantity]
        state.add_log_line(entry, log_lines.checked_location((*here, *open_lines, *checked)[0]))


def _complete(state: AssignmentState, lines: PickLines, entry: PickEntry) -> bool:
    """End the assignment if every line is complete or short; return whether this entry was the last one."""
    if state.ended_at is not None or not lines.are_done(state.picked, state.shorts):
        return False
    state.stop_all(entry.at)
    state.ended_at = entry.at
    state.add_log_line(entry, log_lines.COMPLETED)
    return True


def _wrap(state: AssignmentState, _: PickLines, entry: PickEntry) -> UndoableEffect:
    state.change_timer(entry.by, lambda timer: timer.begin(Pause.WRAP, entry.at))
    state.wraps += 1
    unwrapped, state.unwrapped = state.unwrapped, False
    state.add_log_line(entry, log_lines.wrapped(state.wraps))
    return UndoableEffect("the wrap", entry.by, counter="wraps", unwrapped=unwrapped)


def _delay(state: AssignmentState, _: PickLines, entry: PickEntry) -> UndoableEffect:
    state.change_timer(entry.by, lambda timer: timer.begin(Pause.DELAY, entry.at))
    state.delays += 1
    state.add_log_line(entry, log_lines.DELAYED)
    return UndoableEffect("the delay", entry.by, counter="delays")


def _break(state: AssignmentState, _: PickLines, entry: PickEntry) -> UndoableEffect | None:
    timer = state.people[entry.by].timer if entry.by in state.people else WorkTimer()
    if timer.since is None:
        state.add_log_line(entry, log_lines.NO_BREAK, warning=True)
        return None
    if timer.pause is Pause.BREAK:
        state.change_timer(entry.by, lambda timer: timer.resume(entry.at))
        state.add_log_line(entry, log_lines.BREAK_ENDED)
        return UndoableEffect("the end of the break", entry.by)
    state.change_timer(entry.by, lambda timer: timer.begin(Pause.BREAK, entry.at))
    state.breaks += 1
    state.add_log_line(entry, log_lines.BREAK_STARTED)
    return UndoableEffect("the break", entry.by, counter="breaks")


def _share(state: AssignmentState, _: PickLines, entry: PickEntry) -> UndoableEffect | None:
    if state.shared:
        state.add_log_line(entry, log_lines.SHARED_ALREADY)
        return None
    state.shared = True
    state.add_log_line(entry, log_lines.SHARED)
    return UndoableEffect("the share", entry.by, shared=True)


def _undo(state: AssignmentState, _: PickLines, entry: PickEntry) -> None:
    if state.effects is None:
        raise ValueError("a stored state cannot undo; fold its ledger")
    if not len(state.effects):
        state.add_log_line(entry, log_lines.NOTHING_TO_UNDO, warning=True)
        return
    effect = state.effects.pop()
    state.pick(effect.by, effect.picks, effect.day, is_taken_back=True)
    state.counted_units.discard(effect.unit or "")
    state.shorts.pop(effect.short or 0, None)
    if effect.counter is not None:
        setattr(state, effect.counter, getattr(state, effect.counter) - 1)
    if effect.unwrapped is not None:
        state.unwrapped = effect.unwrapped
    state.shared = state.shared and not effect.shared
    if effect.completed and not state.closed:
        state.ended_at = None
    if state.ended_at is None:
        _restore_timers(state, effect.people)
        _start_timers(state)
    state.add_log_line(entry, log_lines.undone(effect.description))


def _restore_timers(state: AssignmentState, people: Mapping[str, PickerProgress]) -> None:
    """Restore the timers from before the effect, for those who have held the assignment ever since."""
    for user_id, before in people.items():
        if user_id in state.holders and state.people[user_id].stint == before.stint:
            state.people[user_id] = state.people[user_id]._replace(timer=before.timer)


def _start_timers(state: AssignmentState) -> None:
    """Start the timers of those who claimed the assignment after a last pick that arrived late and was then undone."""
    for user_id, since in state.holders.items():
        state.change_timer(user_id, partial(WorkTimer.start, at=since))


# --- the holders -----------------------------------------------------------------------------------------------------


def _claim(state: AssignmentState, _: PickLines, entry: PickEntry) -> None:
    user_id = entry.people[0] if entry.people else entry.by
    person = state.people.get(user_id, PickerProgress(entry.text))
    timer = person.timer.start(entry.at) if state.ended_at is None else person.timer
    state.people[user_id] = person._replace(name=entry.text, timer=timer, stint=person.stint + 1)
    state.add_log_line(entry, (log_lines.joined if state.holders else log_lines.claimed)(entry.text))
    state.holders[user_id] = entry.at
    if state.started_at is None:
        state.started_at = entry.at


def _release(state: AssignmentState, _: PickLines, entry: PickEntry) -> None:
    for user_id in entry.people:
        if user_id in state.holders:
            state.ended_holds.append(HoldingTime(user_id, state.holders.pop(user_id), entry.at))
        state.change_timer(user_id, lambda timer: timer.stop(entry.at))
        state.add_log_line(entry, log_lines.released(state.name(user_id)))


def _close(state: AssignmentState, _: PickLines, entry: PickEntry) -> None:
    state.stop_all(entry.at)
    state.closed = True
    if state.ended_at is None:
        state.ended_at = entry.at
    state.add_log_line(entry, log_lines.closed(entry.text))


def _log_only(message: str) -> EntryHandler:
    def handle(state: AssignmentState, _: PickLines, entry: PickEntry) -> None:
        state.add_log_line(entry, message)

    return handle


_HANDLERS: Mapping[EntryKind, EntryHandler] = {
    EntryKind.SCAN: _scan,
    EntryKind.WRAP: _wrap,
    EntryKind.DELAY: _delay,
    EntryKind.BREAK: _break,
    EntryKind.SHARE: _share,
    EntryKind.UNDO: _undo,
    EntryKind.RECEIVED: _log_only(log_lines.RECEIVED),
    EntryKind.RESUMED: _log_only(log_lines.RESUMED),
    EntryKind.OPENED: _log_only(log_lines.OPENED),
    EntryKind.CLAIMED: _claim,
    EntryKind.RELEASED: _release,
    EntryKind.CLOSED: _close,
    EntryKind.SHORT: _short,
}
