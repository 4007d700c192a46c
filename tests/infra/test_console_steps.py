"""The console offers the steps of work orders that the code has: from the same states, for the same permissions."""

import re
from pathlib import Path

from chalicelib.maintenance import permissions
from chalicelib.maintenance.rules import WORK_ORDER

REPAIRS = Path(__file__).parents[2] / "console/src/features/repairs"
STEP = re.compile(r'"?([a-z-]+)"?: \{\s*permission: permissions\.(\w+),\s*from: \[([^\]]*)\]')
PERMISSION = re.compile(r'export const (\w+) = "([\w.]+)";')


def test_console_offers_each_step_where_the_api_allows_it() -> None:
    codes = dict(PERMISSION.findall((REPAIRS / "permissions.ts").read_text()))
    shown = {
        step: (codes[permission], set(re.findall(r'"(\w+)"', states)))
        for step, permission, states in STEP.findall((REPAIRS / "steps.ts").read_text())
    }
    expected = {
        action.value: (code, {str(state) for state, step in WORK_ORDER.transitions if step == action})
        for action, code in permissions.STEPS.items()
    }
    assert shown == expected
