"""The unit of work: the changes that a use case has staged and that the commit will write.

A use case reads, checks rules, and stages changes here. `chalicelib.core.commit` writes all of it as one transaction,
with audit rows, mailbox entries and the idempotency record. Each change names the error that its condition means.

    update          an entity that was read; its condition is the version that was read
    update_unread   an item that was not read, or that many write at once; its condition is the one that is given

DynamoDB allows one change per item and transaction, so later changes of an item are merged into the first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from random import Random, SystemRandom
from typing import Any, TypeVar, cast

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock, SystemClock
from chalicelib.core.errors import BatonError, Conflict, VersionConflict
from chalicelib.core.ids import Ids
from chalicelib.core.published import EndedSessions, Published
from chalicelib.core.published import Recipient as Recipient  # noqa: PLC0414 - exported beside `publish`, which takes one
from chalicelib.core.settings import Settings
from chalicelib.core.settings import settings as process_settings
from chalicelib.core.store import ItemKey
from chalicelib.core.store import RawItem as RawItem  # noqa: PLC0414 - exported beside `OnConflict`, which takes one
from chalicelib.core.table import Entity, Item

ResultT = TypeVar("ResultT")
OnConflict = BatonError | Callable[[RawItem | None], Exception]
"""The error if the condition fails, or a function that makes one from the item that is stored instead."""


class Operation(Enum):
    """The kinds of staged changes, in the order in which the store reports on them."""

    CONDITION_CHECK = 0
    DELETE = 1
    CREATE = 2
    UPDATE = 3


_TAKES_VALUES = frozenset({Operation.CREATE, Operation.UPDATE})  # further values can be merged into these


class Staged(msgspec.Struct):
    """One change of one item: `changes` is `{attribute: [old, new]}`, `actions` are the store's own beside them."""

    operation: Operation
    item: Item
    on_conflict: OnConflict
    condition: Condition | None = None
    final: bool = False
    label: str | None = None
    audited: bool = True
    is_unread: bool = False
    actions: list[Action] = msgspec.field(default_factory=list)
    changes: dict[str, list[object]] = msgspec.field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Return the key of the item: table, `pk`, `sk`."""
        return (self.item.Meta.table_name, self.item.pk, self.item.sk)

    def error(self, raw: RawItem | None) -> Exception:
        """Return the error that the failure of this change's condition means."""
        return self.on_conflict if isinstance(self.on_conflict, BatonError) else self.on_conflict(raw)


class AuditSubject(msgspec.Struct):
    """The entity of a request's audit row and the action, such as `order`, its id, `ORDER_ACCEPTED`."""

    entity_type: str
    entity_id: str
    action: str


class UnitOfWork(msgspec.Struct, eq=False):
    """Collects the changes of one attempt; after a conflict the use case runs again with an empty one.

    `now` is the one moment of the attempt. `conflicts` holds the labels of changes whose conditions failed in earlier
    attempts. `expected_version` is the version named with `If-Match`. `audit_actor` replaces the caller in the audit
    row. `live` events go to open sockets and are not kept. `after_commit` is called after the commit, `during_delivery`
    while events are delivered; neither may raise. All attempts share `kept`. `follow_ups` run afterwards, not repeated.
    """

    now: datetime
    ids: Ids
    conflicts: frozenset[str] = frozenset()
    clock: Clock = msgspec.field(default_factory=SystemClock)
    settings: Settings = msgspec.field(default_factory=process_settings)
    random_source: Random = msgspec.field(default_factory=SystemRandom)
    kept: dict[str, Any] = msgspec.field(default_factory=dict)
    expected_version: int | None = None
    published: list[Published] = msgspec.field(default_factory=list)
    ended: list[EndedSessions] = msgspec.field(default_factory=list)
    live: list[Published] = msgspec.field(default_factory=list)
    session_bound: list[Actor] = msgspec.field(default_factory=list)
    audit_subject: AuditSubject | None = None
    further_subjects: list[AuditSubject] = msgspec.field(default_factory=list)
    audit_actor: Actor | None = None
    after_commit: list[Callable[[], None]] = msgspec.field(default_factory=list)
    during_delivery: list[Callable[[], None]] = msgspec.field(default_factory=list)
    follow_ups: list[tuple[str, Callable[["UnitOfWork"], object]]] = msgspec.field(default_factory=list)
    _staged: dict[tuple[str, str, str], Staged] = msgspec.field(default_factory=dict)

    def __iter__(self) -> Iterator[Staged]:
        return iter(self._staged.values())

    def __len__(self) -> int:
        return len(self._staged)

    def audit(self, entity_type: str, entity_id: str, action: str) -> None:
        """Set the entity and the action of the audit row; that entity's changes appear in it without a prefix."""
        self.audit_subject = AuditSubject(entity_type, entity_id, action)

    def create(
        self,
        item: Item,
        on_conflict: OnConflict | None = None,
        *,
        unless: Condition | None = None,
        label: str | None = None,
        final: bool = False,
        audited: bool = True,
    ) -> None:
        """Stage a new item; fails if an item with this key exists, except one for which `unless` holds.

        `label` appears in the next attempt's `conflicts` if the condition fails. `final` means that another attempt
        would fail in the same way.
        """
        absent = type(item).pk.does_not_exist()
        staged = Staged(
            Operation.CREATE,
            item,
            on_conflict or Conflict(),
            condition=absent if unless is None else absent | unless,
            final=final,
            label=label,
            audited=audited,
            changes={name: [None, value] for name, value in _values(item).items()},
        )
        self._add(staged)

    def update(
        self,
        entity: Entity,
        values: Mapping[str, object],
        *,
        condition: Condition | None = None,
        on_conflict: OnConflict | None = None,
        label: str | None = None,
    ) -> None:
        """Stage new values of an entity that was read (None removes one); its version rises by one.

        The entity has the new values at once. Fails with `VersionConflict` unless `on_conflict` says otherwise.
        """
        earlier = self._staged.get((entity.Meta.table_name, entity.pk, entity.sk))
        if earlier is None:
            earlier = self._first_update(entity, on_conflict)
        elif earlier.is_unread or earlier.operation not in _TAKES_VALUES:
            raise _staged_twice(entity)
        if condition is not None:
            earlier.condition = condition if earlier.condition is None else earlier.condition & condition
        earlier.label = label or earlier.label
        for name, value in values.items():
            _change(earlier, entity, name, value)
        entity.check_staged(values)

    def update_unread(
        self,
        target: ItemKey[Any],
        *,
        condition: Condition | None = None,
        on_conflict: OnConflict | None = None,
        actions: Sequence[Action] = (),
        changes: Mapping[str, list[object]] | None = None,
        label: str | None = None,
        final: bool = False,
        audited: bool = True,
    ) -> None:
        """Stage a change of an item by its key; an absent item is created unless the condition forbids that.

        `actions` are the store's own (set, add, remove); `changes` `{field: [old, new]}` is what the audit row says.
        """
        staged = Staged(
            Operation.UPDATE,
            target.new(),
            on_conflict or Conflict(),
            condition=condition,
            final=final,
            label=label,
            audited=audited,
            is_unread=True,
            actions=list(actions),
            changes=dict(changes or {}),
        )
        self._add(staged)

    def delete(
        self, entity: Entity, *, condition: Condition | None = None, on_conflict: OnConflict | None = None
    ) -> None:
        """Stage the deletion of an entity that was read; fails if its version has changed since."""
        unchanged = type(entity).version == entity.version
        changes = {name: [value, None] for name, value in _values(entity).items()}
        both = unchanged if condition is None else unchanged & condition
        self._add(Staged(Operation.DELETE, entity, on_conflict or VersionConflict(), condition=both, changes=changes))

    def remove(
        self, target: ItemKey[Any], condition: Condition, on_conflict: OnConflict, *, audited: bool = False
    ) -> None:
        """Stage the deletion of an item by its key; fails unless `condition` holds for it."""
        self._add(Staged(Operation.DELETE, target.new(), on_conflict, condition=condition, audited=audited))

    def check_condition(
        self,
        target: ItemKey[Any],
        condition: Condition,
        on_conflict: OnConflict,
        *,
        label: str | None = None,
        final: bool = False,
    ) -> None:
        """Let the commit fail unless `condition` holds for an item that is not changed itself."""
        self._add(
            Staged(Operation.CONDITION_CHECK, target.new(), on_conflict, condition=condition, final=final, label=label)
        )

    def publish(self, recipient: Recipient, event: str, data: object) -> None:
        """Append an event to a recipient's mailbox with the commit; the order of the calls is kept."""
        self.published.append(Published(recipient, event, data))

    def end_sessions(self, person: Recipient, *, is_signed_out: bool, is_disabled: bool = False) -> None:
        """Record that sessions of this person end: their sockets close after the commit.

        The use case stages the end itself, listeners what follows from it; the delivery closes the sockets.
        """
        self.ended.append(EndedSessions(person, is_signed_out, is_disabled))

    def require_session(self, actor: Actor) -> None:
        """Let the commit fail with `AuthInvalid` if the actor's session ends first; a listener stages the condition."""
        self.session_bound.append(actor)

    def once(self, name: str, make: Callable[[], ResultT]) -> ResultT:
        """Return what `make` returned in the first attempt that called it under this name.

        For work that is expensive or must not be repeated, such as storing a file. It must not depend on what was read.
        """
        if name not in self.kept:
            self.kept[name] = make()
        return cast("ResultT", self.kept[name])

    @property
    def recipients(self) -> list[Recipient]:
        """Return the people whose mailboxes have something to deliver or to close, each once."""
        people = [*(published.recipient for published in self.published), *(ended.person for ended in self.ended)]
        return list(dict.fromkeys(people))

    def _first_update(self, entity: Entity, on_conflict: OnConflict | None) -> Staged:
        model, read = type(entity), entity.version
        staged = Staged(Operation.UPDATE, entity, on_conflict or _stale, condition=model.version == read)
        self._add(staged)
        staged.actions.append(model.version.set(read + 1))
        entity.version = read + 1
        return staged

    def _add(self, staged: Staged) -> None:
        if staged.key in self._staged:
            raise _staged_twice(staged.item)
        self._staged[staged.key] = staged


def _change(staged: Staged, entity: Entity, name: str, value: object) -> None:
    old = staged.changes[name][0] if name in staged.changes else getattr(entity, name)
    setattr(entity, name, value)
    if staged.item is not entity:  # another copy of the same entity: both show the new value
        setattr(staged.item, name, value)
        entity.version = staged.item.attribute_values["version"]
    if old == value:
        staged.changes.pop(name, None)
    else:
        staged.changes[name] = [old, value]


def _staged_twice(item: Item) -> ValueError:
    return ValueError(f"{type(item).__name__} {item.pk} is staged twice")


def _values(item: Item) -> dict[str, object]:
    return {name: value for name, value in item.attribute_values.items() if value is not None}


def _stale(raw: RawItem | None) -> BatonError:
    current = raw.get("version", {}).get("N") if raw else None
    return VersionConflict(details={"version": int(current)} if current else None)
