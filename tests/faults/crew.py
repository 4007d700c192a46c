"""The people of a run, and what all work needs: who they are, random choices, and imports."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from chalicelib.core.clock import SystemClock
from tests.builders.world import World
from tests.faults.calls import CLIENT_TIMEOUT_S, Caller, Journal
from tests.races.clocks import StandingClock

ORG = "plant"
_CRASHED = "An internal error occurred."


class ImportRefused(Exception):
    """A record of the harness itself is not accepted."""


@dataclass
class Crew:
    """Makes people, whom `world` writes to the engine, and gives out numbers. `http` leads to the product at `base`."""

    base: str
    http: httpx.Client
    world: World
    journal: Journal
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def hire(self, role: str, number: int = 1, **fields: Any) -> list[Caller]:
        """Return new people of a role, signed in."""
        names = [f"{role.lower()}-{next(self._numbers)}" for _ in range(number)]
        made = [self.world.person(role, ORG, username=name, **fields) for name in names]
        return [Caller(self.http, self.journal, one.user_id, one.token) for one in made]

    def number(self) -> int:
        """Return a number that nobody else got; the iterator of the standard library is safe for threads."""
        return next(self._numbers)


def crew_at(base: str, journal: Journal) -> Crew:
    """Return a crew without people for the product at this address, on the engine of the settings."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    http = httpx.Client(base_url=base, timeout=CLIENT_TIMEOUT_S, trust_env=False, limits=limits)
    now = StandingClock(SystemClock().now())
    return Crew(base, http, World(randbits=secrets.randbits, clock=now, organisations=(ORG,)), journal)


def load(caller: Caller, dataset: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Import records, until all were processed. Raise `ImportRefused` for wrong ones.

    A record that crashed is recorded as an answer of 500.
    """
    while True:
        answer = caller.change("POST", f"/v1/imports/{dataset}", {"records": list(records)}, is_import=True)
        rejected = json.dumps(json.loads(answer.text)["data"]["rejected"]) if answer.is_acknowledged else answer.text
        if rejected == "[]":
            return
        if _CRASHED in rejected:
            caller.journal.crashed(f"a record of {dataset}")
        elif not answer.is_acknowledged or "again" not in rejected:
            raise ImportRefused(f"{dataset}: {answer.status} {rejected}")


def data_of(text: str) -> Any:
    """Return the data of an answer in the console's envelope."""
    return json.loads(text)["data"]
