"""The application as it is deployed: no part of it is replaced, and its functions run as Lambda runs them.

A world whose sockets, letters, keys and invocations go through the application's own AWS clients. So builders and tests
that know a world know this one, too, and what they do can be held against what the functions may do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from chalice.config import Config
from chalice.local import LocalGateway
from msgspec.structs import replace

import app
from chalicelib.core.runner import Outbox
from chalicelib.core.settings import NO_SECRET, Settings, settings
from infra.local.gateway_http import Routes
from tests.builders.cloud import Cloud
from tests.builders.sockets import Sent
from tests.builders.world import Answer, World

PUSH = "arn:aws:sns:us-east-1:123456789012:app/GCM/baton"
_SCHEDULED = {"version": "0", "account": "", "region": "", "detail": {}, "detail-type": "", "source": "", "time": ""}


class _Hour:
    """What Lambda tells a function that has time."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 3_600_000


@cache
def _matcher() -> Routes:
    return Routes(list(app.app.routes))


def cloud() -> Cloud:
    """The AWS of the stage that tests run on."""
    config = settings()
    keys = {f"baton-{config.stage}-token-keys": config.token_keys.reveal()}
    return Cloud(config.function_name(""), {"deliver": app.deliver, "send": app.send}, keys)


@dataclass
class DeployedWorld(World):
    """A world in which everything goes to AWS."""

    cloud: Cloud = field(default_factory=cloud)
    answered: set[tuple[str, str]] = field(default_factory=set)
    """The routes, by method and address, that have done what they were asked."""

    def reset_parts(self, config: Settings | None = None, outbox: Outbox | None = None) -> None:
        """Compose the application as `app.py` does, with everything set that can be."""
        set_up = replace(
            config or settings(),
            token_keys=NO_SECRET,
            email_sender="baton@example.org",
            sms_sender="Baton",
            push_application=PUSH,
            sweep_passes=1,
        )
        self.parts = app.compose(set_up, self.clock, self.ids, outbox=outbox)
        app.use(self.parts)
        self.gateway = LocalGateway(app.app, Config())

    @contextmanager
    def function(self, name: str) -> Iterator[None]:
        """What the application does meanwhile, this function does; what it has invoked runs once it has ended."""
        with super().function(name):
            yield
        self.cloud.settle()

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
        """One request."""
        answer = super().call(method, path, body, token=token, headers=headers, raw=raw)
        if answer.status < 400:
            self.answered.add((method, _matcher().match_route(path).route))
        return answer

    def hang_up(self, connection_id: str, code: int = 1000) -> None:
        """A socket's `$disconnect`."""
        self.cloud.gone.add(connection_id)
        super().hang_up(connection_id, code)

    def wake(self) -> None:
        """Nothing is left to do: `$connect` has invoked `deliver` itself."""

    def sweep(self) -> None:
        """The schedule's call of the sweep."""
        with self.function("dispatch_sweep"):
            app.dispatch_sweep({**_SCHEDULED, "resources": [], "id": ""}, _Hour())

    def sweep_maintenance(self) -> None:
        """The schedule's call of the maintenance sweep."""
        with self.function("maintenance_sweep"):
            app.maintenance_sweep({**_SCHEDULED, "resources": [], "id": ""}, _Hour())

    def heard(self, connection_id: str) -> list[Sent]:
        """What arrived at a socket."""
        return self.cloud.messages[connection_id]
