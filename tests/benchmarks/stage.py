"""What endpoints are measured on: the whole application, its clock, and calls as API Gateway makes them of a Lambda.

Sockets take messages and do nothing with them: what a network does is not ours to measure. Delivery is timed by itself,
because it comes after the commit and is shown beside the budget, not in it.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import app
from chalicelib.core.settings import settings
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime.delivery import EventDelivery
from tests.benchmarks.metered import MeteredEngine, Notebook
from tests.builders.world import Person, World


@dataclass(frozen=True, slots=True)
class Hit:
    """One request: `path` is the route's own, with its parameters unfilled; `raw` is a body that is no JSON."""

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
        """What API Gateway hands to the Lambda."""
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
    """How long something took, in seconds: on the wall, and of this process's processors."""

    wall: float
    cpu: float


NO_TIME = Took(0.0, 0.0)


class Stopwatch:
    """Measures a block in both."""

    def __enter__(self) -> Self:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.took = Took(time.perf_counter() - self._wall, time.process_time() - self._cpu)


class DeafSender:
    """Takes every message and does nothing."""

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Do nothing."""


class TimedOutbox:
    """The application's own outbox, with a stopwatch at delivery."""

    def __init__(self, delivery: EventDelivery) -> None:
        self._delivery = delivery
        self.notebook: Notebook | None = None
        self.took = NO_TIME
        self._silent = False

    def stage(self, work: UnitOfWork) -> None:
        """As the application does. What comes after a commit that told nobody is not delivery but the next commit."""
        if self.notebook is not None and self._silent:
            self.notebook.delivering = False
        self._delivery.stage(work)

    def deliver(self, recipients: list[Recipient]) -> None:
        """As the application does, with what it costs kept apart, and all that the commit has yet to be followed by."""
        if self.notebook is not None:
            self.notebook.delivering = True
            self._silent = not recipients
        with Stopwatch() as watch:
            self._delivery.deliver(recipients)
        self.took = watch.took


class Stage:
    """A world on a metered engine."""

    def __init__(self, engine: MeteredEngine) -> None:
        self.engine = engine
        self.world = World()
        self.outbox = TimedOutbox(EventDelivery(settings(), self.world.clock, self.world.ids, DeafSender()))
        self.enter()

    def enter(self) -> None:
        """Let the application run on this stage from now on."""
        self.world.reset_parts(outbox=self.outbox)

    def person(self, role: str, **known: Any) -> Person:
        """Somebody who is signed in and has a socket open."""
        person = self.world.person(role, phone=f"+31 6 {next(self.world.numbers):08d}", **known)
        person.socket(role)
        return person

    def answer(self, event: dict[str, Any], expected: int) -> None:
        """Let the application answer; anything but the expected status ends the benchmark."""
        answer = app.app(event, None)
        if answer["statusCode"] != expected:
            raise RuntimeError(f"{event['requestContext']['resourcePath']} was answered {answer}")
