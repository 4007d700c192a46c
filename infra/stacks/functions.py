"""Derives the deployed functions from the app, with their names in AWS, the template and the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalice.app import ScheduledEventConfig

import app
from infra.stacks.names import logical

API_HANDLER = "api_handler"


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `name` in the configuration, `resource` in Chalice's template."""

    name: str
    resource: str
    scheduled: bool = False

    def full_name(self, stage: str) -> str:
        """Return the function's name in AWS, which is the same with `chalice deploy`."""
        return f"baton-{stage}" if self.name == API_HANDLER else f"baton-{stage}-{self.name}"

    def log_group(self, stage: str) -> str:
        """Return the name of the function's log group."""
        return f"/aws/lambda/{self.full_name(stage)}"


def functions() -> Sequence[Function]:
    """Return all functions, sorted by name."""
    chalice = app.app
    scheduled = {source.name for source in chalice.event_sources if isinstance(source, ScheduledEventConfig)}
    others = {function.name for function in chalice.pure_lambda_functions}
    sockets = {handler.name for handler in chalice.websocket_handlers.values()}
    deployed = [Function(API_HANDLER, "APIHandler")]
    deployed += [Function(name, logical(name), name in scheduled) for name in scheduled | others | sockets]
    return sorted(deployed, key=lambda function: function.name)
