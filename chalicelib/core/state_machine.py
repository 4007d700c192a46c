"""State machines as data: the allowed transitions of one kind of entity.

A domain's `rules.py` holds the table; the edge checks a step against it before the use case runs, and sweeps and
imports use the same table. This module is pure: standard library only, no I/O, no errors of the API
(`chalicelib.core.transitions` turns a refused step into a 409).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

TargetT = TypeVar("TargetT")


class TransitionCheck(Enum):
    """The result of checking a step in a state."""

    ALLOWED = "allowed"
    REPEATED = "repeated"
    LOCKED = "locked"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, kw_only=True)
class StateMachine(Generic[TargetT]):
    """The transitions `{(state, action): target}` of an entity such as `work order`.

    In a `locked` state the `locking` actions, those that change the entity's content, are refused for good. If
    `repeatable`, an action that led to the current state is accepted again without effect. `phrases` gives the words
    for an action in messages where its name is not a verb, such as `{"picked": "pick up"}`. `internal` actions are
    those of the system, which clients cannot request.
    """

    entity: str
    transitions: Mapping[tuple[str, str], TargetT]
    states: tuple[str, ...] = ()
    locked: frozenset[str] = frozenset()
    locking: frozenset[str] = frozenset()
    repeatable: bool = False
    internal: frozenset[str] = frozenset()
    phrases: Mapping[str, str] = field(default_factory=dict)

    def check(self, state: str, action: str) -> TransitionCheck:
        """Return whether the action is possible in the state."""
        if (state, action) in self.transitions:
            return TransitionCheck.ALLOWED
        if state in self.locked and action in self.locking:
            return TransitionCheck.LOCKED
        if self.repeatable and state in self.targets(action):
            return TransitionCheck.REPEATED
        return TransitionCheck.NOT_ALLOWED

    def target(self, state: str, action: str) -> TargetT:
        """Return the state that the action leads to. Raise `KeyError` if it is not allowed."""
        return self.transitions[state, action]

    def targets(self, action: str) -> set[TargetT]:
        """Return every state that the action can lead to."""
        return {target for (_, by), target in self.transitions.items() if by == action}

    def sources(self, action: str) -> list[str]:
        """Return the states in which the action is possible, in the order of the table."""
        return list(dict.fromkeys(state for state, by in self.transitions if by == action))

    def allowed(self, state: str) -> list[str]:
        """Return the actions that can be asked for in a state, sorted."""
        return sorted(str(action) for at, action in self.transitions if at == state and action not in self.internal)

    def phrase(self, action: str) -> str:
        """Return the words for an action in a message, such as `pick up`."""
        return self.phrases.get(action) or str(action).replace("_", " ").replace("-", " ")
