"""The effects that an undo can revert, as a stack whose lower part may be stored in chunks.

A chunk never changes. Snapshots of one ledger share chunks, so the cost of storing the stack does not grow with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from chalicelib.picking.ledger.matching import ZERO
from chalicelib.picking.ledger.working_time import WorkTimer

MAX_TOP = 64
"""The number of effects above the chunks after which the lower ones are moved into a chunk."""
KEPT_TOP = 32
MAX_CHUNK = 200


class PickerProgress(NamedTuple):
    """One picker's work on the assignment. `stint` is the number of times they claimed it."""

    name: str
    units: Decimal = ZERO
    timer: WorkTimer = WorkTimer()
    stint: int = 0


class UndoableEffect(NamedTuple):
    """The effect of an entry, with what an undo restores."""

    description: str
    by: str
    picks: tuple[tuple[int, Decimal], ...] = ()
    counter: str | None = None
    """The counter that was increased: `wraps`, `delays` or `breaks`."""
    unwrapped: bool | None = None
    shared: bool = False
    completed: bool = False
    people: Mapping[str, PickerProgress] = {}
    """The earlier values of the people whose timers changed."""
    unit: str | None = None
    """The fingerprint of the unit that was counted."""
    short: int | None = None
    """The number of the line that was closed short."""
    day: str | None = None
    """The day on which the picks count."""


class ChunkRef(NamedTuple):
    """A chunk of which the part up to a depth of the stack is in use."""

    chunk_id: str
    depth: int


class EffectChunk(NamedTuple):
    """Effects of a stack from depth `start` on, and the chunk below."""

    start: int
    effects: tuple[UndoableEffect, ...]
    below: ChunkRef | None = None


@dataclass(slots=True, eq=False)
class EffectStack:
    """The effects that can be undone: the newest in `top`, the others in chunks."""

    top: list[UndoableEffect] = field(default_factory=list)
    below: ChunkRef | None = None
    chunks: dict[str, EffectChunk] = field(default_factory=dict)
    """The chunks that were read or made; a stack whose next chunk was not read must not be undone so far."""

    def __len__(self) -> int:
        return len(self.top) + (0 if self.below is None else self.below.depth)

    def append(self, effect: UndoableEffect) -> None:
        """Put an effect onto the stack."""
        self.top.append(effect)

    def pop(self) -> UndoableEffect:
        """Take the newest effect from the stack."""
        if not self.top and self.below is not None:
            chunk = self.chunks[self.below.chunk_id]
            self.top.extend(chunk.effects[: self.below.depth - chunk.start])
            self.below = chunk.below
        return self.top.pop()

    def missing_chunk(self, pops: int) -> str | None:
        """Return the id of the next chunk to read before so many effects can be taken; None if all are there."""
        available, below = len(self.top), self.below
        while below is not None and available < pops:
            chunk = self.chunks.get(below.chunk_id)
            if chunk is None:
                return below.chunk_id
            available += below.depth - chunk.start
            below = chunk.below
        return None

    @property
    def chunks_to_spill(self) -> int:
        """Return the number of chunks that `spill` would make."""
        return -(-(len(self.top) - KEPT_TOP) // MAX_CHUNK) if len(self.top) > MAX_TOP else 0

    def spill(self, name: str) -> dict[str, EffectChunk]:
        """Move all but the newest effects into chunks, if there are many; return the new chunks by their ids.

        The ids begin with `name`, which must be new for this stack.
        """
        made: dict[str, EffectChunk] = {}
        if len(self.top) > MAX_TOP:
            moved, self.top = self.top[:-KEPT_TOP], self.top[-KEPT_TOP:]
            for first in range(0, len(moved), MAX_CHUNK):
                part = tuple(moved[first : first + MAX_CHUNK])
                start = 0 if self.below is None else self.below.depth
                chunk_id = f"{name}-{first}"
                made[chunk_id] = EffectChunk(start, part, self.below)
                self.below = ChunkRef(chunk_id, start + len(part))
        self.chunks.update(made)
        return made
