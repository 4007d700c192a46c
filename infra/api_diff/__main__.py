"""`python -m infra.api_diff`: fail if the API breaks clients in a way that CHANGELOG.md does not announce.

The document of the working tree is compared with docs/api/baseline.json, the API of the last release. `--write` makes
the working tree's document the baseline, as part of a release.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from infra.api_diff.document import Break, Document, breaking_changes, combined, reduced

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ROOT / "docs" / "api" / "baseline.json"
CHANGELOG = ROOT / "CHANGELOG.md"
_SHOWN = 3
_UNRELEASED = re.compile(r"^## \[Unreleased\]$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BREAKING = re.compile(r"^### Breaking$(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"`([^`]+)`")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare or write; 1 if a breaking change is not announced."""
    parser = argparse.ArgumentParser(prog="python -m infra.api_diff", description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the baseline instead of comparing with it")
    current = reduced(document())
    if parser.parse_args(arguments).write:
        BASELINE.write_text(json.dumps(current, indent=1, sort_keys=True) + "\n")
        return 0
    announced = announcements(CHANGELOG.read_text())
    found = unannounced(breaking_changes(json.loads(BASELINE.read_text()), current), announced)
    print(*report(found), sep="\n")
    return 1 if found else 0


def document() -> Document:
    """Return the API's document as the working tree generates it."""
    import app
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.ids import SystemIds
    from chalicelib.core.settings import settings
    from chalicelib.edge.openapi.asyncapi import describe_sockets
    from chalicelib.edge.openapi.document import document as described

    clock = SystemClock()
    dependencies = app.compose(settings(), clock, SystemIds(clock)).dependencies
    return combined(described(dependencies), describe_sockets(dependencies))


def announcements(changelog: str) -> frozenset[str]:
    """Return the operations and schemas that stand in code marks under Unreleased, Breaking."""
    sections = [found[1] for part in _UNRELEASED.finditer(changelog) for found in _BREAKING.finditer(part[1])]
    return frozenset(name for section in sections for name in _NAME.findall(section))


def unannounced(breaks: Iterable[Break], announced: Collection[str]) -> list[Break]:
    """Return the changes of which neither the operation nor the schema is announced."""
    return [one for one in breaks if one.operation not in announced and one.component not in announced]


def report(breaks: Iterable[Break]) -> Iterator[str]:
    """Yield the lines that say what breaks, each change once with the operations that it concerns."""
    operations: dict[str, list[str]] = {}
    for one in breaks:
        operations.setdefault(one.text, []).append(one.operation)
    if not operations:
        yield "The API breaks nothing that CHANGELOG.md does not announce."
        return
    yield "These changes of the API break clients, and CHANGELOG.md does not announce them:"
    for text, names in operations.items():
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"  {text} ({', '.join(names[:_SHOWN])}{more})"
    yield "Announce each under Unreleased in a section Breaking, by its operation or schema: - `POST /v1/orders`: ..."


if __name__ == "__main__":
    sys.exit(main())
