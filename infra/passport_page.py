"""Writes the attributes of the battery passport into `docs/battery-passport.md`, generated from their table.

    python -m infra.passport_page            write the part between the two comments
    python -m infra.passport_page --check    exit with 1 if the part is not current

A test checks that the part is current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES, MEASURED_AS
from chalicelib.manufacturing.traceability.passports.rules import Attribute, Need, Source
from infra.pages import write_or_check

PAGE = Path(__file__).parents[1] / "docs" / "battery-passport.md"
BEGIN = "<!-- Written by `python -m infra.passport_page` up to the next comment. Do not edit. -->"
END = "<!-- End of what `python -m infra.passport_page` writes. -->"

_NEEDS = {Need.ALWAYS: "yes", Need.EV: "of EV batteries", Need.OPTIONAL: "no"}


def part() -> str:
    """Return a table for each group of attributes."""
    return "\n\n".join("\n".join(_table(group, rows)) for group, rows in groupby(ATTRIBUTES.values(), _group))


def page() -> str:
    """Return the whole page with the part in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{part()}\n\n{END}{after}"


def _group(attribute: Attribute) -> str:
    return attribute.group


def _table(group: str, attributes: Iterator[Attribute]) -> Iterator[str]:
    yield f"### {group.capitalize()}"
    yield ""
    yield "| attribute | what it is | Annex XIII | seen by | comes from | required | form |"
    yield "|---|---|---|---|---|---|---|"
    for one in attributes:
        cells = (one.title, one.points, one.access, _source(one), _NEEDS[one.need], _form(one))
        yield f"| `{one.name}` | {' | '.join(cells)} |"


def _source(attribute: Attribute) -> str:
    if attribute.source is Source.TEST:
        return f"test: {', '.join(f'`{name}`' for name in sorted(MEASURED_AS[attribute.name]))}"
    return attribute.source


def _form(attribute: Attribute) -> str:
    return " ".join([attribute.kind, attribute.unit or "", *(f"`{choice}`" for choice in attribute.choices)]).strip()


def main(arguments: Sequence[str]) -> int:
    """Write or check; the exit status."""
    return write_or_check(PAGE, page(), "infra.passport_page", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
