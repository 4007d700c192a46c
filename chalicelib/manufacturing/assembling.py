"""What modules and packs have in common on the line: moving to a state, taking parts in, being counted in lists.

Binding is what many do at once to one module, so it comes in two strengths. Usually the version that was read is held
against the one that stands, and the answer is exact. Who has lost that race a few times, because others are quicker, no
longer insists: then it only matters that the thing is still open and has room, and the store adds up. Nobody's scan is
lost, and a thing never holds more than its SKU says. The price is that such an answer may not yet count what others
bound in the same moment; its version is then behind, so an `If-Match` with it fails rather than overwrites.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.manufacturing import tally
from chalicelib.manufacturing.errors import missing_thing, violation
from chalicelib.manufacturing.registry import BOUND, LedgerEntry, ledger_key
from chalicelib.manufacturing.tables import Assembly, Batch, Built, Listed, Sku, org_list, place, sku_list

ThingT = TypeVar("ThingT", bound=Listed)

_OVERTAKEN = "overtaken:"
_INSISTS = 3


def find(request: Request[Any, Any], wanted: ItemKey[ThingT], permission: str, item_id: str) -> ThingT:
    """Something that the caller may see or change. Raises `NotFound` or `AccessDenied`."""
    thing = request.read(wanted)
    if thing is None:
        raise missing_thing(wanted.model.kind, item_id)
    request.actor.require_reach(permission, owners=(thing.created_by,))
    return thing


def found(thing: ThingT | None, kind: str, item_id: str) -> ThingT:
    """Something that a body names. Raises `NotFound`."""
    if thing is None:
        raise missing_thing(kind, item_id)
    return thing


def known(work: UnitOfWork, org_id: str, kind: str, item_id: str, actor_id: str) -> dict[str, Any]:
    """What every new thing has, whatever it is; it starts as a draft."""
    return {
        "item_id": item_id,
        "org_id": org_id,
        "org_list": org_list(org_id, kind, item_id),
        "created_by": actor_id,
        "created_at": work.now,
        "updated_at": work.now,
        **in_state("DRAFT", item_id),
    }


def built_by(org_id: str, kind: str, source: Sku | Batch, item_id: str) -> dict[str, Any]:
    """The SKU by which something is built, as it carries it: from the SKU itself, or from what carries it already."""
    spec = source.sku if isinstance(source, Batch) else source.spec
    return {"sku": spec, "sku_id": spec.id, "sku_list": sku_list(org_id, kind, spec.id, item_id)}


def in_state(status: str, item_id: str) -> dict[str, object]:
    """The fields of a thing that is in this state."""
    return {"status": str(status), "place": place(str(status), item_id)}


def lists_of(thing: Listed) -> list[str | None]:
    """The lists in which a thing is counted: the organisation's, its SKU's, its batch's."""
    owners: list[str | None] = [None]
    if isinstance(thing, Built):
        owners.append(thing.sku_id)
    if isinstance(thing, Assembly):
        owners.append(thing.batch_id)
    return owners


def count_new(work: UnitOfWork, thing: Listed) -> None:
    """Stage that there is one more."""
    tally.moved(work, thing.org_id, thing.kind, lists_of(thing), {thing.status: 1})


def move(
    work: UnitOfWork,
    thing: Listed,
    to: str,
    values: Mapping[str, object],
    *,
    condition: Condition | None = None,
) -> None:
    """Stage that a thing that was read goes to another state, with more of its fields."""
    count_moved(work, thing, thing.status, to)
    work.update(thing, {**in_state(to, thing.item_id), **values, "updated_at": work.now}, condition=condition)


def count_moved(work: UnitOfWork, thing: Listed, before: str, after: str) -> None:
    """Stage that a thing is counted in another state."""
    if before != after:
        tally.moved(work, thing.org_id, thing.kind, lists_of(thing), {before: -1, str(after): 1})


def check_room(thing: Assembly, parts: int, part: str, *, exists: bool = True) -> None:
    """Raise if a thing has no room for so many parts more; not `exists` while it is being made."""
    room = thing.required - thing.bound
    if parts > room:
        lacks = [f"there is room for {room} of {parts} {part}s" if room else f"all {thing.required} {part}s are bound"]
        more = {"bound": thing.bound, "required": thing.required}
        raise violation(thing, "IN_PROGRESS", lacks, more=more, exists=exists)


def regroup(
    work: UnitOfWork,
    thing: Assembly,
    to: str,
    parts: int,
    changes: Mapping[str, list[object]],
) -> None:
    """Stage that so many parts were bound (below zero: taken off), which leads to the state `to`.

    The thing shows the new values at once. Whoever names a version in `If-Match` is told at their first defeat, because
    the next attempt holds it against what it reads.
    """
    model, read, before = type(thing), thing.version, thing.status
    overtaken = sum(label.startswith(_OVERTAKEN) for label in work.conflicts)
    exact = overtaken < _INSISTS
    room = model.bound <= thing.required - parts if parts > 0 else model.bound >= -parts
    actions: list[Action] = [model.version.add(1), model.bound.add(parts), model.updated_at.set(work.now)]
    if before != to:
        actions += [getattr(model, name).set(value) for name, value in in_state(to, thing.item_id).items()]
        changes = {"status": [before, to], **changes}
    work.update_unread(
        ItemKey(model, thing.pk, thing.sk),
        condition=(model.status == before) & (model.version == read if exact else room),
        on_conflict=VersionConflict(),
        actions=actions,
        changes=changes,
        label=f"{_OVERTAKEN}{read}",
    )
    count_moved(work, thing, before, to)
    thing.version, thing.bound, thing.status, thing.updated_at = read + 1, thing.bound + parts, to, work.now


def write_down(
    work: UnitOfWork,
    thing: Assembly,
    actor_id: str,
    serials: Sequence[str],
    *,
    change: str = BOUND,
    part_ids: Sequence[str] | None = None,
    lot: str | None = None,
) -> LedgerEntry:
    """Stage an entry of the ledger of a module or pack; it comes after all that was there when the thing was read."""
    where = ledger_key(thing.pk, thing.version, work.ids.new())
    entry = LedgerEntry(
        where.pk,
        where.sk,
        org_id=thing.org_id,
        holder_id=thing.item_id,
        change=change,
        serials=list(serials),
        part_ids=None if part_ids is None else list(part_ids),
        lot=lot,
        at=work.now,
        by=actor_id,
    )
    work.create(entry, audited=False)
    return entry
