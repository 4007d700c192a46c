"""State machines of the production line, and what sealing and completing require.

    SKU      DRAFT -> ACTIVE
    batch    DRAFT -> IN_PROGRESS -> COMPLETED
    module   DRAFT -> IN_PROGRESS -> SEALED
    pack     DRAFT -> IN_PROGRESS -> READY_FOR_EOL -> FINALIZED

A sealed module or pack is locked: its content does not change any more.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chalicelib.core.state_machine import StateMachine


class SkuStatus(StrEnum):
    """The status of a SKU.

    `DRAFT`: it was created. `ACTIVE`: batches can be created for it, and it never changes.
    """

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"


class BatchStatus(StrEnum):
    """The status of a batch.

    `DRAFT`: it was created. `IN_PROGRESS`: modules and packs can be created in it. `COMPLETED`: all of its packs are
    finalized.
    """

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"


class ModuleStatus(StrEnum):
    """The status of a module.

    `DRAFT`: no cell was bound yet. `IN_PROGRESS`: cells are being bound. `SEALED`: it is complete and locked.
    """

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    SEALED = "SEALED"


class PackStatus(StrEnum):
    """The status of a pack.

    `DRAFT`: no module was bound yet. `IN_PROGRESS`: modules are being bound. `READY_FOR_EOL`: it is sealed and ready
    for its end-of-line test. `FINALIZED`: it passed or failed.
    """

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    READY_FOR_EOL = "READY_FOR_EOL"
    FINALIZED = "FINALIZED"


class LineAction(StrEnum):
    """The steps of SKUs, batches, modules and packs, by the words of their paths."""

    ACTIVATE = "activate"
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
    SEAL = "seal"
    DISPOSITION = "disposition"


SKU = StateMachine[SkuStatus](
    entity="SKU",
    transitions={
        (SkuStatus.DRAFT, LineAction.ACTIVATE): SkuStatus.ACTIVE,
        (SkuStatus.ACTIVE, LineAction.CREATE_BATCH): SkuStatus.ACTIVE,
    },
    states=tuple(SkuStatus),
    phrases={LineAction.CREATE_BATCH: "create a batch of"},
)
BATCH = StateMachine[BatchStatus](
    entity="batch",
    transitions={
        (BatchStatus.DRAFT, LineAction.START): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, LineAction.CREATE_MODULE): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, LineAction.CREATE_PACK): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, LineAction.COMPLETE): BatchStatus.COMPLETED,
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
        (PackStatus.IN_PROGRESS, LineAction.SEAL): PackStatus.READY_FOR_EOL,
        (PackStatus.READY_FOR_EOL, LineAction.DISPOSITION): PackStatus.FINALIZED,
    },
    states=tuple(PackStatus),
    locked=frozenset({PackStatus.READY_FOR_EOL, PackStatus.FINALIZED}),
    locking=frozenset({LineAction.BIND_MODULE, LineAction.BIND_MODULES, LineAction.SEAL}),
    phrases={
        LineAction.BIND_MODULE: "bind a module to",
        LineAction.BIND_MODULES: "bind modules to",
        LineAction.DISPOSITION: "record a disposition for",
    },
)

STATE_MACHINES: Mapping[str, StateMachine[Any]] = {"sku": SKU, "batch": BATCH, "module": MODULE, "pack": PACK}
"""The state machines by the kind of entity."""


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
    """Return why a batch cannot be completed; nothing if it has packs and all of them are finalized."""
    if packs == 0:
        return ["the batch has no pack"]
    return [f"{unfinished} of {packs} packs are not {PackStatus.FINALIZED}"] if unfinished else []
