"""Endpoints of API keys, by which machines call this API."""

from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.apikeys import permissions, queries, service, views
from chalicelib.identity.apikeys.schemas import ApiKeyAnswer, ApiKeyList, CreateApiKey
from chalicelib.identity.apikeys.tables import ApiKey, api_key_key
from chalicelib.identity.roles.tables import role_key

routes = Routes(__name__, "People and roles")

API_KEY_RESOURCE = Resource(key=api_key_key, id_from=("key_id",), name="API key")

_KEY_ID = "019ceb1b-2248-70d1-9455-0d1455335533"
_KEY = {
    "id": _KEY_ID,
    "name": "Web shop",
    "role": "customer",
    "createdAt": "2026-03-14T09:26:53Z",
    "createdBy": "019ceb1b-2248-7a76-9ed3-a76ed395d395",
}


@routes.post(
    "/v1/api-keys",
    permission=permissions.MANAGE,
    related={"role": Resource(key=role_key, id_from=("role",), required=False)},
    body=CreateApiKey,
    returns=ApiKeyAnswer,
    status=201,
    audit_target=AuditTarget(ApiKey.kind, "API_KEY_CREATED"),
    examples={
        "request": {"name": "Web shop", "role": "customer"},
        "response": {"data": {**_KEY, "key": f"baton_demo.{_KEY_ID}.customer.<secret>"}},
    },
)
def create_api_key(request: Request[CreateApiKey], work: UnitOfWork) -> Response[ApiKeyAnswer]:
    """Create an API key, with which a program can call this API.

    The text of the key is in this response only. Send it as a bearer token. It acts with its role, except for what
    concerns a person's own session: it has no password and no devices, and opens no socket. It does not expire, and
    stays valid if its creator is disabled. The response is not stored for an `Idempotency-Key`: a repeated request
    creates another key.
    """
    created = service.create_api_key(work, request.body, request.actor, **request.related)
    return Response(views.api_key_view(created.api_key, created.text), incomplete=True)


@routes.get(
    "/v1/api-keys",
    permission=permissions.MANAGE,
    query=CursorRequest,
    returns=ApiKeyList,
    view=views.api_key_page_view,
    examples={"response": {"data": [_KEY], "meta": {"nextCursor": None}}},
)
def list_api_keys(request: Request[Empty, CursorRequest]) -> Page[ApiKey]:
    """List the API keys of the organisation, oldest first, without their texts."""
    return queries.list_api_keys(request.actor, request.query)


@routes.delete(
    "/v1/api-keys/{key_id}",
    permission=permissions.MANAGE,
    resource=API_KEY_RESOURCE,
    status=204,
    audit_target=AuditTarget(ApiKey.kind, "API_KEY_DELETED", "key_id"),
)
def delete_api_key(request: Request[Empty, Empty, ApiKey], work: UnitOfWork) -> None:
    """Delete an API key.

    The next request with it is 401 `AUTH_INVALID`.
    """
    service.delete_api_key(work, request.resource)
