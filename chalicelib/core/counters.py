"""Counters that several requests change at the same moment.

Checked against its version, all but one of several simultaneous changes of an entity would have to run again.
`change_contended` therefore has two conditions:

    exact     the version that was read. The sums in the response are exact, and no two responses show the same sum.
    guarded   the given condition only, such as "open, with room for one more". The store adds up. The response does
              not count what others commit at the same moment.

It is exact for the first attempts of a request and guarded afterwards, so no request starves. `insist` is the number
of exact attempts: 0 for counters that no response shows, `ALWAYS` where every response has to be exact; the number of
attempts is larger then (`contended_attempts`), because each conflict means that another request was served. A version
named by the client with `If-Match` is always required, and a difference is reported at the first conflict.

The version rises in every case. The audit row holds the values that were set, not the sums of counters.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.commit import EXACT_VERSION
from chalicelib.core.errors import BatonError, Unavailable, VersionConflict
from chalicelib.core.store import ItemKey, RawItem
from chalicelib.core.table import Entity, set_actions
from chalicelib.core.work import OnConflict, UnitOfWork

Amounts = Mapping[str, int | Decimal]

INSIST = 3
ALWAYS = 1_000_000
_LABEL = "contended:"


def is_exact(work: UnitOfWork, insist: int = INSIST) -> bool:
    """Return whether this attempt still requires the version that was read."""
    return _conflicts(work) < insist


def add_to_counters(
    work: UnitOfWork,
    target: ItemKey[Any],
    amounts: Amounts,
    *,
    condition: Condition | None = None,
    on_conflict: OnConflict | None = None,
    final: bool = False,
) -> None:
    """Stage additions to counters of an existing item that was not read.

    Fails with `on_conflict` (default `Unavailable`) if the item is absent or `condition` does not hold.
    """
    exists = target.model.pk.exists()
    work.update_unread(
        target,
        condition=exists if condition is None else exists & condition,
        on_conflict=on_conflict or Unavailable(),
        actions=additions(target.model, amounts),
        final=final,
    )


def change_contended(  # noqa: PLR0913 - independent of each other, and given by keyword
    work: UnitOfWork,
    entity: Entity,
    *,
    condition: Condition,
    values: Mapping[str, object] | None = None,
    amounts: Amounts | None = None,
    changes: Mapping[str, list[object]] | None = None,
    on_conflict: OnConflict | None = None,
    insist: int = INSIST,
    expected_version: int | None = None,
) -> None:
    """Stage new values (None removes one) and additions to counters of an entity that was read.

    `condition` has to fix every attribute that is set, since the audit row says its old value, and it alone is
    checked once the `insist` attempts are used up. `changes` `{field: [old, new]}` adds to the audit row.
    `expected_version` is the version of this entity that the client named. The entity shows the new values at once.
    Fails with `VersionConflict` if the named version is not the stored one, else with `on_conflict` (default
    `Unavailable`).
    """
    model, read, values, amounts = type(entity), entity.version, values or {}, amounts or {}
    required = expected_version if expected_version is not None else read if is_exact(work, insist) else None
    is_current = model.pk.exists() if required is None else model.version == required
    error = on_conflict or Unavailable()
    work.update_unread(
        ItemKey(model, entity.pk, entity.sk),
        condition=is_current & condition,
        on_conflict=error if expected_version is None else _version_error(expected_version, error),
        actions=[*set_actions(model, values), *additions(model, amounts)],
        changes={**_changes(entity, values), **(changes or {})},
        label=EXACT_VERSION if insist == ALWAYS else f"{_LABEL}{_conflicts(work)}",
        final=expected_version is not None,
    )
    for name, value in values.items():
        setattr(entity, name, value)
    entity.check_staged(values)
    for name, amount in amounts.items():
        setattr(entity, name, getattr(entity, name) + amount)
    entity.version = read + 1


def _changes(entity: Entity, values: Mapping[str, object]) -> dict[str, list[object]]:
    return {name: [old, new] for name, new in values.items() if (old := getattr(entity, name)) != new}


def _conflicts(work: UnitOfWork) -> int:
    """Return the number of attempts that failed on a contended change: each attempt has one label for all of them."""
    return sum(label.startswith(_LABEL) for label in work.conflicts)


def _version_error(expected: int, otherwise: OnConflict) -> Callable[[RawItem | None], Exception]:
    def explain(raw: RawItem | None) -> Exception:
        stored = int(raw["version"]["N"]) if raw and "version" in raw else expected
        if stored != expected:
            return VersionConflict(details={"version": stored})
        return otherwise if isinstance(otherwise, BatonError) else otherwise(raw)

    return explain


def additions(model: Any, amounts: Amounts) -> list[Action]:
    """Return the store's actions that add to counters of an entity and raise its version."""
    changed = [getattr(model, name).add(amount) for name, amount in amounts.items() if amount]
    return [*changed, model.version.add(1)]
