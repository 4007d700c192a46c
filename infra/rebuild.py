"""`python -m infra.rebuild picking`: replay all ledgers and compare what is stored with the result.

It reads the tables of the stage in `BATON_STAGE`, on AWS or on the engine that `BATON_DYNAMODB_ENDPOINT` names, and may
run while people work. It prints each difference with its assignment. With `--write` it replaces what is stored by what
the ledger gives, through the same write path as a request. It cannot restore what is missing in a ledger: such a gap is
printed again each time, and the stored data, which may hold more, stays.

Exit codes: 0 everything equals its ledger, 1 something differs or is missing, 2 wrong arguments or no store.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from infra.local import environment, startup

_EQUAL, _DIFFERS, _CANNOT = 0, 1, 2


@dataclass(slots=True)
class Count:
    """The numbers of ledgers that were checked, that differ, that were repaired, and that have gaps."""

    checked: int = 0
    differing: int = 0
    repaired: int = 0
    gaps: int = 0

    @property
    def code(self) -> int:
        """Return the exit code."""
        return _DIFFERS if self.gaps or self.differing > self.repaired else _EQUAL


def replay_picking(org: str | None, *, write: bool) -> Count:
    """Replay all ledgers, or those of one organisation, and print the differences."""
    import app
    from chalicelib.core.actor import Actor
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.ids import SystemIds
    from chalicelib.core.settings import settings
    from chalicelib.picking.ledger.replay import find_picker_gaps, repair_assignment, replay

    clock = SystemClock()
    ids = SystemIds(clock)
    runner = app.compose(settings(), clock, ids).dependencies.runner
    count = Count()
    for org_id, kind, name in _ledgers(org):
        count.checked += 1
        if kind == "PICKER":
            gaps = find_picker_gaps(org_id, name, clock)
        else:
            result = replay(org_id, name, clock)
            gaps = result.gaps
            _print(org_id, name, result.differences)
            count.differing += bool(result.differences)
            if result.differences and write:
                decide = partial(repair_assignment, org_id=org_id, assignment_id=name)
                count.repaired += runner.run(Actor(org_id, "system:rebuild", ids.new()), decide)
        _print(org_id, name, gaps)
        count.gaps += bool(gaps)
    return count


def _print(org_id: str, name: str, sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"{org_id} {name}: {sentence}", flush=True)


def _ledgers(org: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield organisation, kind (`ASSIGNMENT` or `PICKER`) and id of each ledger."""
    from chalicelib.core import aws
    from chalicelib.core.settings import settings
    from chalicelib.core.table import parts_of
    from chalicelib.picking.tables import Assignment

    client: Any = aws.client("dynamodb", settings().dynamodb_endpoint)
    pages = client.get_paginator("scan").paginate(
        TableName=Assignment.Meta.table_name,
        ConsistentRead=True,
        ProjectionExpression="pk, sk",
        FilterExpression="sk = :assignment OR sk = :picker",
        ExpressionAttributeValues={":assignment": {"S": "ASSIGNMENT"}, ":picker": {"S": "PICKER"}},
    )
    for page in pages:
        for item in page["Items"]:
            org_id, kind, name = parts_of(item["pk"]["S"])
            if org in (None, org_id):
                yield org_id, kind, name


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.rebuild", description="Replay ledgers and compare what is stored with the result."
    )
    parser.add_argument("domain", choices=("picking",))
    parser.add_argument("--org", help="only this organisation")
    parser.add_argument("--write", action="store_true", help="repair what differs")
    options = parser.parse_args(arguments)
    startup.quiet_libraries()
    environment.configure_command()
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    from chalicelib.core.errors import Unavailable
    from chalicelib.core.settings import SettingsError

    try:
        count = replay_picking(options.org, write=options.write)
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable, SettingsError) as error:
        print(f"Cannot replay: {error}", file=sys.stderr)
        return _CANNOT
    summary = f"{count.checked} checked, {count.differing} differ, {count.repaired} repaired, {count.gaps} with gaps"
    print(summary, flush=True)
    return count.code


if __name__ == "__main__":
    sys.exit(main())
