"""An assignment is what its ledger says: the fold of everything that happened to it, in the order in which it happened.

Scanners are often out of reach, so their events come late, and those of one device after those of another that
happened later. The fold therefore goes by the moment of an event and, within one moment, by the order of arrival: in
whatever order batches come in, the state ends the same. Whether an event is taken never depends on this state, only on
whether the sender has the assignment in hand; what turns out to have no effect is said in the log as a warning.

    fold(lines, entries)           the state from the beginning, from all entries
    advance(state, lines, more)    some entries further, where `can_advance`: they happened after all others

An undo takes the newest effect away that is still there (a scan that filled something, a wrap, a delay, a break's
beginning or end, a share). What it has to put back is known only while folding from the beginning.

    queued -> active (somebody took it) -> completed (nothing is lacking) -> active again (the last pick was undone)
    active -> queued (given back by all who had it);    queued, active -> closed (early, with a reason)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial

from chalicelib.picking import log_lines as says
from chalicelib.picking.matching import NOTHING, Lines, fill
from chalicelib.picking.state import Effect, Entry, Kind, Person, State
from chalicelib.picking.working_time import Pause, Watch

Step = Callable[[State, Lines, Entry], Effect | None]


def fold(lines: Lines, entries: Iterable[Entry]) -> State:
    """The state from the beginning, in whatever order the entries are given."""
    state = State()
    advance(state, lines, entries)
    return state


def can_advance(state: State, entries: Iterable[Entry]) -> bool:
    """Whether the state can go on from where it is; otherwise the whole ledger has to be folded."""
    can_undo = state.effects is not None
    return all(one.place >= state.last and (can_undo or one.kind is not Kind.UNDO) for one in entries)


def advance(state: State, lines: Lines, entries: Iterable[Entry]) -> None:
    """Some entries further, in the order in which they happened."""
    for entry in sorted(entries, key=lambda entry: entry.place):
        before = None if state.effects is None else dict(state.people)
        effect = _STEPS[entry.kind](state, lines, entry)
        if effect is not None and before is not None and state.effects is not None:
            moved = {who: one for who, one in before.items() if one.watch != state.people[who].watch}
            state.effects.append(effect._replace(people=moved))
        state.last = max(state.last, entry.place)


# --- what pickers do -------------------------------------------------------------------------------------------------


def _scan(state: State, lines: Lines, entry: Entry) -> Effect | None:
    state.watch(entry.by, lambda watch: watch if watch.pause is Pause.BREAK else watch.resume(entry.at))
    found = lines.matching(entry.codes)
    filled = fill(found, state.picked, Decimal(entry.amount))
    state.pick(entry.by, filled.picks)
    by_number = {line.number: line for line in found}
    for number, amount in filled.picks:
        state.say(entry, says.picked(by_number[number], amount, state.picked[number]))
    if not found:
        state.say(entry, says.unknown(entry.codes), warning=True)
    elif filled.over or not filled.picks:
        state.say(entry, says.too_much(found[0], filled.over), warning=True)
    if not filled.picks:
        return None
    unwrapped, state.unwrapped = state.unwrapped, True
    total = sum((amount for _, amount in filled.picks), NOTHING)
    what = says.scanned(by_number[filled.picks[0][0]], total)
    return Effect(what, entry.by, filled.picks, unwrapped=unwrapped, completed=_complete(state, lines, entry))


def _complete(state: State, lines: Lines, entry: Entry) -> bool:
    """Whether this pick was what was still lacking."""
    if state.ended_at is not None or not lines.complete(state.picked):
        return False
    state.stop_all(entry.at)
    state.ended_at = entry.at
    state.say(entry, says.COMPLETE)
    return True


def _wrap(state: State, _: Lines, entry: Entry) -> Effect:
    state.watch(entry.by, lambda watch: watch.begin(Pause.WRAP, entry.at))
    state.wraps += 1
    unwrapped, state.unwrapped = state.unwrapped, False
    state.say(entry, says.wrapped(state.wraps))
    return Effect("the wrap", entry.by, counter="wraps", unwrapped=unwrapped)


def _delay(state: State, _: Lines, entry: Entry) -> Effect:
    state.watch(entry.by, lambda watch: watch.begin(Pause.DELAY, entry.at))
    state.delays += 1
    state.say(entry, says.DELAYED)
    return Effect("the delay", entry.by, counter="delays")


def _break(state: State, _: Lines, entry: Entry) -> Effect | None:
    watch = state.people[entry.by].watch
    if watch.since is None:
        state.say(entry, says.NO_BREAK, warning=True)
        return None
    if watch.pause is Pause.BREAK:
        state.watch(entry.by, lambda watch: watch.resume(entry.at))
        state.say(entry, says.BREAK_ENDED)
        return Effect("the end of the break", entry.by)
    state.watch(entry.by, lambda watch: watch.begin(Pause.BREAK, entry.at))
    state.breaks += 1
    state.say(entry, says.BREAK_BEGUN)
    return Effect("the break", entry.by, counter="breaks")


def _share(state: State, _: Lines, entry: Entry) -> Effect | None:
    if state.shared:
        state.say(entry, says.SHARED_ALREADY)
        return None
    state.shared = True
    state.say(entry, says.SHARED)
    return Effect("the sharing", entry.by, shared=True)


def _undo(state: State, _: Lines, entry: Entry) -> None:
    if state.effects is None:
        raise ValueError("a state that was stored cannot undo; fold its ledger")
    if not state.effects:
        state.say(entry, says.NOTHING_TO_UNDO, warning=True)
        return
    effect = state.effects.pop()
    state.pick(effect.by, effect.picks, -1)
    if effect.counter is not None:
        setattr(state, effect.counter, getattr(state, effect.counter) - 1)
    if effect.unwrapped is not None:
        state.unwrapped = effect.unwrapped
    state.shared = state.shared and not effect.shared
    if effect.completed and not state.closed:
        state.ended_at = None
    if state.ended_at is None:
        _put_back_watches(state, effect.people)
        _start_watches(state)
    state.say(entry, says.undone(effect.says))


def _put_back_watches(state: State, people: Mapping[str, Person]) -> None:
    """As they were before the effect, for those who have had it in hand ever since."""
    for who, before in people.items():
        if who in state.holders and state.people[who].stint == before.stint:
            state.people[who] = state.people[who]._replace(watch=before.watch)


def _start_watches(state: State) -> None:
    """Of those who took it in hand after the pick that seemed the last, which was told of later than they came."""
    for who, since in state.holders.items():
        state.watch(who, partial(Watch.start, at=since))


# --- whose it is -----------------------------------------------------------------------------------------------------


def _claim(state: State, _: Lines, entry: Entry) -> None:
    known = state.people.get(entry.by, Person(entry.text))
    watch = known.watch.start(entry.at) if state.ended_at is None else known.watch
    state.people[entry.by] = known._replace(name=entry.text, watch=watch, stint=known.stint + 1)
    state.say(entry, (says.joined if state.holders else says.taken_on)(entry.text))
    state.holders[entry.by] = entry.at
    if state.started_at is None:
        state.started_at = entry.at


def _release(state: State, _: Lines, entry: Entry) -> None:
    for who in entry.people:
        state.holders.pop(who, None)
        state.watch(who, lambda watch: watch.stop(entry.at))
        state.say(entry, says.given_back(state.name(who)))


def _close(state: State, _: Lines, entry: Entry) -> None:
    state.stop_all(entry.at)
    state.closed = True
    if state.ended_at is None:
        state.ended_at = entry.at
    state.say(entry, says.closed(entry.text))


def _told(message: str) -> Step:
    def tell(state: State, _: Lines, entry: Entry) -> None:
        state.say(entry, message)

    return tell


_STEPS: Mapping[Kind, Step] = {
    Kind.SCAN: _scan,
    Kind.WRAP: _wrap,
    Kind.DELAY: _delay,
    Kind.BREAK: _break,
    Kind.SHARE: _share,
    Kind.UNDO: _undo,
    Kind.RECEIVED: _told(says.RECEIVED),
    Kind.RESUMED: _told(says.RESUMED),
    Kind.OPENED: _told(says.OPENED),
    Kind.CLAIMED: _claim,
    Kind.RELEASED: _release,
    Kind.CLOSED: _close,
}
