"""How a domain declares its endpoints: one decorator that holds everything that is known of a route.

`Routes` is a Chalice blueprint. What is written at the route is its permission, the types of its body, query and
answer, its errors, its audit action: the edge enforces it, and the OpenAPI document is generated from the same lines,
so they cannot disagree.

    routes = Routes(__name__, "Courier dispatch")

    @routes.post("/v1/orders", permission="dispatch.order.create", body=NewOrder, returns=OrderPlaced, status=201,
                 errors=[...], audit_target=AuditTarget("order", "ORDER_CREATED"))
    def create_order(request: Request[NewOrder, Nothing], work: UnitOfWork) -> Reply[OrderPlaced]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chalice.app import Blueprint
from chalice.app import Response as ChaliceResponse

from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.pipeline import serve

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


class Routes(Blueprint):
    """The endpoints of one domain."""

    def __init__(self, import_name: str, tag: str) -> None:
        super().__init__(import_name)
        self.tag = tag
        self.endpoints: list[Endpoint] = []

    def get(self, path: str, **known: Any) -> Callable[[HandlerT], HandlerT]:
        """A read: at most two round trips, stages nothing."""
        return self._declare("GET", path, known)

    def post(self, path: str, **known: Any) -> Callable[[HandlerT], HandlerT]:
        """A creation or an action."""
        return self._declare("POST", path, known)

    def put(self, path: str, **known: Any) -> Callable[[HandlerT], HandlerT]:
        """A replacement."""
        return self._declare("PUT", path, known)

    def patch(self, path: str, **known: Any) -> Callable[[HandlerT], HandlerT]:
        """A change."""
        return self._declare("PATCH", path, known)

    def delete(self, path: str, **known: Any) -> Callable[[HandlerT], HandlerT]:
        """A removal."""
        return self._declare("DELETE", path, known)

    def _declare(self, method: str, path: str, known: dict[str, Any]) -> Callable[[HandlerT], HandlerT]:
        aliases: Sequence[str] = known.pop("aliases", ())

        def register(handler: HandlerT) -> HandlerT:
            summary = (handler.__doc__ or "").strip().partition("\n")[0]
            for number, address in enumerate((path, *aliases)):
                endpoint = Endpoint(
                    method=method,
                    path=address,
                    handler=handler,
                    summary=summary,
                    tags=(self.tag,),
                    deprecated_alias=number > 0,
                    **{"permission": None, **known},
                )
                self._add(endpoint, number)
            return handler

        return register

    def _add(self, endpoint: Endpoint, number: int) -> None:
        def view(**_: str) -> ChaliceResponse:
            return serve(endpoint, self.current_app)

        suffix = f"_{number}" if number else ""
        view.__name__ = f"{endpoint.name}{suffix}"
        self.endpoints.append(endpoint)
        # Media types are checked by the edge, with the one error body; Chalice's own check would answer first.
        self.route(endpoint.path, methods=[endpoint.method], name=view.__name__, content_types=[])(view)
