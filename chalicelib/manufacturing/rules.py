"""State machines of the production line, and what sealing and completing require.

    SKU      DRAFT -> ACTIVE -> RETIRED
             DRAFT -> RETIRED
    batch    DRAFT -> IN_PROGRESS -> COMPLETED
             without packs: any before COMPLETED -> VOID
    module   DRAFT -> IN_PROGRESS -> SEALED
             any -> SCRAPPED
    pack     DRAFT -> IN_PROGRESS -> READY_FOR_EOL -> FINALIZED -> SHIPPED
             READY_FOR_EOL or failed -> REWORK -> READY_FOR_EOL; returned: SHIPPED -> READY_FOR_EOL
             any before SHIPPED -> VOID

A sealed module or pack is locked: its content does not change any more, unless the pack is reworked.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chalicelib.core.state_machine import StateMachine
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.traceability.recalls.rules import RECALL


class SkuStatus(StrEnum):
    """The status of a SKU.

    `DRAFT`: it was created and can be edited. `ACTIVE`: batches can be created for it, and its content never changes.
    `RETIRED`: no batch can be created for it; those that exist go on.
    """

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class BatchStatus(StrEnum):
    """The status of a batch.

    `DRAFT`: it was created. `IN_PROGRESS`: modules and packs can be created in it. `COMPLETED`: all of its packs are
    finalized. `VOID`: it was created or started by mistake, and has no packs but voided ones.
    """

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    VOID = "VOID"


class ModuleStatus(StrEnum):
    """The status of a module.

    `DRAFT`: no cell was bound yet. `IN_PROGRESS`: cells are being bound. `SEALED`: it is complete and locked.
    `SCRAPPED`: it is not used any more, for good.
    """

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    SEALED = "SEALED"
    SCRAPPED = "SCRAPPED"


class PackStatus(StrEnum):
    """The status of a pack.

    `DRAFT`: no module was bound yet. `IN_PROGRESS`: modules are being bound. `READY_FOR_EOL`: it is sealed and ready
    for its end-of-line test. `FINALIZED`: it passed or failed. `REWORK`: it was opened again, and modules are taken out
    and put in. `SHIPPED`: it is at a customer. `VOID`: it is not used any more, for good.
    """

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    READY_FOR_EOL = "READY_FOR_EOL"
    FINALIZED = "FINALIZED"
    REWORK = "REWORK"
    SHIPPED = "SHIPPED"
    VOID = "VOID"


class CellFate(StrEnum):
    """What becomes of the cells of a scrapped module.

    `free`: they can be bound again. `scrap`: their serial numbers are never used again.
    """

    FREE = "free"
    SCRAP = "scrap"


class LineAction(StrEnum):
    """The steps of SKUs, batches, modules and packs, by the words of their paths."""

    EDIT = "edit"
    ACTIVATE = "activate"
    RETIRE = "retire"
    CREATE_BATCH = "create-batch"
    START = "start"
    COMPLETE = "complete"
    CREATE_MODULE = "create-module"
    CREATE_PACK = "create-pack"
    BIND_CELL = "bind-cell"
    BIND_CELLS = "bind-cells"
    UNBIND_CELL = "unbind-cell"
    BIND_MODULE = "bind-module"
    BIND_MODULES = "bind-modules"
    UNBIND_MODULE = "unbind-module"
    SEAL = "seal"
    DISPOSITION = "disposition"
    SCRAP = "scrap"
    REWORK = "rework"
    VOID = "void"
    SHIP = "ship"
    RETURN = "return"


SKU = StateMachine[SkuStatus](
    entity="SKU",
    transitions={
        (SkuStatus.DRAFT, LineAction.EDIT): SkuStatus.DRAFT,
        (SkuStatus.DRAFT, LineAction.ACTIVATE): SkuStatus.ACTIVE,
        (SkuStatus.ACTIVE, LineAction.CREATE_BATCH): SkuStatus.ACTIVE,
        (SkuStatus.DRAFT, LineAction.RETIRE): SkuStatus.RETIRED,
        (SkuStatus.ACTIVE, LineAction.RETIRE): SkuStatus.RETIRED,
    },
    states=tuple(SkuStatus),
    locked=frozenset({SkuStatus.ACTIVE, SkuStatus.RETIRED}),
    locking=frozenset({LineAction.EDIT}),
    phrases={LineAction.CREATE_BATCH: "create a batch of"},
)
BATCH = StateMachine[BatchStatus](
    entity="batch",
    transitions={
        (BatchStatus.DRAFT, LineAction.START): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, LineAction.CREATE_MODULE): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, LineAction.CREATE_PACK): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, LineAction.COMPLETE): BatchStatus.COMPLETED,
        (BatchStatus.DRAFT, LineAction.VOID): BatchStatus.VOID,
        (BatchStatus.IN_PROGRESS, LineAction.VOID): BatchStatus.VOID,
    },
    states=tuple(BatchStatus),
    phrases={LineAction.CREATE_MODULE: "create a module in", LineAction.CREATE_PACK: "create a pack in"},
)
MODULE = StateMachine[ModuleStatus](
    entity="module",
    transitions={
        (ModuleStatus.DRAFT, LineAction.BIND_CELL): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.DRAFT, LineAction.BIND_CELLS): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, LineAction.BIND_CELL): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, LineAction.BIND_CELLS): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, LineAction.UNBIND_CELL): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, LineAction.SEAL): ModuleStatus.SEALED,
        (ModuleStatus.DRAFT, LineAction.SCRAP): ModuleStatus.SCRAPPED,
        (ModuleStatus.IN_PROGRESS, LineAction.SCRAP): ModuleStatus.SCRAPPED,
        (ModuleStatus.SEALED, LineAction.SCRAP): ModuleStatus.SCRAPPED,
    },
    states=tuple(ModuleStatus),
    locked=frozenset({ModuleStatus.SEALED}),
    locking=frozenset({LineAction.BIND_CELL, LineAction.BIND_CELLS, LineAction.UNBIND_CELL, LineAction.SEAL}),
    phrases={
        LineAction.BIND_CELL: "bind a cell to",
        LineAction.BIND_CELLS: "bind cells to",
        LineAction.UNBIND_CELL: "unbind a cell from",
    },
)
PACK = StateMachine[PackStatus](
    entity="pack",
    transitions={
        (PackStatus.DRAFT, LineAction.BIND_MODULE): PackStatus.IN_PROGRESS,
        (PackStatus.DRAFT, LineAction.BIND_MODULES): PackStatus.IN_PROGRESS,
        (PackStatus.IN_PROGRESS, LineAction.BIND_MODULE): PackStatus.IN_PROGRESS,
        (PackStatus.IN_PROGRESS, LineAction.BIND_MODULES): PackStatus.IN_PROGRESS,
        (PackStatus.IN_PROGRESS, LineAction.UNBIND_MODULE): PackStatus.IN_PROGRESS,
        (PackStatus.IN_PROGRESS, LineAction.SEAL): PackStatus.READY_FOR_EOL,
        (PackStatus.READY_FOR_EOL, LineAction.DISPOSITION): PackStatus.FINALIZED,
        (PackStatus.READY_FOR_EOL, LineAction.REWORK): PackStatus.REWORK,
        (PackStatus.FINALIZED, LineAction.REWORK): PackStatus.REWORK,
        (PackStatus.REWORK, LineAction.BIND_MODULE): PackStatus.REWORK,
        (PackStatus.REWORK, LineAction.BIND_MODULES): PackStatus.REWORK,
        (PackStatus.REWORK, LineAction.UNBIND_MODULE): PackStatus.REWORK,
        (PackStatus.REWORK, LineAction.SEAL): PackStatus.READY_FOR_EOL,
        (PackStatus.FINALIZED, LineAction.SHIP): PackStatus.SHIPPED,
        (PackStatus.SHIPPED, LineAction.RETURN): PackStatus.READY_FOR_EOL,
        **{
            (status, LineAction.VOID): PackStatus.VOID
            for status in PackStatus
            if status not in (PackStatus.SHIPPED, PackStatus.VOID)
        },
    },
    states=tuple(PackStatus),
    locked=frozenset({PackStatus.READY_FOR_EOL, PackStatus.FINALIZED, PackStatus.SHIPPED}),
    locking=frozenset({LineAction.BIND_MODULE, LineAction.BIND_MODULES, LineAction.UNBIND_MODULE, LineAction.SEAL}),
    phrases={
        LineAction.BIND_MODULE: "bind a module to",
        LineAction.BIND_MODULES: "bind modules to",
        LineAction.UNBIND_MODULE: "unbind a module from",
        LineAction.DISPOSITION: "record a disposition for",
    },
)

STATE_MACHINES: Mapping[str, StateMachine[Any]] = {
    "sku": SKU,
    "batch": BATCH,
    "module": MODULE,
    "pack": PACK,
    "recall": RECALL,
}
"""The state machines by the kind of entity."""

_DECIDED: Mapping[str, tuple[Disposition, ...]] = {
    PackStatus.READY_FOR_EOL: (Disposition.QUARANTINE,),
    PackStatus.FINALIZED: (Disposition.PASS, Disposition.FAIL),
    PackStatus.SHIPPED: (Disposition.PASS,),
    PackStatus.VOID: (Disposition.PASS, Disposition.FAIL, Disposition.QUARANTINE),
}
"""The dispositions that packs in a status may have; in any status they may have none."""

OPEN_PACKS = (PackStatus.DRAFT, PackStatus.IN_PROGRESS, PackStatus.READY_FOR_EOL, PackStatus.REWORK)
"""The statuses of packs that keep their batch from being completed."""


def list_section(status: str, disposition: str | None = None) -> str:
    """Return the section of lists that an entity is in, such as `SEALED` or `FINALIZED_PASS`."""
    return str(status) if disposition is None else f"{status}_{disposition}"


def list_sections(kind: str, status: str | None = None, disposition: str | None = None) -> list[str]:
    """Return the sections of a kind's lists that hold a status and a disposition; None stands for all."""
    statuses = [status] if status else STATE_MACHINES[kind].states
    pairs = [(each, decided) for each in statuses for decided in (None, *_decided(kind, each))]
    return [list_section(each, decided) for each, decided in pairs if disposition in (None, decided)]


def _decided(kind: str, status: str) -> tuple[Disposition, ...]:
    return _DECIDED.get(status, ()) if kind == "pack" else ()


def missing_for_binding(bound: int, required: int, parts: int, part: str) -> list[str]:
    """Return why so many more parts (`cell`, `module`) cannot be bound; nothing if they can."""
    room = required - bound
    if parts <= room:
        return []
    return [f"there is room for {room} of {parts} {part}s" if room else f"all {required} {part}s are bound"]


def missing_for_seal(bound: int, required: int, part: str) -> list[str]:
    """Return why a module or pack cannot be sealed; nothing if it holds exactly the parts that its SKU requires."""
    short = required - bound
    if short == 0:
        return []
    return [f"{short} of {required} {part}s are not bound yet" if short > 0 else f"{-short} {part}s are too many"]


def missing_for_completion(packs: int, unfinished: int) -> list[str]:
    """Return why a batch cannot be completed; nothing if it has packs and all of them are finalized.

    `packs` are those that are not voided.
    """
    if packs == 0:
        return ["the batch has no pack"]
    return [f"{unfinished} of {packs} packs are not {PackStatus.FINALIZED}"] if unfinished else []


def missing_for_batch_void(packs: int) -> list[str]:
    """Return why a batch cannot be voided; nothing if it has no packs but voided ones."""
    return [f"{packs} packs are not {PackStatus.VOID}"] if packs else []
