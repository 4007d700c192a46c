"""The functions that are deployed, worked out from the app: what AWS, the template and the configuration call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalice.app import ScheduledEventConfig

import app
from infra.stacks.names import logical

API_HANDLER = "api_handler"


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `name` as the configuration calls it, `resource` in Chalice's template."""

    name: str
    resource: str
    scheduled: bool = False

    def full_name(self, stage: str) -> str:
        """As it is called in AWS, also by `chalice deploy`."""
        return f"baton-{stage}" if self.name == API_HANDLER else f"baton-{stage}-{self.name}"

    def log_group(self, stage: str) -> str:
        """Where Lambda writes what it prints."""
        return f"/aws/lambda/{self.full_name(stage)}"


def functions() -> Sequence[Function]:
    """Every function, by name."""
    chalice = app.app
    scheduled = {one.name for one in chalice.event_sources if isinstance(one, ScheduledEventConfig)}
    others = {one.name for one in chalice.pure_lambda_functions}
    sockets = {handler.name for handler in chalice.websocket_handlers.values()}
    made = [Function(API_HANDLER, "APIHandler")]
    made += [Function(name, logical(name), name in scheduled) for name in scheduled | others | sockets]
    return sorted(made, key=lambda function: function.name)
