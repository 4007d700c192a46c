"""State machines of the production line, what sealing and completing require, and when a pack passes its test.

    SKU      DRAFT -> ACTIVE
    batch    DRAFT -> IN_PROGRESS -> COMPLETED
    module   DRAFT -> IN_PROGRESS -> SEALED
    pack     DRAFT -> IN_PROGRESS -> READY_FOR_EOL -> FINALIZED

A sealed module or pack is locked: its content does not change any more.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

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


class Disposition(StrEnum):
    """The decision on a tested pack.

    `PASS` and `FAIL` finalize the pack. `QUARANTINE` leaves it in its status for a later decision.
    """

    PASS = "PASS"  # noqa: S105 - a disposition, not a password
    FAIL = "FAIL"
    QUARANTINE = "QUARANTINE"


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

FINALIZING = frozenset({Disposition.PASS, Disposition.FAIL})
"""Dispositions that finalize a pack."""


class LimitBounds(NamedTuple):
    """The bounds of a measured value in a SKU, both inclusive; None is no bound."""

    minimum: Decimal | None
    maximum: Decimal | None
    unit: str


class MeasuredValue(NamedTuple):
    """A value that was measured in the end-of-line test."""

    value: Decimal
    unit: str


class LimitViolation(NamedTuple):
    """A reason why a pack does not pass; `problem` is `missing`, `below` or `above`."""

    name: str
    problem: str
    value: Decimal | None
    bounds: LimitBounds

    def __str__(self) -> str:
        return f"{self.name} is missing" if self.value is None else f"{self.name} is {self.problem} its limit"


def limit_violations(limits: Mapping[str, LimitBounds], measured: Mapping[str, MeasuredValue]) -> list[LimitViolation]:
    """Return each value that is missing or outside its limit, in the order of the limits.

    Units have to be those of the limits (see `mismatched_units`). Values without a limit are ignored.
    """
    problems = ((name, bounds, _problem(bounds, measured.get(name))) for name, bounds in limits.items())
    return [
        LimitViolation(name, problem, measured[name].value if name in measured else None, bounds)
        for name, bounds, problem in problems
        if problem is not None
    ]


def mismatched_units(limits: Mapping[str, LimitBounds], measured: Mapping[str, MeasuredValue]) -> dict[str, str]:
    """Return the required unit of each measured value whose unit differs from that of its limit."""
    return {
        name: limits[name].unit
        for name, value in measured.items()
        if name in limits and limits[name].unit != value.unit
    }


def _problem(bounds: LimitBounds, measured: MeasuredValue | None) -> str | None:
    if measured is None:
        return "missing"
    if bounds.minimum is not None and measured.value < bounds.minimum:
        return "below"
    if bounds.maximum is not None and measured.value > bounds.maximum:
        return "above"
    return None


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
