"""The table in docs/clients.md: written from the result of a run, or compared with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.clients.catalogue import Client
from tests.clients.workshop import ROOT, Outcome

PAGE = ROOT / "docs" / "clients.md"
_BEGIN = "<!-- written by `make clients ARGS=--write` -->\n"
_END = "<!-- end -->"
_HEAD = "| language | generator | version | OpenAPI | compiles | flows | notes |\n|---|---|---|---|---|---|---|\n"


def row(outcome: Outcome, flows: Sequence[str]) -> str:
    """Return the line of a client."""
    client = outcome.client
    played = ("all" if flows else "no") if client.flows else ""
    cells = (client.language, client.generator, client.version, client.document, outcome.compiles, played, client.notes)
    return f"| {' | '.join(cells)} |\n"


def rows(outcomes: Sequence[Outcome], flows: Mapping[str, Sequence[str]]) -> dict[Client, str]:
    """Return the lines of the clients that this machine could build, in the order of the table."""
    built = [outcome for outcome in outcomes if not outcome.missing]
    ordered = sorted(built, key=lambda outcome: (outcome.client.language, outcome.client.generator))
    return {outcome.client: row(outcome, flows.get(outcome.client.name, ())) for outcome in ordered}


def write(lines: Mapping[Client, str]) -> None:
    """Put the lines into the page."""
    page = PAGE.read_text()
    before, _, rest = page.partition(_BEGIN)
    PAGE.write_text(f"{before}{_BEGIN}{_HEAD}{''.join(lines.values())}{_END}{rest.partition(_END)[2]}")


def differences(lines: Mapping[Client, str]) -> list[str]:
    """Return the lines that the page does not have."""
    table = PAGE.read_text().partition(_BEGIN)[2].partition(_END)[0]
    return [line for line in lines.values() if line not in table]
