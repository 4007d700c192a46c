"""The 409 of a step that a state machine refuses, in one form for all domains.

    {"code": "WORKFLOW_VIOLATION", "message": "Cannot start a work order in state DONE.",
     "details": {"state": "DONE", "action": "start", "allowed": []}}

`missing` is added where the state would allow the step and something else is missing.
"""

from collections.abc import Mapping, Sequence

from chalicelib.core.errors import BatonError, Conflict, EntityLocked
from chalicelib.core.state_machine import StateMachine, TargetT, TransitionCheck


def require_transition(machine: StateMachine[TargetT], state: str, action: str) -> TargetT:
    """Return the state that the action leads to. Raise `Conflict` or `EntityLocked` if it is not allowed."""
    check = machine.check(state, action)
    if check is not TransitionCheck.ALLOWED:
        raise refused_transition(machine, state, action, check)
    return machine.target(state, action)


def refused_transition(
    machine: StateMachine[TargetT],
    state: str,
    action: str,
    check: TransitionCheck = TransitionCheck.NOT_ALLOWED,
    *,
    details: Mapping[str, object] | None = None,
) -> BatonError:
    """Return the error of an action that the machine does not allow in this state."""
    if check is TransitionCheck.LOCKED:
        more = {**transition_details(machine, state, action), **(details or {})}
        return EntityLocked(f"Cannot modify a sealed {machine.entity}.", details=more)
    return transition_conflict(machine, state, action, details=details)


def transition_conflict(
    machine: StateMachine[TargetT],
    state: str,
    action: str,
    *,
    missing: Sequence[str] = (),
    details: Mapping[str, object] | None = None,
) -> Conflict:
    """Return the conflict of an action that the state or something `missing` (in words) makes impossible now."""
    reason = f": {'; '.join(missing)}" if missing else ""
    article = "an" if machine.entity[0] in "aeiou" else "a"
    message = f"Cannot {machine.phrase(action)} {article} {machine.entity} in state {state}{reason}."
    more: dict[str, object] = {"missing": list(missing)} if missing else {}
    return Conflict(message, details={**transition_details(machine, state, action), **more, **(details or {})})


def transition_details(machine: StateMachine[TargetT], state: str, action: str) -> dict[str, object]:
    """Return the details that every workflow conflict has."""
    return {"state": str(state), "action": str(action), "allowed": machine.allowed(state)}
