"""Endpoints about Baton itself: is it well, and what can it do."""

from __future__ import annotations

import msgspec

from chalicelib.edge.request import Nothing, Reply, Request
from chalicelib.edge.routes import Routes
from chalicelib.edge.runtime import runtime

routes = Routes(__name__, "System")


class Health(msgspec.Struct, frozen=True):
    """That the service answers, and in which version."""

    status: str
    version: str


@routes.get("/health", aliases=["/v1/health"], public=True, returns=Health)
def health(_: Request[Nothing, Nothing]) -> Reply[Health]:
    """Whether the service answers, and in which version."""
    return Reply(Health("ok", runtime().version))


@routes.get("/v1/openapi.json", public=True, returns=dict)
def openapi(_: Request[Nothing, Nothing]) -> Reply[dict[str, object]]:
    """This API as an OpenAPI 3.1 document, generated from its own routes."""
    from chalicelib.edge.openapi import document

    return Reply(document(runtime()))
