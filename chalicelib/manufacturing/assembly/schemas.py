"""Requests and responses of modules and packs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import EntityId
from chalicelib.manufacturing.assembly.holds.schemas import UnitHold
from chalicelib.manufacturing.assembly.rework.schemas import UnitChange
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.quality.schemas import DecisionView
from chalicelib.manufacturing.quality.tests.schemas import UnitTestView
from chalicelib.manufacturing.rules import ModuleStatus, PackStatus
from chalicelib.manufacturing.sku_spec import Lot, ScannedSerial, SkuSpec
from chalicelib.manufacturing.traceability.rules import new_part_errors, part_errors, read_part, tray_errors

MAX_PARTS_PER_REQUEST = 90
"""A transaction has at most 100 items; those of counters, audit row and the like need the rest."""


class CreateModule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new module."""

    batch_id: EntityId
    """The id of a batch that is in progress (`BAT-...`)."""
    serial: ScannedSerial
    """The serial number of the module, unique among all cells, modules and packs of all organisations. Upper and lower
    case differ. Of a scanned GS1 code its serial number (21) is stored. It does not begin as ids do (`MOD-`, `PCK-`,
    `BAT-`, `SKU-`)."""

    cross_check = staticmethod(new_part_errors)


class CreatePack(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new pack, with its first modules if they are sealed already."""

    batch_id: EntityId
    """The id of a batch that is in progress (`BAT-...`)."""
    serial: ScannedSerial
    """The serial number of the pack, unique among all cells, modules and packs of all organisations. Upper and lower
    case differ. Of a scanned GS1 code its serial number (21) is stored. It does not begin as ids do (`MOD-`, `PCK-`,
    `BAT-`, `SKU-`)."""
    module_ids: Annotated[list[EntityId], Meta(max_length=MAX_PARTS_PER_REQUEST)] | None = None
    """The ids of sealed modules (`MOD-...`) of the same SKU that are in no pack, in the order of binding."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a scan that names no pack, and of a module that is named twice."""
        return new_part_errors(present) | duplicates(present, "moduleIds")


class BindCell(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell to bind, and its lot."""

    serial: ScannedSerial
    """The serial number of the cell, unique among all cells, modules and packs of all organisations. Upper and lower
    case differ. Of a scanned GS1 code its serial number (21) is stored. It does not begin as ids do (`MOD-`, `PCK-`,
    `BAT-`, `SKU-`)."""
    lot: Lot | None = None
    """The lot of the cell, by which a recall finds it; upper and lower case do not differ. If absent, the lot (10) of
    the scanned code, if it has one. A cell keeps its first lot."""

    cross_check = staticmethod(new_part_errors)


class BindCells(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A tray of cells to bind, in order, and their lot."""

    serials: Annotated[list[ScannedSerial], Meta(min_length=1, max_length=MAX_PARTS_PER_REQUEST)]
    """The serial numbers of the cells in the order of binding, each once. Of scanned GS1 codes the serial numbers (21)
    are stored."""
    lot: Lot | None = None
    """The lot of these cells, by which a recall finds them; upper and lower case do not differ. If absent, the lot (10)
    of the scanned codes, which then has to be the same in all of them. A cell keeps its first lot."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of scans that name no cell, of different lots, and of a cell that is named twice."""
        return tray_errors(present) or _repeated_cells(present)


class UnbindCell(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell to unbind."""

    serial: ScannedSerial
    """The serial number of a cell of this module, or a scanned GS1 code with it."""

    cross_check = staticmethod(part_errors)


class BindModule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A module to bind."""

    module_id: EntityId
    """The id of a sealed module (`MOD-...`) of the same SKU that is in no pack."""


class BindModules(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Modules to bind, in order."""

    module_ids: Annotated[list[EntityId], Meta(min_length=1, max_length=MAX_PARTS_PER_REQUEST)]
    """The ids of sealed modules (`MOD-...`) of the same SKU that are in no pack, in the order of binding, each once."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a module that is named twice."""
        return duplicates(present, "moduleIds")


class ModuleView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A module and the number of its bound cells."""

    id: str
    """The id of the module: `MOD-` and a UUID."""
    serial: str
    """The serial number of the module."""
    status: ModuleStatus
    """The status of the module."""
    batch_id: str
    """The id of the batch in which the module was created."""
    sku_id: str
    """The id of the SKU for which the module is built."""
    sku: SkuSpec
    """That SKU. It cannot change, because it is active."""
    cells_bound: int
    """The number of cells in the module. While several people bind cells to it at once, the response to a change may
    not count the cells of the others."""
    cells_required: int
    """The number of cells that the module has to hold to be sealed."""
    version: int
    """Counts the changes of the module, from 1; each request that binds or unbinds is one. It is the `ETag`, and can be
    sent back as `If-Match`."""
    created_at: datetime
    """When the module was created, UTC."""
    updated_at: datetime
    """When the module was last changed, UTC."""
    pack_id: str | None = None
    """The id of the pack that holds the module. Absent while it is in none."""
    sealed_at: datetime | None = None
    """When the module was sealed, UTC. Absent before that."""
    scrapped_at: datetime | None = None
    """When the module was scrapped, UTC. Absent unless it was."""
    cells_freed: bool | None = None
    """Whether the cells of a scrapped module can be bound again. Absent unless the module is `SCRAPPED`."""


class Cell(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A cell of a module."""

    serial: str
    """The serial number of the cell."""
    bound_at: datetime
    """When the cell was bound, UTC."""
    lot: str | None = None
    """The lot of the cell. Absent if none was given."""


class ModuleDetail(ModuleView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A module with its cells in the order of binding, and its newest tests."""

    cells: Annotated[list[Cell], Meta(max_length=5000)]
    """The cells that the module holds, in the order of binding."""
    changes: list[UnitChange]
    """The newest 20 changes of the module other than the binding of cells, oldest first."""
    tests: list[UnitTestView]
    """The newest tests of the module, oldest first: at most 20, and fewer if they have many long measurements.
    `GET /v1/units/{serial}/tests` lists all."""
    holds: list[UnitHold]
    """Up to 20 of the open holds that hold the module, its batch or something in it. Empty if it is not held."""


class PackView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A pack, the number of its bound modules, and its newest disposition."""

    id: str
    """The id of the pack: `PCK-` and a UUID."""
    serial: str
    """The serial number of the pack."""
    status: PackStatus
    """The status of the pack."""
    batch_id: str
    """The id of the batch in which the pack was created."""
    sku_id: str
    """The id of the SKU for which the pack is built."""
    sku: SkuSpec
    """That SKU. It cannot change, because it is active."""
    modules_bound: int
    """The number of modules in the pack. While several people bind modules to it at once, the response to a change may
    not count those of the others."""
    modules_required: int
    """The number of modules that the pack has to hold to be sealed."""
    version: int
    """Counts the changes of the pack, from 1; each request that binds or unbinds is one. It is the `ETag`, and can be
    sent back as `If-Match`."""
    created_at: datetime
    """When the pack was created, UTC."""
    updated_at: datetime
    """When the pack was last changed, UTC."""
    attempt: int
    """Counts from 1 how often the pack was built or taken back to be tested: rework and a return begin another attempt.
    Tests and dispositions of earlier attempts do not count."""
    disposition: Disposition | None = None
    """The newest disposition of this attempt. Absent before the first one."""
    sealed_at: datetime | None = None
    """When the pack was sealed, UTC. Absent before that, and in rework."""
    disposed_at: datetime | None = None
    """When the newest disposition was decided, UTC. Absent before the first one of this attempt."""
    customer: str | None = None
    """The customer of the newest shipment, also after a return. Absent before the first shipment."""
    order: str | None = None
    """The customer's order of the newest shipment. Absent before the first shipment, and if none was given."""
    shipped_at: datetime | None = None
    """When the pack was shipped last, UTC. Absent before the first shipment."""
    returned_at: datetime | None = None
    """When the pack came back, UTC. Absent if it did not come back since it was shipped last."""


class PackModule(msgspec.Struct, frozen=True, rename="camel"):
    """A module of a pack."""

    id: str
    """The id of the module (`MOD-...`)."""
    serial: str
    """The serial number of the module."""
    bound_at: datetime
    """When the module was bound, UTC."""


class PackDetail(PackView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A pack with its modules in the order of binding, and its newest dispositions and tests."""

    modules: Annotated[list[PackModule], Meta(max_length=200)]
    """The modules that the pack holds, in the order of binding."""
    dispositions: list[DecisionView]
    """The newest dispositions of the pack, oldest first: at most 20, and fewer if they have many long measurements.
    `GET /v1/packs/{pack_id}/dispositions` lists all."""
    changes: list[UnitChange]
    """The newest 20 changes of the pack other than the binding of modules, oldest first."""
    tests: list[UnitTestView]
    """The newest tests of the pack, oldest first: at most 20, and fewer if they have many long measurements.
    `GET /v1/units/{serial}/tests` lists all."""
    holds: list[UnitHold]
    """Up to 20 of the open holds that hold the pack, its batch or something in it. Empty if it is not held."""


def _repeated_cells(present: Mapping[str, object]) -> dict[str, str]:
    raws = present.get("serials")
    return duplicates({"serials": [read_part(raw).serial for raw in raws]}, "serials") if isinstance(raws, list) else {}


def duplicates(present: Mapping[str, object], name: str) -> dict[str, str]:
    """Return the error of a list field that names an item more than once."""
    values = present.get(name)
    if not isinstance(values, Sequence):
        return {}
    repeated = [str(value) for value, times in Counter(values).items() if times > 1]
    return {name: f"must not name an item twice: {', '.join(repeated)}"} if repeated else {}
