"""Refused steps: one form of 409 for every domain."""

import pytest

from chalicelib.core.errors import Conflict, EntityLocked
from chalicelib.core.state_machine import StateMachine
from chalicelib.core.transitions import (
    refused_transition,
    require_transition,
    transition_conflict,
    transition_details,
)

ORDER = StateMachine(
    entity="work order",
    transitions={("ASSIGNED", "start"): "IN_PROGRESS", ("ASSIGNED", "return"): "RETURNED"},
    locked=frozenset({"DONE"}),
    locking=frozenset({"return"}),
)
ENTRY = StateMachine(entity="entry", transitions={("OPEN", "close"): "CLOSED"})


def test_allowed_step_returns_its_target() -> None:
    assert require_transition(ORDER, "ASSIGNED", "start") == "IN_PROGRESS"


def test_refused_step_is_a_workflow_violation_with_state_action_and_allowed() -> None:
    with pytest.raises(Conflict) as caught:
        require_transition(ORDER, "DONE", "start")
    assert (caught.value.code, caught.value.status) == ("WORKFLOW_VIOLATION", 409)
    assert caught.value.message == "Cannot start a work order in state DONE."
    assert caught.value.details == {"state": "DONE", "action": "start", "allowed": []}


def test_allowed_lists_what_the_state_allows() -> None:
    assert transition_details(ORDER, "ASSIGNED", "finish")["allowed"] == ["return", "start"]


def test_locked_entity_is_reported_as_locked() -> None:
    with pytest.raises(EntityLocked) as caught:
        require_transition(ORDER, "DONE", "return")
    assert caught.value.message == "Cannot modify a sealed work order."
    assert caught.value.details == {"state": "DONE", "action": "return", "allowed": []}


def test_details_of_the_domain_are_added() -> None:
    for action, code in (("start", "WORKFLOW_VIOLATION"), ("return", "ENTITY_LOCKED")):
        error = refused_transition(ORDER, "DONE", action, ORDER.check("DONE", action), details={"id": "WO-1"})
        assert (error.code, error.details) == (code, {"state": "DONE", "action": action, "allowed": [], "id": "WO-1"})


def test_article_fits_the_entity() -> None:
    assert refused_transition(ENTRY, "CLOSED", "close").message == "Cannot close an entry in state CLOSED."


def test_missing_conditions_are_in_message_and_details() -> None:
    error = transition_conflict(ORDER, "ASSIGNED", "finish", missing=["no photo", "no note"], details={"photos": 0})
    assert error.message == "Cannot finish a work order in state ASSIGNED: no photo; no note."
    assert error.details == {
        "state": "ASSIGNED",
        "action": "finish",
        "allowed": ["return", "start"],
        "missing": ["no photo", "no note"],
        "photos": 0,
    }
