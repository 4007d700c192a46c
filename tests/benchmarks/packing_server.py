"""The local stack of `make run` with a busy warehouse, which is created before it listens.

A process of its own, so that the stack is measured as people run it, over HTTP, and filled within seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from infra.local import __main__ as local
from infra.local import startup

OPEN = 5_000
_populate = startup.populate


def populate(environ: Mapping[str, str], kept: str | None = None) -> tuple[str | None, list[str]]:
    """Create the demo data, 5,000 open shipments and a huge one."""
    from tests.builders import packing_crowd

    made = _populate(environ, kept)
    now = datetime.now(UTC)
    packing_crowd.fill([*packing_crowd.huge_shipment(now), *packing_crowd.open_shipments(OPEN, now)])
    return made


if __name__ == "__main__":
    startup.populate = populate
    sys.exit(local.main(sys.argv[1:]))
