"""Binding of parts to modules and packs, which several people may do to one assembly at the same moment.

A request first requires the version that it read, so the counts in its response are exact. After three conflicts it
only requires that the assembly is in the same status and has room, and the store adds up (`chalicelib.core.counters`).
No scan is lost, and an assembly never holds more than its SKU requires. The response of such a request may not count
what others bound at the same moment; its version is then behind, so an `If-Match` with it fails.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from chalicelib.barcodes.patterns import matches_pattern
from chalicelib.core.actor import Actor
from chalicelib.core.counters import change_contended, is_exact
from chalicelib.core.errors import ValidationFailed, VersionConflict
from chalicelib.core.store import ItemKey, get
from chalicelib.core.table import parts_of
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import section_of
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.list_keys import list_partition, serial_sort_key
from chalicelib.manufacturing.rules import LineAction, missing_for_binding
from chalicelib.manufacturing.sku_spec import SkuSpec
from chalicelib.manufacturing.status_counters import move_listed, new_entity_values, sku_values
from chalicelib.manufacturing.tables import Assembly, ProductionBatch
from chalicelib.manufacturing.traceability.rules import ScannedPart, wrong_articles
from chalicelib.manufacturing.traceability.settings import TRACEABILITY
from chalicelib.manufacturing.traceability.tables import BOUND, LedgerEntry, ledger_key

CELL_ARTICLE = "cell"
"""The name of a cell's GTIN in the settings; those of modules and packs have the name of their kind."""
AssemblyT = TypeVar("AssemblyT", bound=Assembly)


def new_assembly(
    work: UnitOfWork, key: ItemKey[AssemblyT], batch: ProductionBatch, *, serial: str, actor: Actor
) -> AssemblyT:
    """Return a new module or pack of a batch, without parts."""
    model, org_id, item_id = key.model, actor.org_id, parts_of(key.pk)[-1]
    return key.new(
        serial=serial,
        batch_id=batch.item_id,
        batch_list=list_partition(org_id, model.kind, batch.item_id, item_id),
        search=f"{serial} {item_id}".lower(),
        serial_order=serial_sort_key(serial, item_id),
        **new_entity_values(work, org_id, model.kind, item_id, actor.user_id),
        **sku_values(org_id, model.kind, batch.sku, item_id),
    )


def require_article(org_id: str, sku: SkuSpec, kind: str, parts: Mapping[str, ScannedPart]) -> None:
    """Raise `ValidationFailed` if a scan, by its field, names another article than the SKU has, or breaks its pattern.

    `kind` is `cell`, `module` or `pack`. Where the SKU has no GTINs, those of the organisation's settings count; the
    organisation is read only if a scan names an article.
    """
    gtins = sku.gtins
    if gtins is None and any(part.gtin is not None for part in parts.values()):
        gtins = section_of(get(organisation_key(org_id)), TRACEABILITY).gtins.get(sku.id)
    errors = wrong_articles(parts, getattr(gtins, kind, None))
    pattern = getattr(sku.serial_patterns, kind, None)
    if pattern is not None:
        wrong = [name for name, part in parts.items() if not matches_pattern(pattern, part.serial)]
        errors |= dict.fromkeys(wrong, f"is a serial number that does not match the SKU's pattern {pattern}")
    if errors:
        raise ValidationFailed(errors)


def require_lots(sku: SkuSpec, lots: Iterable[str | None]) -> None:
    """Raise `ValidationFailed` if a cell has no lot and its SKU requires one."""
    if sku.require_lot and None in set(lots):
        raise ValidationFailed({"lot": "is required by the SKU"})


def require_room(assembly: Assembly, parts: int, part: str, action: LineAction) -> None:
    """Raise `Conflict` if an assembly has no room for so many more parts (`cell`, `module`)."""
    missing = missing_for_binding(assembly.bound, assembly.required, parts, part)
    if missing:
        raise line_conflict(assembly, action, missing, bound=assembly.bound, required=assembly.required)


def update_binding(
    work: UnitOfWork, assembly: Assembly, status: str, parts: int, changes: Mapping[str, list[object]] | None = None
) -> None:
    """Stage that so many parts were bound (negative: unbound), and the resulting status.

    `changes` `{field: [old, new]}` of the parts are added to the audit row. Fails with `VersionConflict`.
    """
    model, before = type(assembly), assembly.status
    condition = model.status == before
    if not is_exact(work):  # else the version says so
        condition &= model.bound <= assembly.required - parts if parts > 0 else model.bound >= -parts
    listed = {} if status == before else move_listed(work, assembly, status)
    change_contended(
        work,
        assembly,
        condition=condition,
        values={"updated_at": work.now, **listed},
        amounts={"bound": parts},
        on_conflict=VersionConflict(),
        expected_version=work.expected_version,
        changes=changes,
    )


def append_ledger_entry(
    work: UnitOfWork,
    assembly: Assembly,
    actor_id: str,
    serials: Sequence[str],
    *,
    change: str = BOUND,
    part_ids: Sequence[str] | None = None,
    lot: str | None = None,
    lots: Sequence[str] | None = None,
    **details: object,
) -> LedgerEntry:
    """Stage a ledger entry of a module or pack; it sorts after all entries that existed when the assembly was read.

    `details` are further attributes of the entry, which the audit row shows if they are not derived from others.
    """
    entry = ledger_key(assembly.pk, assembly.version, work.ids.new()).new(
        org_id=assembly.org_id,
        holder_id=assembly.item_id,
        change=change,
        serials=list(serials),
        part_ids=None if part_ids is None else list(part_ids),
        lot=lot,
        lots=None if lots is None else list(lots),
        at=work.now,
        by=actor_id,
        **details,
    )
    work.create(entry, audited=bool(details))
    return entry
