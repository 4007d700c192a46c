"""Endpoints about the service itself: its health and its API description."""

import msgspec

from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "System")


class Health(msgspec.Struct, frozen=True):
    """The status and the version of the service."""

    status: str
    """Always `ok`."""
    version: str
    """The version of this deployment."""


@routes.get("/health", aliases=["/v1/health"], public=True, any_query=True, returns=Health)
def health(_: Request[Empty, Empty]) -> Response[Health]:
    """Return the status and the version of the service."""
    return Response(Health("ok", dependencies().version))


@routes.get("/v1/openapi.json", public=True, returns=dict, examples={"response": {"openapi": "3.1.0"}})
def openapi(_: Request[Empty, Empty]) -> Response[dict[str, object]]:
    """Return the description of this API as OpenAPI 3.1."""
    from chalicelib.edge.openapi.document import document

    return Response(document(dependencies()))


@routes.get("/v1/openapi-3.0.json", public=True, returns=dict, examples={"response": {"openapi": "3.0.3"}})
def openapi_30(_: Request[Empty, Empty]) -> Response[dict[str, object]]:
    """Return this API's description as OpenAPI 3.0.3, for older generators.

    Unions are one object in it, for generators that cannot send or decode them.
    """
    from chalicelib.edge.openapi.document import document_30

    return Response(document_30(dependencies()))


@routes.get("/v1/asyncapi.json", public=True, returns=dict)
def asyncapi(_: Request[Empty, Empty]) -> Response[dict[str, object]]:
    """Return the AsyncAPI 3.0 document of the sockets."""
    from chalicelib.edge.openapi.asyncapi import describe_sockets

    return Response(describe_sockets(dependencies()))
