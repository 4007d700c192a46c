"""The importers of SKUs and batches, by the rules of the console.

A SKU is found by its code, a batch by the reference that the importing system gives it. Fields that a record omits stay
as they are, and the same file can be loaded twice. What the state of a SKU or batch does not allow to change is
rejected, field by field.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.edge.types import EntityId, Note500
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.planning.schemas import CellsPerModule, CreateBatch, CreateSku, EditSku, ModulesPerPack
from chalicelib.manufacturing.planning.service import change_draft_batch, create_batch, create_sku, edit_sku
from chalicelib.manufacturing.planning.tables import batch_reference_key
from chalicelib.manufacturing.rules import BatchStatus, SkuStatus
from chalicelib.manufacturing.schemas import Name100
from chalicelib.manufacturing.sku_spec import Code64, Name64
from chalicelib.manufacturing.tables import ListedEntity, ProductionBatch, Sku, batch_key, sku_code_key, sku_key


class SkuRecord(EditSku, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A SKU. Fields that a record omits stay as they are; null removes one."""

    sku_code: Code64
    """The natural key: the organisation's own code of the product."""
    name: Name100
    """The name of the product."""
    chemistry: Name64
    """The chemistry of the cells, such as `LFP`."""
    cells_per_module: CellsPerModule
    """The number of cells that a module has to hold to be sealed."""
    modules_per_pack: ModulesPerPack
    """The number of modules that a pack has to hold to be sealed."""


class BatchRecord(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A batch of an active SKU, which `skuId` or `skuCode` names."""

    reference: Code64
    """The natural key: what the importing system calls the batch, such as the number of a production order."""
    sku_id: EntityId | None = None
    """The id of the SKU (`SKU-...`)."""
    sku_code: Code64 | None = None
    """The code of the SKU, instead of its id."""
    target_quantity: Annotated[int, Meta(ge=1, le=10_000_000)] | UnsetType | None = UNSET
    """The number of packs that are planned; it limits nothing."""
    notes: Note500 | UnsetType | None = UNSET
    """Notes about the batch, which `q` searches too."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return `{"skuId": ...}` unless exactly one of `skuId` and `skuCode` is given."""
        given = [name for name in ("skuId", "skuCode") if present.get(name) is not None]
        return {} if len(given) == 1 else {"skuId": "is required, or skuCode instead of it"}


def upsert_sku(work: UnitOfWork, record: SkuRecord, actor: Actor) -> Outcome:
    """Create a SKU, or change one that is a draft. Raise `ValidationFailed` for changes of one that is not."""
    sku, sent = find_sku(actor.org_id, record.sku_code), _sent(record)
    if sku is None:
        create_sku(work, CreateSku(**{name: value for name, value in sent.items() if value is not None}), actor)
        return "created"
    values = _differing(actor, permissions.EDIT_SKU, sku, sent, may_change=sku.status == SkuStatus.DRAFT)
    work.audit(Sku.kind, sku.item_id, "SKU_IMPORTED")
    if values:
        edit_sku(work, sku, EditSku(**values))
    return "updated"


def upsert_batch(work: UnitOfWork, record: BatchRecord, actor: Actor) -> Outcome:
    """Create a batch, or change one that is a draft. Raise `ValidationFailed` for changes of one that is not."""
    org_id, sent = actor.org_id, _sent(record, "reference", "sku_id", "sku_code")
    sku = get(sku_key(org_id, record.sku_id)) if record.sku_id else find_sku(org_id, str(record.sku_code))
    named_by = "skuId" if record.sku_id else "skuCode"
    if sku is None:
        raise ValidationFailed({named_by: "is not a SKU of the organisation"})
    claim = get(batch_reference_key(org_id, record.reference))
    batch = None if claim is None else get(batch_key(org_id, claim.batch_id))
    if batch is None:
        if sku.status != SkuStatus.ACTIVE:
            raise ValidationFailed({named_by: f"is {sku.status} and has to be {SkuStatus.ACTIVE}"})
        command = CreateBatch(sku_id=sku.item_id, **sent)
        batch = create_batch(work, sku, command, actor, reference=record.reference)
        reference = batch_reference_key(org_id, record.reference).new(batch_id=batch.item_id)
        work.create(reference, Conflict(), audited=False)
        return "created"
    if batch.sku_id != sku.item_id:
        raise ValidationFailed({named_by: f"is not that of the batch, which is {batch.sku_id}"})
    is_draft = batch.status == BatchStatus.DRAFT
    values = _differing(actor, permissions.CREATE_BATCH, batch, sent, may_change=is_draft)
    work.audit(ProductionBatch.kind, batch.item_id, "BATCH_IMPORTED")
    if values:
        change_draft_batch(work, batch, values)
    return "updated"


def find_sku(org_id: str, sku_code: str) -> Sku | None:
    """Return the SKU with this code, if there is one."""
    claim = get(sku_code_key(org_id, sku_code))
    return None if claim is None else get(sku_key(org_id, claim.sku_id))


def _sent(record: msgspec.Struct, *others: str) -> dict[str, Any]:
    """Return the fields of the entity that were sent, by its attributes."""
    fields = msgspec.structs.asdict(record)
    return {name: value for name, value in fields.items() if value is not UNSET and name not in others}


def _differing(
    actor: Actor, permission: str, entity: ListedEntity, sent: Mapping[str, Any], *, may_change: bool
) -> dict[str, Any]:
    """Return what was sent and differs. Raise `ValidationFailed` if there is such a field and nothing may change."""
    actor.require_reach(permission, owners=(entity.created_by,))
    values = {name: value for name, value in sent.items() if (getattr(entity, name) or None) != (value or None)}
    if values and not may_change:
        reason = f"cannot be changed while the {entity.kind} is {entity.status}"
        raise ValidationFailed({_field(name): reason for name in values})
    return values


def _field(name: str) -> str:
    """Return the name of a field as clients write it: `cellsPerModule`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


SKUS = Dataset(
    name="skus",
    title="SKUs",
    record=SkuRecord,
    permission=permissions.CREATE_SKU,
    entity_type=Sku.kind,
    action="SKU_IMPORTED",
    key_field="skuCode",
    upsert=upsert_sku,
    example={
        "skuCode": "TR-60",
        "name": "Traction 60",
        "chemistry": "LFP",
        "cellsPerModule": 48,
        "modulesPerPack": 8,
        "nominalVoltage": 51.2,
        "limits": {"voltage": {"min": 50, "max": 53, "unit": "V"}},
    },
)
"""The importer of SKUs; the permission to edit SKUs is needed for those that exist."""

BATCHES = Dataset(
    name="batches",
    title="batches",
    record=BatchRecord,
    permission=permissions.CREATE_BATCH,
    entity_type=ProductionBatch.kind,
    action="BATCH_IMPORTED",
    key_field="reference",
    upsert=upsert_batch,
    example={"reference": "PO-20417", "skuCode": "TR-60", "targetQuantity": 40, "notes": "Second shift"},
)
"""The importer of batches."""
