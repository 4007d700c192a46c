"""`python -m infra.rebuild picking`: fold all ledgers anew and compare what is stored with what they say.

It reads the tables of the stage in `BATON_STAGE`, on AWS or on the engine that `BATON_DYNAMODB_ENDPOINT` names, and may
run while people work. Every difference is printed with the assignment it is about. With `--write` what the ledgers say
replaces what is stored, through the same write path as a request; nothing is invented, so what is missing in a ledger
stays missing and is told again, and where something is missing in it, what is stored is left alone: it knows more.

Exit codes: 0 all is as the ledgers say, 1 something differs or is missing, 2 wrong arguments or no store.
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
    """How many were looked at, differ, were put right, and have gaps."""

    looked_at: int = 0
    differing: int = 0
    put_right: int = 0
    gaps: int = 0

    @property
    def code(self) -> int:
        """The exit code."""
        return _DIFFERS if self.gaps or self.differing > self.put_right else _EQUAL


def rebuild_picking(org: str | None, *, write: bool) -> Count:
    """Rebuild all assignments, or those of one organisation; differences are printed."""
    import app
    from chalicelib.core.actor import Actor
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.ids import SystemIds
    from chalicelib.core.settings import settings
    from chalicelib.picking.rebuilding import own_gaps, put_right, rebuild

    clock = SystemClock()
    ids = SystemIds(clock)
    runner = app.compose(settings(), clock, ids).dependencies.runner
    count = Count()
    for org_id, kind, name in _things(org):
        count.looked_at += 1
        if kind == "PICKER":
            gaps = own_gaps(org_id, name, clock)
        else:
            rebuilt = rebuild(org_id, name, clock)
            gaps = rebuilt.gaps
            _tell(org_id, name, rebuilt.differences)
            count.differing += bool(rebuilt.differences)
            if rebuilt.differences and write:
                decide = partial(put_right, org_id=org_id, assignment_id=name, clock=clock)
                count.put_right += runner.run(Actor(org_id, "system:rebuild", ids.new()), decide)
        _tell(org_id, name, gaps)
        count.gaps += bool(gaps)
    return count


def _tell(org_id: str, name: str, sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"{org_id} {name}: {sentence}", flush=True)


def _things(org: str | None) -> Iterator[tuple[str, str, str]]:
    """Organisation, kind (`ASSIGNMENT` or `PICKER`) and id of everything that has a ledger."""
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
    """Rebuild; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.rebuild", description="Fold ledgers anew and compare what is stored with them."
    )
    parser.add_argument("domain", choices=("picking",))
    parser.add_argument("--org", help="only this organisation")
    parser.add_argument("--write", action="store_true", help="put right what differs")
    options = parser.parse_args(arguments)
    startup.quiet_libraries()
    environment.for_commands()
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    from chalicelib.core.errors import Unavailable
    from chalicelib.core.settings import SettingsError

    try:
        count = rebuild_picking(options.org, write=options.write)
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable, SettingsError) as error:
        print(f"Cannot rebuild: {error}", file=sys.stderr)
        return _CANNOT
    told = f"{count.looked_at} looked at, {count.differing} differ, {count.put_right} put right, {count.gaps} with gaps"
    print(told, flush=True)
    return count.code


if __name__ == "__main__":
    sys.exit(main())
