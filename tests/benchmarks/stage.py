"""The environment of the measurements: the application, its clock, and calls in the form of API Gateway.

Sockets take messages and do nothing with them: what a network does is not ours to measure. Delivery is timed by itself,
because it comes after the commit and is shown beside the budget, not in it.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from msgspec.structs import replace

import app
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime.delivery import EventDelivery
from tests.benchmarks.metered import MeteredEngine, Notebook
from tests.builders.world import DEMO, Person, World


@dataclass(frozen=True, slots=True)
class Hit:
    """One request: `path` is the route with its placeholders; `raw` is a body that is not JSON."""

    method: str
    path: str
    person: Person | None = None
    body: object = None
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    raw: bytes | None = None

    def event(self) -> dict[str, Any]:
        """Return the event of API Gateway."""
        headers = {"content-type": "application/json", "accept": "application/json", **self.headers}
        if self.person is not None:
            headers["authorization"] = f"Bearer {self.person.token}"
        context = {
            "httpMethod": self.method,
            "resourcePath": self.path,
            "requestId": "a-request-of-the-benchmark",
            "identity": {"sourceIp": "192.0.2.1"},
        }
        return {
            "requestContext": context,
            "headers": headers,
            "multiValueQueryStringParameters": {name: [value] for name, value in self.query.items()} or None,
            "pathParameters": dict(self.params) or None,
            "stageVariables": None,
            "body": self._body(),
            "isBase64Encoded": self.raw is not None,
        }

    def _body(self) -> str | None:
        if self.raw is not None:
            return base64.b64encode(self.raw).decode()
        return None if self.body is None else json.dumps(self.body)


@dataclass(frozen=True, slots=True)
class Took:
    """A duration in seconds: wall time, and processor time of this process."""

    wall: float
    cpu: float


NO_TIME = Took(0.0, 0.0)


class Stopwatch:
    """Measures both times of a block."""

    def __enter__(self) -> Self:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.took = Took(time.perf_counter() - self._wall, time.process_time() - self._cpu)


class DeafSender:
    """Discards all messages."""

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Do nothing."""

    def close(self, endpoint: str, connection_id: str, code: int) -> None:
        """Do nothing."""


class TimedOutbox:
    """The application's outbox, which measures delivery."""

    def __init__(self, delivery: EventDelivery) -> None:
        self._delivery = delivery
        self.notebook: Notebook | None = None
        self.took = NO_TIME
        self._silent = False

    def stage(self, work: UnitOfWork) -> None:
        """Stage events. Calls after a commit without recipients belong to the next commit, not to delivery."""
        if self.notebook is not None and self._silent:
            self.notebook.delivering = False
        self._delivery.stage(work)

    def deliver(self, recipients: list[Recipient]) -> None:
        """Deliver events and record the cost of delivery separately."""
        if self.notebook is not None:
            self.notebook.delivering = True
            self._silent = not recipients
        with Stopwatch() as watch:
            self._delivery.deliver(recipients)
        self.took = watch.took


class Stage:
    """A world on a metered engine, whose people are in one organisation."""

    def __init__(self, engine: MeteredEngine, org_id: str = DEMO) -> None:
        self.engine = engine
        self.world = World(organisations=(org_id,), home=org_id)
        delivery = self.world.parts.delivery
        self.outbox = TimedOutbox(replace(delivery, parts=replace(delivery.parts, sender=DeafSender())))
        self.enter()

    def enter(self) -> None:
        """Let the application use this stage."""
        self.world.reset_parts(outbox=self.outbox)

    def person(self, role: str, **known: Any) -> Person:
        """A signed-in user with an open socket."""
        person = self.world.person(role, phone=f"+31 6 {next(self.world.numbers):08d}", **known)
        person.socket(role)
        return person

    def answer(self, event: dict[str, Any], expected: int) -> None:
        """Return the application's response; an unexpected status ends the benchmark."""
        answer = app.app(event, None)
        if answer["statusCode"] != expected:
            raise RuntimeError(f"{event['requestContext']['resourcePath']} was answered {answer}")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One endpoint in one situation.

    `outside` is work that any program would do beside the store's calls. Scenarios that name the same `situation` are
    asked on the same stage. `trips` is how many round trips it may take where the usual budget is not meant for it.
    `org_id` is the organisation of the people.
    """

    name: str
    prepare: Callable[[Stage], Hit]
    outside: Callable[[], object] | None = None
    situation: str | None = None
    trips: int | None = None
    org_id: str = DEMO
