"""Requests and responses of modules and packs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import EntityId, Note500
from chalicelib.manufacturing.rules import Disposition, ModuleStatus, PackStatus
from chalicelib.manufacturing.schemas import AssemblyQuery
from chalicelib.manufacturing.sku_spec import Measurement, Name64, Serial, SkuSpec

MAX_PARTS_PER_REQUEST = 90
"""A transaction has at most 100 items; those of counters, audit row and the like need the rest."""


class CreateModule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new module."""

    batch_id: EntityId
    serial: Serial


class CreatePack(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new pack, with its first modules if they are sealed already; `bind-modules` adds the others."""

    batch_id: EntityId
    serial: Serial
    module_ids: Annotated[list[EntityId], Meta(max_length=MAX_PARTS_PER_REQUEST)] | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a module that is named twice."""
        return duplicates(present, "moduleIds")


class BindCell(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell to bind, and its lot."""

    serial: Serial
    lot: Serial | None = None


class BindCells(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A tray of cells to bind, in order, and their lot."""

    serials: Annotated[list[Serial], Meta(min_length=1, max_length=MAX_PARTS_PER_REQUEST)]
    lot: Serial | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a cell that is named twice."""
        return duplicates(present, "serials")


class UnbindCell(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell to unbind."""

    serial: Serial


class BindModule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A module to bind."""

    module_id: EntityId


class BindModules(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Modules to bind, in order."""

    module_ids: Annotated[list[EntityId], Meta(min_length=1, max_length=MAX_PARTS_PER_REQUEST)]

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a module that is named twice."""
        return duplicates(present, "moduleIds")


class Decision(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The disposition of a tested pack, and the measurements of the test."""

    disposition: Disposition
    notes: Note500 | None = None
    measurements: Annotated[dict[Name64, Measurement], Meta(max_length=200)] | None = None


class ModuleQuery(AssemblyQuery, frozen=True, rename="camel"):
    """The filters of modules; `q` searches serial number and id."""

    status: ModuleStatus | None = None


class PackQuery(AssemblyQuery, frozen=True, rename="camel"):
    """The filters of packs; `q` searches serial number and id."""

    status: PackStatus | None = None


class ModuleView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A module and the number of its bound cells."""

    id: str
    serial: str
    status: ModuleStatus
    batch_id: str
    sku_id: str
    sku: SkuSpec
    cells_bound: int
    cells_required: int
    version: int
    created_at: datetime
    updated_at: datetime
    pack_id: str | None = None
    sealed_at: datetime | None = None


class Cell(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A cell of a module."""

    serial: str
    bound_at: datetime
    lot: str | None = None


class ModuleDetail(ModuleView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A module with its cells in the order of binding."""

    cells: Annotated[list[Cell], Meta(max_length=5000)]


class PackView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A pack, the number of its bound modules, and its newest disposition."""

    id: str
    serial: str
    status: PackStatus
    batch_id: str
    sku_id: str
    sku: SkuSpec
    modules_bound: int
    modules_required: int
    version: int
    created_at: datetime
    updated_at: datetime
    disposition: Disposition | None = None
    sealed_at: datetime | None = None
    disposed_at: datetime | None = None


class PackModule(msgspec.Struct, frozen=True, rename="camel"):
    """A module of a pack."""

    id: str
    serial: str
    bound_at: datetime


class DecisionView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A disposition of a pack, with the deciding user, notes and measurements."""

    disposition: Disposition
    decided_at: datetime
    decided_by: str
    notes: str | None = None
    measurements: dict[str, Measurement] | None = None


class PackDetail(PackView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A pack with its modules in the order of binding, and its dispositions, oldest first."""

    modules: Annotated[list[PackModule], Meta(max_length=200)]
    dispositions: list[DecisionView]


def duplicates(present: Mapping[str, object], name: str) -> dict[str, str]:
    """Return the error of a list field that names an item more than once."""
    values = present.get(name)
    if not isinstance(values, Sequence):
        return {}
    repeated = [str(value) for value, times in Counter(values).items() if times > 1]
    return {name: f"must not name an item twice: {', '.join(repeated)}"} if repeated else {}
