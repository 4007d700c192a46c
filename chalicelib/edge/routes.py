"""Declares the endpoints of a domain: one decorator that has everything that is known of a route.

The declaration has the route's permission, resource, types of body, query and response, errors and audit action.

    routes = Routes(__name__, "Courier dispatch")

    @routes.post("/v1/courier/orders/accept", permission="dispatch.order.accept", resource=ORDER, transition="accept",
                 body=OrderStep, view=order_view, returns=OrderView, versioned=True,
                 audit_target=AuditTarget("order", "ORDER_ACCEPTED", "order_id"))
    def accept_order(request: Request[OrderStep, Empty, Order], work: UnitOfWork) -> Order: ...
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chalice.app import Blueprint
from chalice.app import Response as ChaliceResponse

from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.pipeline import serve

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


class Routes(Blueprint):
    """The endpoints of one domain, as a Chalice blueprint."""

    def __init__(self, import_name: str, tag: str) -> None:
        super().__init__(import_name)
        self.tag = tag
        self.endpoints: list[Endpoint] = []

    def get(self, path: str, **declared: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a read, which changes nothing."""
        return self._declare("GET", path, declared)

    def post(self, path: str, **declared: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a creation or an action."""
        return self._declare("POST", path, declared)

    def put(self, path: str, **declared: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a replacement."""
        return self._declare("PUT", path, declared)

    def patch(self, path: str, **declared: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a change."""
        return self._declare("PATCH", path, declared)

    def delete(self, path: str, **declared: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a removal."""
        return self._declare("DELETE", path, declared)

    def _declare(self, method: str, path: str, declared: dict[str, Any]) -> Callable[[HandlerT], HandlerT]:
        aliases: Sequence[str] = declared.pop("aliases", ())

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
                    **{"permission": None, **declared},
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
        # The pipeline checks media types and uses the one error body; Chalice would answer before it.
        self.route(endpoint.path, methods=[endpoint.method], name=view.__name__, content_types=[])(view)
