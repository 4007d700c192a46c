"""Endpoints of roles."""

from collections.abc import Sequence

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.roles import permissions, queries, service, views
from chalicelib.identity.roles.errors import DefaultRole, LastRoleAdministrator, RoleExists, RoleInUse, TooManyRoles
from chalicelib.identity.roles.schemas import CreateRole, RoleAnswer, RoleChange, RoleList
from chalicelib.identity.roles.tables import RolePermissions, custom_roles_key, role_holders_key, role_key

routes = Routes(__name__, "People and roles")

ROLE_RESOURCE = Resource(key=role_key, id_from=("code",))

_NEW_ROLE = {"code": "kiosk", "name": "Kiosk", "permissions": [{"code": "dispatch.order.read", "scope": "org"}]}
_PERMISSIONS = [{"code": "dispatch.offer.answer", "scope": "own"}, {"code": "dispatch.order.read", "scope": "own"}]
_COURIER = {"code": "courier", "name": "Courier", "permissions": _PERMISSIONS, "version": 3}
_ROLE = {"data": _COURIER}


@routes.get(
    "/v1/roles",
    permission=permissions.READ,
    returns=RoleList,
    view=views.role_list_view,
    examples={"response": {"data": [_COURIER]}},
)
def list_roles(request: Request[Empty]) -> Sequence[RolePermissions]:
    """List all roles of the organisation with their permissions; there are no pages."""
    return queries.list_roles(request.actor, dependencies().clock)


@routes.get(
    "/v1/roles/{code}",
    permission=permissions.READ,
    resource=ROLE_RESOURCE,
    returns=RoleAnswer,
    view=views.role_view,
    versioned=True,
    examples={"response": _ROLE},
)
def get_role(request: Request[Empty, Empty, RolePermissions]) -> RolePermissions:
    """Get a role and its permissions."""
    return request.resource


@routes.post(
    "/v1/roles",
    permission=permissions.MANAGE,
    related={"custom_roles": Resource(key=custom_roles_key, id_from=(), required=False)},
    body=CreateRole,
    returns=RoleAnswer,
    status=201,
    view=views.role_view,
    versioned=True,
    errors=[RoleExists, TooManyRoles],
    audit_target=AuditTarget(RolePermissions.kind, "ROLE_CREATED", "code"),
    examples={"request": _NEW_ROLE, "response": {"data": {**_NEW_ROLE, "version": 1}}},
)
def create_role(request: Request[CreateRole], work: UnitOfWork) -> RolePermissions:
    """Create a role, which users and API keys can be given.

    An organisation can have 80 roles beside those that every organisation has.
    """
    return service.create_role(work, request.body, request.related["custom_roles"], request.actor)


@routes.delete(
    "/v1/roles/{code}",
    permission=permissions.MANAGE,
    resource=ROLE_RESOURCE,
    related={"holders": Resource(key=role_holders_key, id_from=("code",), required=False)},
    status=204,
    examples={"path": {"code": "kiosk"}},
    if_match="optional",
    errors=[DefaultRole, RoleInUse],
    audit_target=AuditTarget(RolePermissions.kind, "ROLE_DELETED", "code"),
)
def delete_role(request: Request[Empty, Empty, RolePermissions], work: UnitOfWork) -> None:
    """Delete a custom role that no user and no API key has.

    Disabled users count too. A role that every organisation has cannot be deleted.
    """
    service.delete_role(work, request.resource, request.related["holders"], request.actor)


@routes.put(
    "/v1/roles/{code}",
    permission=permissions.MANAGE,
    resource=ROLE_RESOURCE,
    body=RoleChange,
    returns=RoleAnswer,
    view=views.role_view,
    versioned=True,
    errors=[LastRoleAdministrator],
    audit_target=AuditTarget(RolePermissions.kind, "ROLE_CHANGED", "code"),
    examples={"request": {"permissions": _PERMISSIONS, "code": ..., "name": ..., "version": ...}, "response": _ROLE},
)
def replace_role(request: Request[RoleChange, Empty, RolePermissions], work: UnitOfWork) -> RolePermissions:
    """Replace the permissions of a role.

    They apply from the next request of each user and API key with this role; no session ends. The management of roles
    cannot be taken from the last active user who has it.
    """
    return service.replace_role(work, request.resource, request.body, request.actor)
