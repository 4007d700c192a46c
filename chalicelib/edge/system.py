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


@routes.get("/v1/openapi.json", public=True, returns=dict)
def openapi(_: Request[Empty, Empty]) -> Response[dict[str, object]]:
    """Return the OpenAPI 3.1 document of this API."""
    from chalicelib.edge.openapi.document import document

    return Response(document(dependencies()))
