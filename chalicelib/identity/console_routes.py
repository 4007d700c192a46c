"""Endpoints of the console around people and roles."""

from __future__ import annotations

from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity import directory, roles, users
from chalicelib.identity.administration import LastRoleAdministrator, all_roles
from chalicelib.identity.console_schemas import (
    NewUser,
    PageMeta,
    RoleAnswer,
    RoleChange,
    RoleList,
    UserAnswer,
    UserChange,
    UserList,
    UserQuery,
    role_view,
    user_view,
)
from chalicelib.identity.importing import USERS
from chalicelib.identity.people import NameTaken
from chalicelib.identity.tables import RolePermissions, User, role_key, user_key

routes = Routes(__name__, "People and roles")

_ONE_PERMISSION = {"permissions": [{"code": "dispatch.order.read", "scope": "org"}]}
_ROLE = {"data": {"code": "dispatcher", "name": "Dispatcher", **_ONE_PERMISSION}}


@routes.get("/v1/users", permission=users.READ, query=UserQuery, returns=UserList)
def list_users(request: Request[Empty, UserQuery]) -> Response[UserList]:
    """The people of the organisation by user name, in pages."""
    asked = request.query
    wanted = directory.Wanted(asked.page, asked.page_size, asked.role, asked.status, asked.q)
    found = directory.list_people(request.actor, users.READ, wanted)
    meta = PageMeta(found.total, asked.page, asked.page_size)
    return Response(UserList([user_view(user) for user in found.people], meta))


@routes.post(
    "/v1/users",
    permission=users.MANAGE,
    body=NewUser,
    returns=UserAnswer,
    status=201,
    versioned=True,
    errors=[NameTaken],
    audit_target=AuditTarget(User.kind, "USER_CREATED"),
    examples={"request": {"reportsTo": ..., "password": ...}},
)
def create_user(request: Request[NewUser, Empty], work: UnitOfWork) -> Response[UserAnswer]:
    """Add somebody; without a password they get one that this answer tells, once."""
    made = users.create_user(work, request.actor, request.body, dependencies().clock)
    return _reply(made, 201)


@routes.get(
    "/v1/users/{user_id}",
    permission=users.READ,
    loads=user_key,
    returns=UserAnswer,
    versioned=True,
    errors=[NotFound, AccessDenied],
    examples={"response": {"data": {"oneTimePassword": ...}}},
)
def get_user(request: Request[Empty, Empty]) -> Response[UserAnswer]:
    """One person."""
    user = directory.find_person(request, request.path["user_id"], users.READ)
    return Response(UserAnswer(user_view(user)), version=user.version)


@routes.patch(
    "/v1/users/{user_id}",
    permission=users.MANAGE,
    loads=user_key,
    body=UserChange,
    returns=UserAnswer,
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict, NameTaken, LastRoleAdministrator],
    audit_target=AuditTarget(User.kind, "USER_UPDATED", "user_id"),
    examples={"request": {"reportsTo": ..., "resetPassword": False}, "response": {"data": {"oneTimePassword": ...}}},
)
def update_user(request: Request[UserChange, Empty], work: UnitOfWork) -> Response[UserAnswer]:
    """Change somebody: their names, role or status; or reset their password, which signs them out everywhere."""
    return _reply(users.change_user(work, request, request.path["user_id"], dependencies().clock))


importing(routes, USERS)


@routes.get("/v1/roles", permission=roles.READ, returns=RoleList)
def list_roles(request: Request[Empty, Empty]) -> Response[RoleList]:
    """All roles of the organisation and what they may do."""
    request.actor.require_reach(roles.READ)
    found = all_roles(request.actor.org_id, dependencies().clock)
    return Response(RoleList([role_view(role) for role in found]))


@routes.get(
    "/v1/roles/{code}",
    permission=roles.READ,
    loads=role_key,
    returns=RoleAnswer,
    versioned=True,
    errors=[NotFound],
    examples={"response": _ROLE},
)
def get_role(request: Request[Empty, Empty]) -> Response[RoleAnswer]:
    """One role and what it may do."""
    role = roles.find_role(request, request.path["code"], roles.READ)
    return Response(RoleAnswer(role_view(role)), version=role.version)


@routes.put(
    "/v1/roles/{code}",
    permission=roles.MANAGE,
    loads=role_key,
    body=RoleChange,
    returns=RoleAnswer,
    versioned=True,
    errors=[NotFound, LastRoleAdministrator],
    audit_target=AuditTarget(RolePermissions.kind, "ROLE_CHANGED", "code"),
    examples={"request": {**_ONE_PERMISSION, "code": ..., "name": ..., "version": ...}, "response": _ROLE},
)
def replace_role(request: Request[RoleChange, Empty], work: UnitOfWork) -> Response[RoleAnswer]:
    """Say what a role may do; it counts from everybody's next request on."""
    role = roles.replace_permissions(work, request, request.path["code"], dependencies().clock)
    return Response(RoleAnswer(role_view(role)), version=role.version)


def _reply(done: users.Changed, status: int = 200) -> Response[UserAnswer]:
    """The person; a replay of the request tells everything but the password."""
    version = done.user.version
    told = UserAnswer(user_view(done.user, done.one_time_password))
    return Response(told, status, version, stored=UserAnswer(user_view(done.user)))
