"""Requests and responses of SKUs and batches."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import EntityId, Note500
from chalicelib.manufacturing.rules import BatchStatus, SkuStatus
from chalicelib.manufacturing.schemas import ListQuery, Name100
from chalicelib.manufacturing.sku_spec import Code64, Limits, Name64, SkuSpec, places_errors


class CreateSku(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new SKU. `limits` are those of the pack's end-of-line test, by the name of the measurement."""

    name: Name100
    chemistry: Name64
    cells_per_module: Annotated[int, Meta(ge=1, le=5000)]
    modules_per_pack: Annotated[int, Meta(ge=1, le=200)]
    nominal_voltage: Decimal | None = None
    nominal_capacity: Decimal | None = None
    sku_code: Code64 | None = None
    limits: Annotated[Limits, Meta(max_length=50)] | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a voltage and capacity that are not positive or too precise."""
        names = ("nominalVoltage", "nominalCapacity")
        low = {
            name: "must be above 0" for name in names if isinstance(value := present.get(name), Decimal) and value <= 0
        }
        return low | places_errors(present, names)


class CreateBatch(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new batch."""

    sku_id: EntityId
    target_quantity: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
    notes: Note500 | None = None


class SkuQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of SKUs; `q` searches name, code, chemistry and id."""

    status: SkuStatus | None = None


class BatchQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of batches; `q` searches id, notes and the SKU's name and code."""

    status: BatchStatus | None = None
    sku_id: EntityId | None = None


class SkuView(SkuSpec, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A SKU."""

    status: SkuStatus
    version: int
    created_at: datetime
    updated_at: datetime


class PackCounts(msgspec.Struct, frozen=True):
    """The numbers of a batch's packs: all, not finalized, passed, failed."""

    total: int
    open: int
    passed: int
    failed: int


class BatchView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A batch and the progress of its packs."""

    id: str
    status: BatchStatus
    sku_id: str
    sku: SkuSpec
    packs: PackCounts
    version: int
    created_at: datetime
    updated_at: datetime
    target_quantity: int | None = None
    notes: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
