"""The unit of work: what a handler decided, staged, not yet done.

A handler reads, checks rules, and stages here: `create`, `update`, `amend`, `delete`, `guard`, `publish`. Nothing is
written until the whole is committed as one transaction (`chalicelib.core.commit`), which also carries the audit row,
the mailboxes and the idempotency record. Every staged change names the error that the failure of its condition
means, so a lost race ends as the contract's own answer and never as a crash.

    update   an entity that was read: checked against its version, so nothing that happened since is overwritten
    amend    an item that was not read, or is contended: checked against a guard only ("is free", "enough is left")

Traded away: an item can be changed once per transaction, so later changes of it are folded into the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import BatonError, Conflict, VersionConflict
from chalicelib.core.ids import Ids
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, Item

RawItem = Mapping[str, Mapping[str, Any]]
OnLoss = BatonError | Callable[[RawItem | None], Exception]
"""The answer if the condition fails: an error, or a function that makes one from the item as it stood instead."""


class Verb(Enum):
    """What a staged change does, in the order in which the store reports on them."""

    GUARD = 0
    DELETE = 1
    CREATE = 2
    UPDATE = 3


_TAKES_VALUES = frozenset({Verb.CREATE, Verb.UPDATE})
"""Staged changes that further values can be folded into."""


class Actor(msgspec.Struct, frozen=True):
    """Who does it: a person (`actor_id` is their user id) or a part of the system such as `system:sweep`."""

    org_id: str
    actor_id: str
    request_id: str


class Recipient(msgspec.Struct, frozen=True):
    """Whose mailbox an event goes to."""

    org_id: str
    user_id: str


class Published(msgspec.Struct, frozen=True):
    """An event that will be appended to a mailbox by the commit: `data` is JSON-able, times and Decimals included."""

    recipient: Recipient
    event: str
    data: object


@dataclass(slots=True)
class Staged:
    """One change of one item: `changes` is `{attribute: [old, new]}`, `actions` are the store's own beside them."""

    verb: Verb
    item: Item
    on_loss: OnLoss
    condition: Condition | None = None
    final: bool = False
    label: str | None = None
    audited: bool = True
    amends: bool = False
    actions: list[Action] = field(default_factory=list)
    changes: dict[str, list[object]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Which item it changes: table, `pk`, `sk`."""
        return (self.item.Meta.table_name, self.item.pk, self.item.sk)

    def loss(self, raw: RawItem | None) -> Exception:
        """The error that the failure of this change's condition means."""
        return self.on_loss if isinstance(self.on_loss, BatonError) else self.on_loss(raw)


@dataclass(slots=True)
class Subject:
    """What a request is about, for the audit trail: `order`, its id, and what was done, such as `ORDER_ACCEPTED`."""

    entity_type: str
    entity_id: str
    action: str


class UnitOfWork:
    """Collects what shall change. One per attempt: after a lost race the handler starts with an empty one.

    `now` is the one moment of the attempt; `lost` holds the labels of changes whose guards failed in earlier
    attempts, for handlers that would otherwise choose the same again. A handler sets `actor` only where the caller is
    known no sooner, as in a sign-in.
    """

    def __init__(self, now: datetime, ids: Ids, lost: frozenset[str] = frozenset()) -> None:
        self.now = now
        self.ids = ids
        self.lost = lost
        self.published: list[Published] = []
        self.subject: Subject | None = None
        self.actor: Actor | None = None
        self.afterwards: list[Callable[[], None]] = []
        """What is to be done once all of this is committed, and only then. It must not raise."""
        self._staged: dict[tuple[str, str, str], Staged] = {}

    def __iter__(self) -> Iterator[Staged]:
        return iter(self._staged.values())

    def __len__(self) -> int:
        return len(self._staged)

    def about(self, entity_type: str, entity_id: str, action: str) -> None:
        """Say what the request is about; its audit row says so, and shows that entity's changes unprefixed."""
        self.subject = Subject(entity_type, entity_id, action)

    def create(
        self,
        item: Item,
        on_loss: OnLoss | None = None,
        *,
        unless: Condition | None = None,
        label: str | None = None,
        final: bool = False,
        audited: bool = True,
    ) -> None:
        """Write a new item; fails if there is one with this key already (`unless`: that may be overwritten).

        `label` appears in the next attempt's `lost` if there was one.
        """
        absent = type(item).pk.does_not_exist()
        staged = Staged(
            Verb.CREATE,
            item,
            on_loss or Conflict(),
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
        guard: Condition | None = None,
        on_loss: OnLoss | None = None,
        label: str | None = None,
    ) -> None:
        """Change attributes of an entity that was read (None removes one); its version rises by one.

        The entity shows the new values at once. Fails with `VersionConflict` unless `on_loss` says otherwise; `label`
        appears in the next attempt's `lost` then.
        """
        earlier = self._staged.get((entity.Meta.table_name, entity.pk, entity.sk))
        if earlier is None:
            earlier = self._first_update(entity, on_loss)
        elif earlier.amends or earlier.verb not in _TAKES_VALUES:
            raise _twice(entity)
        if guard is not None:
            earlier.condition = guard if earlier.condition is None else earlier.condition & guard
        earlier.label = label or earlier.label
        for name, value in values.items():
            _change(earlier, entity, name, value)

    def amend(
        self,
        target: ItemKey[Any],
        *,
        guard: Condition | None = None,
        on_loss: OnLoss | None = None,
        actions: Sequence[Action] = (),
        changes: Mapping[str, list[object]] | None = None,
        label: str | None = None,
        final: bool = False,
        audited: bool = True,
    ) -> None:
        """Change an item by its key without having read it; an absent item is made unless the guard forbids that.

        `actions` are the store's own (set, add, remove); `changes` `{field: [old, new]}` is what the audit row shall
        say of it. `label` appears in the next attempt's `lost` if the guard fails.
        """
        staged = Staged(
            Verb.UPDATE,
            target.model(target.pk, target.sk),
            on_loss or Conflict(),
            condition=guard,
            final=final,
            label=label,
            audited=audited,
            amends=True,
            actions=list(actions),
            changes=dict(changes or {}),
        )
        self._add(staged)

    def delete(self, entity: Entity, *, guard: Condition | None = None, on_loss: OnLoss | None = None) -> None:
        """Remove an entity that was read; fails if it has changed since."""
        unchanged = type(entity).version == entity.version
        changes = {name: [value, None] for name, value in _values(entity).items()}
        condition = unchanged if guard is None else unchanged & guard
        self._add(Staged(Verb.DELETE, entity, on_loss or VersionConflict(), condition=condition, changes=changes))

    def remove(self, target: ItemKey[Any], condition: Condition, on_loss: OnLoss, *, audited: bool = False) -> None:
        """Remove an item by its key without having read it; fails unless `condition` holds for it."""
        item = target.model(target.pk, target.sk)
        self._add(Staged(Verb.DELETE, item, on_loss, condition=condition, audited=audited))

    def guard(
        self,
        target: ItemKey[Any],
        condition: Condition,
        on_loss: OnLoss,
        *,
        label: str | None = None,
        final: bool = False,
    ) -> None:
        """Let the commit fail unless `condition` holds for an item that itself is not changed.

        `label` appears in the next attempt's `lost` if it does not hold.
        """
        item = target.model(target.pk, target.sk)
        self._add(Staged(Verb.GUARD, item, on_loss, condition=condition, final=final, label=label))

    def publish(self, recipient: Recipient, event: str, data: object) -> None:
        """Tell somebody. The event enters the mailbox in the same transaction, in the order of the calls."""
        self.published.append(Published(recipient, event, data))

    @property
    def recipients(self) -> list[Recipient]:
        """Everybody who is told something, each once, in the order of the calls."""
        return list(dict.fromkeys(published.recipient for published in self.published))

    def _first_update(self, entity: Entity, on_loss: OnLoss | None) -> Staged:
        model = type(entity)
        read = entity.version
        staged = Staged(Verb.UPDATE, entity, on_loss or _stale, condition=model.version == read)
        self._add(staged)
        staged.actions.append(model.version.set(read + 1))
        entity.version = read + 1
        return staged

    def _add(self, staged: Staged) -> None:
        if staged.key in self._staged:
            raise _twice(staged.item)
        self._staged[staged.key] = staged


def _change(staged: Staged, entity: Entity, name: str, value: object) -> None:
    old = staged.changes[name][0] if name in staged.changes else getattr(entity, name)
    setattr(entity, name, value)
    if staged.item is not entity:  # another copy of it: both have to show the same
        setattr(staged.item, name, value)
        entity.version = staged.item.attribute_values["version"]
    if old == value:
        staged.changes.pop(name, None)
    else:
        staged.changes[name] = [old, value]


def _twice(item: Item) -> ValueError:
    return ValueError(f"{type(item).__name__} {item.pk} is staged twice")


def _values(item: Item) -> dict[str, object]:
    return {name: value for name, value in item.attribute_values.items() if value is not None}


def _stale(raw: RawItem | None) -> BatonError:
    current = raw.get("version", {}).get("N") if raw else None
    return VersionConflict(details={"version": int(current)} if current else None)
