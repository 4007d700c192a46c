"""How a domain declares its endpoints: one decorator that holds everything that is known of a route.

`Routes` is a Chalice blueprint. What is written at the route is its permission, the types of its body, query and
answer, its errors, its audit action: the edge enforces it, and the OpenAPI document is generated from the same lines,
so they cannot disagree.

    routes = Routes(__name__)

    @routes.post("/v1/orders", permission="dispatch.order.create", body=NewOrder, returns=OrderPlaced, status=201,
                 errors=[...], about=About("order", "ORDER_CREATED"))
    def create_order(request: Request[NewOrder, Nothing], work: UnitOfWork) -> Reply[OrderPlaced]: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chalice.app import Blueprint, Response

from chalicelib.core.errors import BatonError, ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import BodyT, Nothing, QueryT, Reply, Request

Handler = Callable[[Request[BodyT, QueryT], UnitOfWork], Reply[Any]]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])

_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class About:
    """For the audit trail: the kind of thing, what is done to it, and where the request names it.

    `id_from` is the path parameter or body field with the id (None: the handler says, with `work.about`).
    """

    entity_type: str
    action: str
    id_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One route with all that is known of it."""

    method: str
    path: str
    handler: Callable[..., Reply[Any]]
    summary: str
    permission: str | None
    public: bool = False
    body: Any = Nothing
    query: Any = Nothing
    returns: Any = None
    status: int = 200
    errors: Sequence[type[BatonError]] = ()
    about: About | None = None
    loads: Callable[[str, str], ItemKey[Any]] | None = None
    """Makes the key of the thing that the request names (from organisation and id): it is read with the admission."""
    invalid_status: int = ValidationFailed.status
    if_match: bool = False
    """Whether `If-Match` is required; it is honoured wherever something `versioned` is changed."""
    versioned: bool = False
    tags: Sequence[str] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the `request` and `response` examples, for where the made-up ones mislead; `...` leaves a field out."""
    deprecated_alias: bool = False

    @property
    def mutates(self) -> bool:
        """Whether a call may change something, and so is audited and may carry an `Idempotency-Key`."""
        return self.method in ("POST", "PUT", "PATCH", "DELETE")

    @property
    def id_from(self) -> str | None:
        """The path parameter or body field that names what the request is about."""
        if self.about is not None:
            return self.about.id_from
        return next(iter(_PARAMETER.findall(self.path)), None)

    @property
    def takes_body(self) -> bool:
        """Whether the call has a body."""
        return self.body is not Nothing

    @property
    def name(self) -> str:
        """The operation's name, unique in the API; the handler's own for its main address."""
        return self.handler.__name__


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
        def view(**_: str) -> Response:
            from chalicelib.edge.endpoint import serve

            return serve(endpoint, self.current_app)

        suffix = f"_{number}" if number else ""
        view.__name__ = f"{endpoint.name}{suffix}"
        self.endpoints.append(endpoint)
        # Media types are checked by the edge, with the one error body; Chalice's own check would answer first.
        self.route(endpoint.path, methods=[endpoint.method], name=view.__name__, content_types=[])(view)
