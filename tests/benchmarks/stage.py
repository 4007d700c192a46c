"""The environment of the measurements: the application, its clock, and calls in the form of API Gateway.

Sockets take messages and do nothing with them: what a network does is not ours to measure. Delivery is timed by itself,
because it comes after the commit and is shown beside the budget, not in it.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from msgspec.structs import replace

import app
from chalicelib.core.published import Published, Recipient
from chalicelib.core.work import UnitOfWork
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

    def __add__(self, other: Took) -> Took:
        return Took(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: Took) -> Took:
        return Took(self.wall - other.wall, self.cpu - other.cpu)


NO_TIME = Took(0.0, 0.0)


def _now() -> Took:
    """Return the present of both clocks; the difference of two is a duration."""
    return Took(time.perf_counter(), time.process_time())


class Stopwatch:
    """Measures both times of a block."""

    def __enter__(self) -> Self:
        self._began = _now()
        return self

    def __exit__(self, *_: object) -> None:
        self.took = _now() - self._began


class DeafSender:
    """Counts messages and discards them."""

    def __init__(self) -> None:
        self.posts = 0

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Count a message."""
        self.posts += 1

    def close(self, endpoint: str, connection_id: str, code: int) -> None:
        """Do nothing."""


class TimedOutbox:
    """The application's outbox, which measures what comes after the commit: delivery, and what follows from the change.

    A commit without recipients may be one of several of its request, so what comes after it belongs to the next one.
    """

    def __init__(self, delivery: EventDelivery) -> None:
        self._delivery = delivery
        self._notebook: Notebook | None = None
        self._is_silent = True
        self._ended = self.took = NO_TIME

    @contextmanager
    def listening(self, notebook: Notebook) -> Iterator[None]:
        """Measure one request, and tell its notebook when delivery begins."""
        self._notebook, self._is_silent, self.took = notebook, True, NO_TIME
        try:
            yield
        finally:
            self._notebook = None

    def stage(self, work: UnitOfWork) -> None:
        """Stage events."""
        self._delivery.stage(work)

    def deliver(self, recipients: list[Recipient]) -> None:
        """Deliver events; the time since an earlier delivery of the request counts as well."""
        began = _now() if self._is_silent else self._ended
        if self._notebook is not None:
            self._is_silent = self._is_silent and not recipients
            self._notebook.delivering = not self._is_silent
        self._delivery.deliver(recipients)
        self._ended = _now()
        self.took = self.took + self._ended - began

    def send_live(self, events: Sequence[Published]) -> None:
        """Send live events."""
        self._delivery.send_live(events)


class Stage:
    """A world on a metered engine, whose people are in one organisation."""

    def __init__(self, engine: MeteredEngine, org_id: str = DEMO) -> None:
        self.engine = engine
        self.world = World(organisations=(org_id,), home=org_id)
        delivery = self.world.parts.delivery
        self.sender = DeafSender()
        self.outbox = TimedOutbox(replace(delivery, parts=replace(delivery.parts, sender=self.sender)))
        self.enter()

    def enter(self) -> None:
        """Let the application use this stage."""
        self.world.reset_parts(outbox=self.outbox)

    def person(self, role: str, **known: Any) -> Person:
        """A signed-in user with an open socket."""
        person = self.world.person(role, phone=f"+31 6 {next(self.world.numbers):08d}", **known)
        person.socket(role)
        return person

    def answer(self, event: dict[str, Any], expected: int) -> str:
        """Return the body of the application's response; an unexpected status ends the benchmark."""
        answer = app.app(event, None)
        if answer["statusCode"] != expected:
            raise RuntimeError(f"{event['requestContext']['resourcePath']} was answered {answer}")
        return str(answer["body"])


@dataclass(frozen=True, slots=True)
class Scenario:
    """One endpoint in one situation.

    `outside` is work that any program would do beside the store's calls. Scenarios that name the same `situation` are
    asked on the same stage. `trips` is how many round trips it may take where the usual budget is not meant for it,
    `writes` how many write units, if they have a budget. `org_id` is the organisation of the people.
    """

    name: str
    prepare: Callable[[Stage], Hit]
    outside: Callable[[], object] | None = None
    situation: str | None = None
    trips: int | None = None
    org_id: str = DEMO
    writes: int | None = None
