"""What the line answers when something is not possible: always the state, what was wanted, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.core.errors import BatonError, Conflict, EntityLocked, NotFound
from chalicelib.manufacturing.rules import Life, Step, Verdict, judge, leads_to, possible_in
from chalicelib.manufacturing.tables import Listed


class DuplicateSerial(Conflict):
    """A serial number is in use already."""

    code, summary = "DUPLICATE_SERIAL", "That serial number is in use already."


def missing_thing(kind: str, item_id: str) -> NotFound:
    """There is no such thing in the organisation of the caller."""
    return NotFound(f"There is no {kind} {item_id}.", details={f"{kind}Id": item_id})


def violation(
    thing: Listed,
    wanted: str,
    missing: Sequence[str],
    *,
    more: Mapping[str, object] | None = None,
    becomes: bool = True,
    exists: bool = True,
) -> Conflict:
    """A step that the state of a thing does not allow, or for which something is missing.

    `wanted` is the state that the thing does not get to, or else (not `becomes`) the one that it has to be in. A
    thing that is refused while it is being made (not `exists`) has no id by which anybody could look it up.
    """
    details = {
        **({f"{thing.kind}Id": thing.item_id} if exists else {}),
        "status": thing.status,
        "wanted": wanted,
        "missing": list(missing),
        **(more or {}),
    }
    why = "; ".join(missing)
    if not exists:
        return Conflict(f"This {thing.kind} cannot be made: {why}.", details=details)
    refused = f" and cannot become {wanted}" if becomes and thing.status != wanted else ""
    return Conflict(f"This {thing.kind} is {thing.status}{refused}: {why}.", details=details)


def locked(thing: Listed) -> EntityLocked:
    """Something sealed that somebody wants to change."""
    return EntityLocked(
        f"Cannot modify a sealed {thing.kind}.", details={f"{thing.kind}Id": thing.item_id, "status": thing.status}
    )


def refusal(thing: Listed, life: Life, step: Step) -> BatonError | None:
    """Why a thing does not take a step in its state; None if it does."""
    verdict = judge(life, thing.status, step)
    if verdict is Verdict.LOCKED:
        return locked(thing)
    if verdict is Verdict.MOVE:
        return None
    needed, to = possible_in(life, step), leads_to(life, step)
    return violation(thing, to, [f"the {thing.kind} has to be {' or '.join(needed)}"], becomes=to not in needed)


def check_step(thing: Listed, life: Life, step: Step) -> None:
    """Raise why a thing does not take a step in its state, if it does not."""
    error = refusal(thing, life, step)
    if error is not None:
        raise error
