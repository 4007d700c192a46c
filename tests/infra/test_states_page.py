"""docs/technician.md shows the states of work orders as the code has them."""

import re

import pytest

from chalicelib.identity.roles.default_permissions import PERMISSIONS
from chalicelib.maintenance.permissions import STEPS
from chalicelib.maintenance.rules import WORK_ORDER, WorkOrderAction, WorkOrderState
from infra import states_page


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert states_page.main(["--check"]) == 0, capsys.readouterr().out


def test_every_step_has_a_permission_that_exists_and_a_row() -> None:
    assert set(STEPS) == set(WorkOrderAction)
    assert set(STEPS.values()) <= PERMISSIONS.keys()
    rows = re.findall(r"^\| `([a-z-]+)` \|", states_page.part(), re.MULTILINE)
    assert rows == [action.value for action in WorkOrderAction]


def test_the_drawing_has_every_state_and_every_step_that_leads_on() -> None:
    arrows = set(re.findall(r"(\w+) --> (\w+): ([a-z-]+)", states_page.part()))
    steps = {(state, action) for state, action in WORK_ORDER.transitions if action != WorkOrderAction.EDIT}
    assert {(state, action) for state, _, action in arrows} == steps
    assert {state for arrow in arrows for state in arrow[:2]} == set(WorkOrderState)
    assert {target for state, target, action in arrows if action == "resume"} == {"ASSIGNED", "IN_PROGRESS"}
