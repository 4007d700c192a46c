"""Requests and responses of SKUs and batches."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import EntityId, Note500, Text500
from chalicelib.manufacturing.assembly.holds.schemas import UnitHold
from chalicelib.manufacturing.rules import BatchStatus, SkuStatus
from chalicelib.manufacturing.schemas import ListQuery, Name100
from chalicelib.manufacturing.sku_spec import (
    Code64,
    Gtins,
    Limits,
    Name64,
    Passport,
    SerialPatterns,
    SkuSpec,
    TestStep,
    places_errors,
    planned_test_errors,
)
from chalicelib.manufacturing.traceability.passports.schemas import passport_errors

CellsPerModule = Annotated[int, Meta(ge=1, le=5000)]
ModulesPerPack = Annotated[int, Meta(ge=1, le=200)]
NewLimits = Annotated[Limits, Meta(max_length=50)]
NewPassport = Annotated[Passport, Meta(max_length=60)]
Tests = Annotated[list[TestStep], Meta(max_length=20)]


def _sku_errors(present: Mapping[str, object]) -> Mapping[str, str]:
    """Return the errors of voltage and capacity, of tests and of the passport."""
    names = ("nominalVoltage", "nominalCapacity")
    low = {name: "must be above 0" for name in names if isinstance(value := present.get(name), Decimal) and value <= 0}
    return low | places_errors(present, names) | planned_test_errors(present) | passport_errors(present)


class CreateSku(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new SKU."""

    name: Name100
    """The name of the product."""
    chemistry: Name64
    """The chemistry of the cells, such as `LFP`."""
    cells_per_module: CellsPerModule
    """The number of cells that a module has to hold to be sealed."""
    modules_per_pack: ModulesPerPack
    """The number of modules that a pack has to hold to be sealed."""
    nominal_voltage: Decimal | None = None
    """The nominal voltage of the pack in volts: above 0, with at most 6 decimal places."""
    nominal_capacity: Decimal | None = None
    """The nominal capacity of the pack in ampere hours: above 0, with at most 6 decimal places."""
    sku_code: Code64 | None = None
    """The organisation's own code of the product; no other SKU has it."""
    limits: NewLimits | None = None
    """The limits of the pack's end-of-line test, by the name of the measurement. A pack passes only if each of these is
    measured and within its limit."""
    gtins: Gtins | None = None
    """The GTINs of what is built for the SKU. A scanned code of another article is refused."""
    serial_patterns: SerialPatterns | None = None
    """The patterns that new serial numbers have to match."""
    require_lot: bool = False
    """Whether a cell needs a lot to be bound."""
    tests: Tests | None = None
    """The tests of a pack, in their order."""
    module_tests: Tests | None = None
    """The tests of a module, in their order."""
    passport: NewPassport | None = None
    """The attributes of the battery passport that the manufacturer supplies, for every pack: name to value."""

    cross_check = staticmethod(_sku_errors)


class EditSku(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The fields of a draft SKU to change. Those that are omitted stay; null removes one."""

    name: Name100 | UnsetType = UNSET
    """The name of the product."""
    chemistry: Name64 | UnsetType = UNSET
    """The chemistry of the cells, such as `LFP`."""
    cells_per_module: CellsPerModule | UnsetType = UNSET
    """The number of cells that a module has to hold to be sealed."""
    modules_per_pack: ModulesPerPack | UnsetType = UNSET
    """The number of modules that a pack has to hold to be sealed."""
    nominal_voltage: Decimal | UnsetType | None = UNSET
    """The nominal voltage of the pack in volts: above 0, with at most 6 decimal places."""
    nominal_capacity: Decimal | UnsetType | None = UNSET
    """The nominal capacity of the pack in ampere hours: above 0, with at most 6 decimal places."""
    sku_code: Code64 | UnsetType | None = UNSET
    """The organisation's own code of the product; no other SKU has it."""
    limits: NewLimits | UnsetType | None = UNSET
    """All limits of the pack's end-of-line test, by the name of the measurement."""
    gtins: Gtins | UnsetType | None = UNSET
    """The GTINs of what is built for the SKU, all three."""
    serial_patterns: SerialPatterns | UnsetType | None = UNSET
    """The patterns that new serial numbers have to match, all three."""
    require_lot: bool | UnsetType = UNSET
    """Whether a cell needs a lot to be bound."""
    tests: Tests | UnsetType | None = UNSET
    """All tests of a pack, in their order."""
    module_tests: Tests | UnsetType | None = UNSET
    """All tests of a module, in their order."""
    passport: NewPassport | UnsetType | None = UNSET
    """All attributes of the battery passport that the manufacturer supplies, for every pack: name to value."""

    cross_check = staticmethod(_sku_errors)


class CreateBatch(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new batch."""

    sku_id: EntityId
    """The id of an active SKU (`SKU-...`)."""
    target_quantity: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
    """The number of packs that are planned; it limits nothing."""
    notes: Note500 | None = None
    """Notes about the batch, which `q` searches too."""


class VoidBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a batch is voided."""

    reason: Text500
    """Why the batch is voided; the batch and the audit trail show it."""


class SkuQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of SKUs."""

    status: SkuStatus | None = None
    """Only SKUs in this status."""


class BatchQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of batches."""

    status: BatchStatus | None = None
    """Only batches in this status."""
    sku_id: EntityId | None = None
    """Only batches of this SKU (`SKU-...`)."""


class SkuView(SkuSpec, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A SKU."""

    status: SkuStatus
    """The status of the SKU."""
    version: int
    """Counts the changes of the SKU, from 1. It is the `ETag`, and can be sent back as `If-Match`."""
    created_at: datetime
    """When the SKU was created, UTC."""
    updated_at: datetime
    """When the SKU was last changed, UTC."""


class PackCounts(msgspec.Struct, frozen=True):
    """The numbers of a batch's packs."""

    total: int
    """The number of packs that were created in the batch and not voided."""
    open: int
    """The number of these that are in no final status: not `FINALIZED`, and not shipped."""
    passed: int
    """The number of packs with the disposition `PASS`, shipped ones included."""
    failed: int
    """The number of packs with the disposition `FAIL`."""
    voided: int
    """The number of packs that were voided, which no other number counts."""


class BatchView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A batch and the progress of its packs."""

    id: str
    """The id of the batch: `BAT-` and a UUID."""
    status: BatchStatus
    """The status of the batch."""
    sku_id: str
    """The id of the SKU for which the batch is produced."""
    sku: SkuSpec
    """That SKU. It cannot change, because it is active."""
    packs: PackCounts
    """The numbers of the batch's packs."""
    version: int
    """Counts the changes of the batch, from 1; each pack that is created or finalized is one. It is the `ETag`, and can
    be sent back as `If-Match`."""
    created_at: datetime
    """When the batch was created, UTC."""
    updated_at: datetime
    """When the batch was last changed, UTC."""
    target_quantity: int | None = None
    """The number of packs that are planned. Absent if it was not given."""
    notes: str | None = None
    """Notes about the batch. Absent if none were given."""
    reference: str | None = None
    """What the system that imported the batch calls it. Absent if it was not imported."""
    started_at: datetime | None = None
    """When the batch was started, UTC. Absent before that."""
    completed_at: datetime | None = None
    """When the batch was completed, UTC. Absent before that."""
    voided_at: datetime | None = None
    """When the batch was voided, UTC. Absent unless it was."""
    void_reason: str | None = None
    """Why the batch was voided. Absent unless it was."""


class BatchDetail(BatchView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A batch, the progress of its packs, and the holds of it."""

    holds: list[UnitHold]
    """Up to 20 of the open holds of the batch, which hold all of its modules and packs. Empty if it is not held."""
