"""What the console sends of SKUs, batches, modules and packs, and what it reads, in its envelope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import NOT_BLANK, EntityId
from chalicelib.manufacturing.blueprint import Limits, Measurement, Name64, Serial, places_problems

MAX_AT_ONCE = 90
"""Parts that one request binds: a transaction has a hundred items, and the rest of them is needed for the others."""

Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Notes = Annotated[str, Meta(max_length=500)]
Verdict = Literal["PASS", "FAIL", "QUARANTINE"]


class NewSku(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A blueprint to be. `limits` are what a pack has to keep to in its test, by the name of the measurement."""

    name: Text100
    chemistry: Name64
    cells_per_module: Annotated[int, Meta(ge=1, le=5000)]
    modules_per_pack: Annotated[int, Meta(ge=1, le=200)]
    nominal_voltage: Decimal | None = None
    nominal_capacity: Decimal | None = None
    sku_code: Name64 | None = None
    limits: Annotated[Limits, Meta(max_length=50)] | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Voltage and capacity are above 0, and as exact as is stored."""
        names = ("nominalVoltage", "nominalCapacity")
        low = {
            name: "must be above 0" for name in names if isinstance(value := present.get(name), Decimal) and value <= 0
        }
        return low | places_problems(present, names)


class NewBatch(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A batch to be."""

    sku_id: EntityId
    target_quantity: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
    notes: Notes | None = None


class NewUnit(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A module to be."""

    batch_id: EntityId
    serial: Serial


class NewPack(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A pack to be, with its first modules if they are there already; `bind-modules` takes the rest."""

    batch_id: EntityId
    serial: Serial
    module_ids: Annotated[list[EntityId], Meta(max_length=MAX_AT_ONCE)] | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """No module twice."""
        return repeated("moduleIds", present)


class BindCell(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell, and the lot that it came from."""

    serial: Serial
    lot: Serial | None = None

    @property
    def cells(self) -> list[str]:
        """The one cell."""
        return [self.serial]


class BindCells(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A tray of cells in their order, and the lot that all of them came from."""

    serials: Annotated[list[Serial], Meta(min_length=1, max_length=MAX_AT_ONCE)]
    lot: Serial | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """No cell twice."""
        return repeated("serials", present)

    @property
    def cells(self) -> list[str]:
        """The cells in their order."""
        return self.serials


class UnbindCell(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell to be taken off."""

    serial: Serial


class BindModule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A module for a pack."""

    module_id: EntityId

    @property
    def modules(self) -> list[str]:
        """The one module."""
        return [self.module_id]


class BindModules(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Modules for a pack, in their order."""

    module_ids: Annotated[list[EntityId], Meta(min_length=1, max_length=MAX_AT_ONCE)]

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """No module twice."""
        return repeated("moduleIds", present)

    @property
    def modules(self) -> list[str]:
        """The modules in their order."""
        return self.module_ids


class Decision(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What becomes of a tested pack, and what was measured."""

    disposition: Verdict
    notes: Notes | None = None
    measurements: Annotated[dict[Name64, Measurement], Meta(max_length=200)] | None = None


class ListQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which page of a list, and only what has a text in it (`q`)."""

    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Meta(ge=1, le=100)] = 20
    q: Annotated[str, Meta(max_length=100)] | None = None


class SkuQuery(ListQuery, frozen=True, rename="camel"):
    """Which SKUs; `q` looks into name, code, chemistry and id."""

    status: Literal["DRAFT", "ACTIVE"] | None = None


class BatchQuery(ListQuery, frozen=True, rename="camel"):
    """Which batches; `q` looks into id, notes and the SKU's name and code."""

    status: Literal["DRAFT", "IN_PROGRESS", "COMPLETED"] | None = None
    sku_id: EntityId | None = None


class ModuleQuery(ListQuery, frozen=True, rename="camel"):
    """Which modules; `q` looks into serial and id."""

    status: Literal["DRAFT", "IN_PROGRESS", "SEALED"] | None = None
    sku_id: EntityId | None = None
    batch_id: EntityId | None = None


class PackQuery(ListQuery, frozen=True, rename="camel"):
    """Which packs; `q` looks into serial and id."""

    status: Literal["DRAFT", "IN_PROGRESS", "READY_FOR_EOL", "FINALIZED"] | None = None
    sku_id: EntityId | None = None
    batch_id: EntityId | None = None


def repeated(name: str, present: Mapping[str, object]) -> dict[str, str]:
    """A sentence that names every text that is in a list more than once."""
    values = present.get(name)
    if not isinstance(values, Sequence):
        return {}
    twice = [str(value) for value, times in Counter(values).items() if times > 1]
    return {name: f"must not name anything twice: {', '.join(twice)}"} if twice else {}
