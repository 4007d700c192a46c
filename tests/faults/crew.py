"""The people of a run, and what all work needs: who they are, random choices, and imports."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

import httpx

from chalicelib.core.clock import SystemClock
from tests.builders.world import World
from tests.faults.calls import CLIENT_TIMEOUT_S, Caller, Journal
from tests.races.clocks import StandingClock

ORG = "plant"


class ImportRefused(Exception):
    """A record of the harness itself is not accepted."""


@dataclass
class Crew:
    """Makes people, written straight to the engine, and remembers them by their ids."""

    base: str
    journal: Journal
    people: dict[str, Caller] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.Client(base_url=self.base, timeout=CLIENT_TIMEOUT_S, trust_env=False, limits=limits)
        now = StandingClock(SystemClock().now())
        self._world = World(randbits=secrets.randbits, clock=now, organisations=(ORG,))

    def hire(self, role: str, number: int = 1, **fields: Any) -> list[Caller]:
        """Return new people of a role, signed in."""
        names = [f"{role.lower()}-{next(self._numbers)}" for _ in range(number)]
        made = [self._world.person(role, ORG, username=name, **fields) for name in names]
        callers = [Caller(self._http, self.journal, one.user_id, one.token) for one in made]
        self.people |= {caller.user_id: caller for caller in callers}
        return callers

    def number(self) -> int:
        """Return a number that nobody else got."""
        with self._lock:
            return next(self._numbers)


def load(caller: Caller, dataset: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Import records, and those again that could not be processed. Raise `ImportRefused` for wrong ones."""
    while True:
        answer = caller.change("POST", f"/v1/imports/{dataset}", {"records": list(records)}, imports=True)
        rejected = json.loads(answer.text)["data"]["rejected"] if answer.is_acknowledged else answer.text
        if not rejected:
            return
        if answer.status >= 400 or "again" not in json.dumps(rejected):
            raise ImportRefused(f"{dataset}: {answer.status} {rejected}")


def data_of(text: str) -> Any:
    """Return the data of an answer in the console's envelope."""
    return json.loads(text)["data"]
