"""Writes the audit trail: the row of a change in its transaction, the row of a refused request outside of one.

The diff is derived from the staged changes, so it contains exactly the fields that were written. Fields of the audited
entity have their own names, those of other entities have the form `kind/id.field`. Keys, versions and attributes that a
model lists as `unaudited` (secrets, derived values) never appear.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chalicelib.audit.refusals import RefusalThrottle
from chalicelib.audit.tables import OUTCOME_OK, new_row
from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import BatonError
from chalicelib.core.ids import Ids
from chalicelib.core.work import AuditSubject, Staged, UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.http import encoder

_UNAUDITED = frozenset({"pk", "sk", "version"})


class Trail:
    """Writes audit rows for the runner and the edge."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._throttle = RefusalThrottle()

    def stage(self, work: UnitOfWork, actor: Actor) -> None:
        """Add the row of the staged changes to the same transaction, and those of further subjects.

        The row of a further subject has only the changes of that entity.
        """
        if work.audit_subject is None:
            return
        self._stage(work, actor, work.audit_subject, diff_of(work, work.audit_subject))
        for subject in work.further_subjects:
            own = {name: pair for name, pair in diff_of(work, subject).items() if "/" not in name}
            self._stage(work, actor, subject, own)

    def _stage(
        self, work: UnitOfWork, actor: Actor, subject: AuditSubject, changes: Mapping[str, list[object]]
    ) -> None:
        diff = encoder.encode(changes).decode()
        work.create(new_row(work, actor, subject, OUTCOME_OK, diff), audited=False)

    def refused(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError) -> None:
        """Write the row of a refused mutation, at most one a second and person.

        A failure of the store is logged, so that it does not hide the refusal.
        """
        with _logged_failures():
            repeated = self._throttle.repeated(actor, self._clock.now())
            if repeated is not None:
                self._write(actor, target, entity_id, error, repeated)

    def refused_record(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError) -> None:
        """Write the row of a refusal that its caller limits, such as a rejected record.

        A failure of the store is logged.
        """
        with _logged_failures():
            self._write(actor, target, entity_id, error, 0)

    def _write(self, actor: Actor, target: AuditTarget, entity_id: str, error: BatonError, repeated: int) -> None:
        work = UnitOfWork(self._clock.now(), self._ids)
        row = new_row(work, actor, AuditSubject(target.entity_type, entity_id, target.action), error.code, None)
        row.repeated = repeated or None
        row.save()


@contextmanager
def _logged_failures() -> Iterator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001 - the caller must get the refusal itself
        observability.log().exception("audit row of a refusal not written")


def diff_of(work: UnitOfWork, subject: AuditSubject) -> dict[str, list[object]]:
    """Return `{field: [old, new]}` of all staged changes that are audited."""
    diff: dict[str, list[object]] = {}
    for staged in work:
        if staged.audited:
            diff.update(_fields(staged, subject))
    return diff


def _fields(staged: Staged, subject: AuditSubject) -> dict[str, list[object]]:
    item = staged.item
    own = item.kind == subject.entity_type and item.entity_id == subject.entity_id
    prefix = "" if own else f"{item.kind}/{item.entity_id}."
    hidden = _UNAUDITED | item.unaudited
    return {prefix + name: _plain(pair) for name, pair in staged.changes.items() if name not in hidden}


def _plain(pair: list[object]) -> list[object]:
    return [sorted(value) if isinstance(value, (set, frozenset)) else value for value in pair]
