"""Writes the states of work orders into `docs/technician.md`, generated from the table of states and the permissions.

    python -m infra.states_page            write the part between the two comments
    python -m infra.states_page --check    exit with 1 if the part is not current

A test checks that the part is current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from chalicelib.identity.roles.default_permissions import ADMIN_ROLE, DEFAULT_PERMISSIONS, ROLES
from chalicelib.maintenance.permissions import STEPS
from chalicelib.maintenance.rules import OPEN, WORK_ORDER, HeldState, WorkOrderAction, WorkOrderState
from infra.pages import write_or_check

PAGE = Path(__file__).parents[1] / "docs" / "technician.md"
BEGIN = "<!-- Written by `python -m infra.states_page` up to the next comment. Do not edit. -->"
END = "<!-- End of what `python -m infra.states_page` writes. -->"


def part() -> str:
    """Return the drawing and the table."""
    return "\n".join(["```mermaid", *_drawing(), "```", "", *_table()])


def _drawing() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {WorkOrderState.ROUTED}"
    for (state, action), target in WORK_ORDER.transitions.items():
        if action == WorkOrderAction.EDIT:
            continue
        held_in = WORK_ORDER.sources(WorkOrderAction.HOLD)
        targets = held_in if isinstance(target, HeldState) else [target]
        yield from (f"    {state} --> {each}: {action}" for each in targets)
    yield f"    {WorkOrderState.CANCELLED} --> [*]"


def _table() -> Iterator[str]:
    yield "| step | from | to | permission | roles by default |"
    yield "|---|---|---|---|---|"
    for action in WorkOrderAction:
        sources = WORK_ORDER.sources(action)
        source = "every open state" if set(sources) == OPEN else ", ".join(f"`{state}`" for state in sources)
        target = "stays" if action is WorkOrderAction.EDIT else " or ".join(map(_named, WORK_ORDER.targets(action)))
        yield f"| `{action}` | {source} | {target} | `{STEPS[action]}` | {', '.join(_holders(STEPS[action]))} |"


def _named(target: WorkOrderState | HeldState) -> str:
    return target.value if isinstance(target, HeldState) else f"`{target}`"


def _holders(permission: str) -> Iterator[str]:
    for role in ROLES:
        scope = DEFAULT_PERMISSIONS[role].get(permission)
        if scope is not None and role != ADMIN_ROLE:
            yield f"{role} (`{scope}`)"


def page() -> str:
    """Return the whole page with the part in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{part()}\n\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    """Write or check; the exit status."""
    return write_or_check(PAGE, page(), "infra.states_page", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
