"""The world of a test: the whole application over the embedded engine, with people in two organisations.

Time and ids are the test's and sockets are recorded. Everything else is real: requests go through Chalice's own
gateway, the edge, the write path and the store. Each world generates the same ids, so tests are repeatable;
`BATON_TEST_SEED` changes them. Worlds that share a store take `randbits=secrets.randbits`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random, SystemRandom
from typing import Any

from chalice.config import Config
from chalice.local import LocalGateway

import app
from chalicelib.audit.tables import AuditRow
from chalicelib.core.actor import Actor
from chalicelib.core.aws import client
from chalicelib.core.ids import SystemIds
from chalicelib.core.runner import Outbox
from chalicelib.core.settings import Settings, settings
from chalicelib.core.store import get
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts.tables import user_key
from chalicelib.identity.accounts.users import NewAccount, add_user, create_organisation
from chalicelib.identity.sessions.tables import Session, session_key
from chalicelib.identity.sessions.tokens import Claims, signer
from tests.builders.messages import ImmediateMessageQueue, RecordingMessages
from tests.builders.running import THE_TEST, running
from tests.builders.sockets import RecordingDeliveryTrigger, RecordingSender, Sent
from tests.builders.time import ManualClock
from tests.environment import seed

DEMO, OTHER = "demo", "other"
SETUP = "system:setup"


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a request."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """Return the decoded body."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """Return the code of an error."""
        return str(self.json["error"]["code"])

    @property
    def fields(self) -> dict[str, str]:
        """Return the validation errors by field."""
        return dict(self.json["fields"])


@dataclass(slots=True)
class Person:
    """A signed-in person who sends requests."""

    world: World
    org_id: str
    user_id: str
    role: str
    session_id: str
    token: str

    def fresh_token(self) -> str:
        """Return another access token of the session, for when the first one has expired."""
        return signer(settings(), self.world.clock).sign(Claims(self.org_id, self.user_id, self.role, self.session_id))

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET as this person."""
        return self.world.call("GET", path, token=self.token, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """Send a POST as this person; `idempotency_key="k"` becomes the header of that name."""
        return self.world.call("POST", path, body, token=self.token, headers=headers)

    def put(self, path: str, body: object = None, **headers: str) -> Answer:
        """Send a PUT as this person."""
        return self.world.call("PUT", path, body, token=self.token, headers=headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Answer:
        """Send a PATCH as this person."""
        return self.world.call("PATCH", path, body, token=self.token, headers=headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """Send a DELETE as this person."""
        return self.world.call("DELETE", path, token=self.token, headers=headers)

    def socket(self, channel: str | None = None, **query: str) -> str:
        """Open a socket and return the connection id. Missed events are delivered at once."""
        connection_id = f"socket-{next(self.world.numbers)}"
        answer = self.world.connect(connection_id, self.token, channel, **query)
        assert answer["statusCode"] == 200, answer
        self.world.wake()
        return connection_id


@dataclass
class World:
    """The application, its clock, and recorders of what it sends."""

    clock: ManualClock = field(default_factory=ManualClock)
    sender: RecordingSender = field(default_factory=RecordingSender)
    delivery_trigger: RecordingDeliveryTrigger = field(default_factory=RecordingDeliveryTrigger)
    messages: RecordingMessages = field(default_factory=RecordingMessages)
    random_source: Random = field(default_factory=SystemRandom)
    numbers: count[int] = field(default_factory=lambda: count(1))
    organisations: Sequence[str] = (DEMO, OTHER)
    home: str = DEMO
    """The organisation of everybody for whom no other one is named."""
    randbits: Callable[[int], int] = field(default_factory=lambda: Random(seed()).getrandbits)
    parts: app.Composition = field(init=False)

    def __post_init__(self) -> None:
        self.ids = SystemIds(self.clock, self.randbits)
        self.message_queue = ImmediateMessageQueue(self._send)
        self.reset_parts()
        for org_id in self.organisations:
            self.run(lambda work, org_id=org_id: create_organisation(work, org_id, org_id.title()), org_id)

    def reset_parts(self, config: Settings | None = None, outbox: Outbox | None = None) -> None:
        """Compose the application again, with other settings or another outbox."""
        self.parts = app.compose(
            config or settings(),
            self.clock,
            self.ids,
            sender=self.sender,
            delivery_trigger=self.delivery_trigger,
            outbox=outbox,
            messages=self.messages,
            message_queue=self.message_queue,
            random_source=self.random_source,
        )
        app.use(self.parts)
        self.gateway = LocalGateway(app.app, Config())

    def run(self, decide: Any, org_id: str | None = None) -> Any:
        """Commit a decision outside of a request."""
        with self.function(THE_TEST):
            return self.parts.dependencies.runner.run(Actor(org_id or self.home, SETUP, "setup"), decide)

    def person(self, role: str, org_id: str | None = None, **values: Any) -> Person:
        """Create a signed-in person, without the cost of hashing a password."""
        org_id = org_id or self.home
        number = next(self.numbers)
        account = NewAccount(
            username=values.pop("username", f"{role}-{number}"),
            full_name=values.pop("full_name", f"{role.title()} {number}"),
            role=role,
            password_hash=values.pop("password_hash", "no password fits this"),
            **values,
        )
        session_id = self.ids.new()

        def decide(work: UnitOfWork) -> str:
            user_id = add_user(work, org_id, account).user_id
            _start_session(work, org_id, session_id, user_id)
            return user_id

        return self._with_token(org_id, self.run(decide, org_id), role, session_id)

    def signed_in(self, org_id: str, user_id: str, role: str) -> Person:
        """Start a session for an existing user."""
        session_id = self.ids.new()
        user = get(user_key(org_id, user_id))
        epoch = 0 if user is None else user.session_epoch
        self.run(lambda work: _start_session(work, org_id, session_id, user_id, epoch), org_id)
        return self._with_token(org_id, user_id, role, session_id)

    def _with_token(self, org_id: str, user_id: str, role: str, session_id: str) -> Person:
        token = signer(settings(), self.clock).sign(Claims(org_id, user_id, role, session_id))
        return Person(self, org_id, user_id, role, session_id, token)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """Send a request through Chalice's gateway; header names may have underscores for hyphens."""
        sent = {"content-type": "application/json"}
        sent |= {name.replace("_", "-").lower(): value for name, value in (headers or {}).items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        payload = raw if raw is not None else None if body is None else json.dumps(body).encode()
        with self.function("api_handler"):
            answer = self.gateway.handle_request(method, path, sent, payload)
        return Answer(answer["statusCode"], answer["headers"], answer["body"] or "")

    def connect(
        self, connection_id: str, token: str | None, channel: str | None = None, **query: str
    ) -> dict[str, Any]:
        """Call a socket's `$connect` as API Gateway does."""
        query |= {} if channel is None else {"channel": channel}
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        event = {**self._socket_event(connection_id), "headers": headers, "queryStringParameters": query}
        with self.function("websocket_connect"):
            answer: dict[str, Any] = app.websocket_connect(event, None)
        return answer

    def say(self, connection_id: str, body: str) -> None:
        """Send a message from a client on its socket."""
        with self.function("websocket_message"):
            app.websocket_message({**self._socket_event(connection_id), "body": body}, None)

    def hang_up(self, connection_id: str, code: int = 1000) -> None:
        """Call a socket's `$disconnect` with the code of its end; 1006 is that of a lost line."""
        event = self._socket_event(connection_id)
        event["requestContext"]["disconnectStatusCode"] = code
        with self.function("websocket_disconnect"):
            app.websocket_disconnect(event, None)

    def wake(self) -> None:
        """Deliver missed events to everyone who has connected."""
        while self.delivery_trigger.recipients:
            self.deliver_to(self.delivery_trigger.recipients.pop(0))

    def deliver_to(self, recipient: Recipient) -> None:
        """Call the `deliver` function."""
        with self.function("deliver"):
            app.deliver({"org_id": recipient.org_id, "user_id": recipient.user_id}, None)

    def sweep(self) -> None:
        """Run one pass of the sweep."""
        with self.function("dispatch_sweep"):
            app.one_pass()

    def sweep_maintenance(self) -> None:
        """Run one pass of the maintenance sweep."""
        with self.function("maintenance_sweep"):
            app.maintenance_pass()

    def heard(self, connection_id: str) -> list[Sent]:
        """Return the messages that a connection received."""
        return self.sender.messages[connection_id]

    def audit(self, org_id: str = DEMO) -> list[AuditRow]:
        """Return all audit rows of an organisation, oldest first."""
        table = AuditRow.Meta.table_name
        items = client("dynamodb", settings().dynamodb_endpoint).get_paginator("scan").paginate(TableName=table)
        rows = [AuditRow.from_raw_data(item) for page in items for item in page["Items"]]
        return sorted((row for row in rows if row.org_id == org_id), key=lambda row: row.sk)

    def function(self, name: str) -> AbstractContextManager[None]:
        """Attribute all calls within the context to the function of this name."""
        return running(name)

    def _send(self, event: dict[str, Any], context: None) -> None:
        with self.function("send"):
            app.send(event, context)

    @staticmethod
    def _socket_event(connection_id: str) -> dict[str, Any]:
        context = {"connectionId": connection_id, "domainName": "gateway.test", "stage": "api", "apiId": "test"}
        return {"requestContext": context}


def _start_session(work: UnitOfWork, org_id: str, session_id: str, user_id: str, epoch: int = 0) -> None:
    where = session_key(org_id, user_id, session_id)
    work.create(
        Session(
            where.pk,
            where.sk,
            org_id=org_id,
            session_id=session_id,
            user_id=user_id,
            started_at=work.now,
            refreshed_at=work.now,
            epoch=epoch,
            expires_at=work.now + timedelta(days=30),
        )
    )
