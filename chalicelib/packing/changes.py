"""Changes of things that several people change at once: counters and guards instead of versions.

An item that is packed changes a plate, a line, a box and sometimes the shipment, and so does every other item that
somebody packs at the same moment. Held against their versions, all but one of them would have to start again. Here a
change adds to counters and names only what must be true for it, so that those who do not stand in each other's way do
not notice each other. The version rises all the same: whoever does name one (an import, `If-Match`) sees the change.

Traded away: what the counters were before is not known exactly when they are added to, so the audit row says what was
packed and what was set, and not what the sums came to.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity
from chalicelib.core.work import OnConflict, UnitOfWork

Amounts = Mapping[str, int | Decimal]


def add_to(
    work: UnitOfWork,
    target: ItemKey[Any],
    amounts: Amounts,
    *,
    condition: Condition | None = None,
    on_conflict: OnConflict | None = None,
    final: bool = False,
) -> None:
    """Add to counters of something that exists, whatever they are; `guard` must hold for it as well.

    Where the guard fails for good the answer is `on_loss`; without one it is that the store is too busy.
    """
    exists = target.model.pk.exists()
    work.update_unread(
        target,
        condition=exists if condition is None else exists & condition,
        on_conflict=on_conflict or Unavailable(),
        actions=_additions(target.model, amounts),
        final=final,
    )


def change(
    work: UnitOfWork,
    entity: Entity,
    *,
    values: Mapping[str, object] | None = None,
    amounts: Amounts | None = None,
    condition: Condition,
    on_conflict: OnConflict | None = None,
    if_match: int | None = None,
) -> None:
    """Set attributes (None removes one) of something that was read, and add to its counters, as long as `guard` holds.

    `if_match` is the version that the caller has named, if any; it then has to be that still. The guard has to fix
    every attribute that is set, since the audit row tells its value before. The entity shows the outcome as it is if
    nobody else was there.
    """
    model, set_to, added = type(entity), dict(values or {}), dict(amounts or {})
    actions: list[Action] = [
        getattr(model, name).remove() if value is None else getattr(model, name).set(value)
        for name, value in set_to.items()
    ]
    changes = {name: [old, value] for name, value in set_to.items() if (old := getattr(entity, name)) != value}
    condition = model.pk.exists() & condition
    work.update_unread(
        ItemKey(model, entity.pk, entity.sk),
        condition=condition if if_match is None else condition & (model.version == if_match),
        on_conflict=on_conflict or Unavailable(),
        actions=[*actions, *_additions(model, added)],
        changes=changes,
    )
    for name, value in set_to.items():
        setattr(entity, name, value)
    for name, amount in added.items():
        setattr(entity, name, getattr(entity, name) + amount)
    entity.version += 1


def _additions(model: Any, amounts: Amounts) -> list[Action]:
    moved = [getattr(model, name).add(amount) for name, amount in amounts.items() if amount]
    return [*moved, model.version.add(1)]
