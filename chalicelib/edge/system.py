"""Endpoints about Baton itself: is it well, and what can it do."""

from __future__ import annotations

import msgspec

from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "System")


class Health(msgspec.Struct, frozen=True):
    """That the service answers, and in which version."""

    status: str
    version: str


@routes.get("/health", aliases=["/v1/health"], public=True, returns=Health)
def health(_: Request[Empty, Empty]) -> Response[Health]:
    """Whether the service answers, and in which version."""
    return Response(Health("ok", dependencies().version))


@routes.get("/v1/openapi.json", public=True, returns=dict)
def openapi(_: Request[Empty, Empty]) -> Response[dict[str, object]]:
    """This API as an OpenAPI 3.1 document, generated from its own routes."""
    from chalicelib.edge.openapi import document

    return Response(document(dependencies()))
