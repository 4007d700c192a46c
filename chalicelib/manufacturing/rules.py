"""The line as tables: which step leads from where to where, what a seal needs, and when a pack passes its test.

    SKU      DRAFT -> ACTIVE
    batch    DRAFT -> IN_PROGRESS -> COMPLETED
    module   DRAFT -> IN_PROGRESS -> SEALED
    pack     DRAFT -> IN_PROGRESS -> READY_FOR_EOL -> FINALIZED

Whatever is not in a table is not possible. What is sealed is not merely in another state: it is locked, and says so.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, StrEnum
from typing import NamedTuple


class SkuStatus(StrEnum):
    """Where a blueprint stands: only an active one is built."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"


class BatchStatus(StrEnum):
    """Where a batch stands."""

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"


class ModuleStatus(StrEnum):
    """Where a module stands."""

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    SEALED = "SEALED"


class PackStatus(StrEnum):
    """Where a pack stands; EOL is the test at the end of the line."""

    DRAFT = "DRAFT"
    IN_PROGRESS = "IN_PROGRESS"
    READY_FOR_EOL = "READY_FOR_EOL"
    FINALIZED = "FINALIZED"


class Disposition(StrEnum):
    """What becomes of a tested pack. Quarantine decides nothing: the pack stays where it is for a later decision."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    QUARANTINE = "QUARANTINE"


class Step(StrEnum):
    """What somebody does to a thing on the line."""

    ACTIVATE = "activate"
    START = "start"
    COMPLETE = "complete"
    BIND = "bind"
    UNBIND = "unbind"
    SEAL = "seal"
    FINALIZE = "finalize"
    QUARANTINE = "quarantine"


class Life(NamedTuple):
    """The states of one kind of thing: `steps` lead on, in `locked` ones nothing of its make-up changes any more."""

    kind: str
    states: tuple[str, ...]
    steps: Mapping[tuple[str, Step], str]
    locked: frozenset[str] = frozenset()


SKU = Life("sku", tuple(SkuStatus), {(SkuStatus.DRAFT, Step.ACTIVATE): SkuStatus.ACTIVE})
BATCH = Life(
    "batch",
    tuple(BatchStatus),
    {
        (BatchStatus.DRAFT, Step.START): BatchStatus.IN_PROGRESS,
        (BatchStatus.IN_PROGRESS, Step.COMPLETE): BatchStatus.COMPLETED,
    },
)
MODULE = Life(
    "module",
    tuple(ModuleStatus),
    {
        (ModuleStatus.DRAFT, Step.BIND): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, Step.BIND): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, Step.UNBIND): ModuleStatus.IN_PROGRESS,
        (ModuleStatus.IN_PROGRESS, Step.SEAL): ModuleStatus.SEALED,
    },
    frozenset({ModuleStatus.SEALED}),
)
PACK = Life(
    "pack",
    tuple(PackStatus),
    {
        (PackStatus.DRAFT, Step.BIND): PackStatus.IN_PROGRESS,
        (PackStatus.IN_PROGRESS, Step.BIND): PackStatus.IN_PROGRESS,
        (PackStatus.IN_PROGRESS, Step.SEAL): PackStatus.READY_FOR_EOL,
        (PackStatus.READY_FOR_EOL, Step.FINALIZE): PackStatus.FINALIZED,
        (PackStatus.READY_FOR_EOL, Step.QUARANTINE): PackStatus.READY_FOR_EOL,
    },
    frozenset({PackStatus.READY_FOR_EOL, PackStatus.FINALIZED}),
)

LIVES: Mapping[str, Life] = {life.kind: life for life in (SKU, BATCH, MODULE, PACK)}
"""All of them, by the kind of thing."""

_ASSEMBLY = frozenset({Step.BIND, Step.UNBIND, Step.SEAL})
"""Steps that change what a thing is made of, or close it."""

STEP_OF: Mapping[Disposition, Step] = {
    Disposition.PASS: Step.FINALIZE,
    Disposition.FAIL: Step.FINALIZE,
    Disposition.QUARANTINE: Step.QUARANTINE,
}


class Verdict(Enum):
    """What to make of a step that somebody wants to take."""

    MOVE = "move"
    LOCKED = "locked"
    IMPOSSIBLE = "impossible"


def judge(life: Life, status: str, step: Step) -> Verdict:
    """Whether the step is possible in this state; what is sealed refuses assembly as locked."""
    if step in _ASSEMBLY and status in life.locked:
        return Verdict.LOCKED
    return Verdict.MOVE if (status, step) in life.steps else Verdict.IMPOSSIBLE


def leads_to(life: Life, step: Step) -> str:
    """The state that is wanted by who takes this step; of several the last."""
    return [to for (_, by), to in life.steps.items() if by == step][-1]


def possible_in(life: Life, step: Step) -> list[str]:
    """The states in which the step is possible, in the order of life."""
    return [state for state in life.states if (state, step) in life.steps]


class Bounds(NamedTuple):
    """What a measured value of a SKU has to lie within, both ends included; None is no bound."""

    minimum: Decimal | None
    maximum: Decimal | None
    unit: str


class Measured(NamedTuple):
    """A value that was measured at the end of the line."""

    value: Decimal
    unit: str


class Outside(NamedTuple):
    """Why a pack does not pass: `problem` is `missing`, `below` or `above`."""

    name: str
    problem: str
    value: Decimal | None
    bounds: Bounds


def outside(limits: Mapping[str, Bounds], measured: Mapping[str, Measured]) -> list[Outside]:
    """Everything that speaks against a PASS, in the order of the limits: each value outside and each that is missing.

    Units are held to be those of the limits (`strange_units` says which are not). What has no limit is not judged.
    """
    judged = ((name, bounds, _problem(bounds, measured.get(name))) for name, bounds in limits.items())
    return [
        Outside(name, problem, measured[name].value if name in measured else None, bounds)
        for name, bounds, problem in judged
        if problem is not None
    ]


def strange_units(limits: Mapping[str, Bounds], measured: Mapping[str, Measured]) -> dict[str, str]:
    """Measured values in another unit than their limit, which cannot be compared: `{name: the unit it should have}`."""
    return {
        name: limits[name].unit for name, one in measured.items() if name in limits and limits[name].unit != one.unit
    }


def _problem(bounds: Bounds, measured: Measured | None) -> str | None:
    if measured is None:
        return "missing"
    if bounds.minimum is not None and measured.value < bounds.minimum:
        return "below"
    if bounds.maximum is not None and measured.value > bounds.maximum:
        return "above"
    return None


def seal_lacks(bound: int, required: int, part: str) -> list[str]:
    """What is missing before something can be sealed, in words; nothing if it has exactly what its SKU says."""
    short = required - bound
    if short == 0:
        return []
    return [f"{short} of {required} {part}s are not bound yet" if short > 0 else f"{-short} {part}s are too many"]


def completion_lacks(packs: int, unfinished: int) -> list[str]:
    """What is missing before a batch can be completed, in words."""
    if packs == 0:
        return ["the batch has no pack"]
    return [f"{unfinished} of {packs} packs are not {PackStatus.FINALIZED}"] if unfinished else []
