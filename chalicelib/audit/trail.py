"""Writing the audit trail: the row of a change inside its transaction, the row of a refusal beside it.

The diff is worked out from what was staged, so it cannot forget a field or tell of one that was not written. Fields
of the thing that the request is about stand under their own names, those of other things under `kind/id.field`.
Keys, versions and what a model lists as `unaudited` (secrets, derived values) never appear.
"""

from __future__ import annotations

from chalicelib.audit.tables import DONE, new_row
from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import BatonError
from chalicelib.core.ids import Ids
from chalicelib.core.work import AuditSubject, Staged, UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.http import encoder

_NEVER = frozenset({"pk", "sk", "version"})


class Trail:
    """The audit trail as the runner and the edge know it."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def stage(self, work: UnitOfWork, actor: Actor) -> None:
        """Add the row of what is staged to the same transaction."""
        if work.audit_subject is None:
            return
        diff = encoder.encode(diff_of(work, work.audit_subject)).decode()
        work.create(new_row(work, actor, work.audit_subject, DONE, diff), audited=False)

    def refused(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError) -> None:
        """Write the row of a refused mutation; a store that fails here must not hide the refusal itself.

        Its id is new, so nothing can stand in its place. A condition would only meet the row itself, when the answer
        was lost and the client sends it again.
        """
        work = UnitOfWork(self._clock.now(), self._ids)
        row = new_row(work, actor, AuditSubject(target.entity_type, entity_id, target.action), error.code, None)
        try:
            row.save()
        except Exception:  # noqa: BLE001 - the refusal itself must reach the caller
            observability.log().exception("a refusal could not be written to the audit trail")


def diff_of(work: UnitOfWork, subject: AuditSubject) -> dict[str, list[object]]:
    """`{field: [old, new]}` of everything that is staged and concerns people."""
    diff: dict[str, list[object]] = {}
    for staged in work:
        if staged.audited:
            diff.update(_fields(staged, subject))
    return diff


def _fields(staged: Staged, subject: AuditSubject) -> dict[str, list[object]]:
    item = staged.item
    own = item.kind == subject.entity_type and item.entity_id == subject.entity_id
    prefix = "" if own else f"{item.kind}/{item.entity_id}."
    hidden = _NEVER | item.unaudited
    return {prefix + name: _plain(pair) for name, pair in staged.changes.items() if name not in hidden}


def _plain(pair: list[object]) -> list[object]:
    return [sorted(value) if isinstance(value, (set, frozenset)) else value for value in pair]
