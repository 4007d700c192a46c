"""Endpoints of the console around people and roles."""

from __future__ import annotations

from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.contract import About
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Nothing, Reply, Request
from chalicelib.edge.routes import Routes
from chalicelib.edge.runtime import runtime
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
def list_users(request: Request[Nothing, UserQuery]) -> Reply[UserList]:
    """The people of the organisation by user name, in pages."""
    asked = request.query
    wanted = directory.Wanted(asked.page, asked.page_size, asked.role, asked.status, asked.q)
    found = directory.list_people(request.principal, users.READ, wanted)
    meta = PageMeta(found.total, asked.page, asked.page_size)
    return Reply(UserList([user_view(user) for user in found.people], meta))


@routes.post(
    "/v1/users",
    permission=users.MANAGE,
    body=NewUser,
    returns=UserAnswer,
    status=201,
    versioned=True,
    errors=[NameTaken],
    about=About(User.kind, "USER_CREATED"),
    examples={"request": {"reportsTo": ..., "password": ...}},
)
def create_user(request: Request[NewUser, Nothing], work: UnitOfWork) -> Reply[UserAnswer]:
    """Add somebody; without a password they get one that this answer tells, once."""
    made = users.create_user(work, request.principal, request.body, runtime().clock)
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
def get_user(request: Request[Nothing, Nothing]) -> Reply[UserAnswer]:
    """One person."""
    user = directory.find_person(request, request.path["user_id"], users.READ)
    return Reply(UserAnswer(user_view(user)), version=user.version)


@routes.patch(
    "/v1/users/{user_id}",
    permission=users.MANAGE,
    loads=user_key,
    body=UserChange,
    returns=UserAnswer,
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict, NameTaken, LastRoleAdministrator],
    about=About(User.kind, "USER_UPDATED", "user_id"),
    examples={"request": {"reportsTo": ..., "resetPassword": False}, "response": {"data": {"oneTimePassword": ...}}},
)
def update_user(request: Request[UserChange, Nothing], work: UnitOfWork) -> Reply[UserAnswer]:
    """Change somebody: their names, role or status; or reset their password, which signs them out everywhere."""
    return _reply(users.change_user(work, request, request.path["user_id"], runtime().clock))


importing(routes, USERS)


@routes.get("/v1/roles", permission=roles.READ, returns=RoleList)
def list_roles(request: Request[Nothing, Nothing]) -> Reply[RoleList]:
    """All roles of the organisation and what they may do."""
    request.principal.require_reach(roles.READ)
    found = all_roles(request.principal.org_id, runtime().clock)
    return Reply(RoleList([role_view(role) for role in found]))


@routes.get(
    "/v1/roles/{code}",
    permission=roles.READ,
    loads=role_key,
    returns=RoleAnswer,
    versioned=True,
    errors=[NotFound],
    examples={"response": _ROLE},
)
def get_role(request: Request[Nothing, Nothing]) -> Reply[RoleAnswer]:
    """One role and what it may do."""
    role = roles.find_role(request, request.path["code"], roles.READ)
    return Reply(RoleAnswer(role_view(role)), version=role.version)


@routes.put(
    "/v1/roles/{code}",
    permission=roles.MANAGE,
    loads=role_key,
    body=RoleChange,
    returns=RoleAnswer,
    versioned=True,
    errors=[NotFound, LastRoleAdministrator],
    about=About(RolePermissions.kind, "ROLE_CHANGED", "code"),
    examples={"request": {**_ONE_PERMISSION, "code": ..., "name": ..., "version": ...}, "response": _ROLE},
)
def replace_role(request: Request[RoleChange, Nothing], work: UnitOfWork) -> Reply[RoleAnswer]:
    """Say what a role may do; it counts from everybody's next request on."""
    role = roles.replace_permissions(work, request, request.path["code"], runtime().clock)
    return Reply(RoleAnswer(role_view(role)), version=role.version)


def _reply(done: users.Changed, status: int = 200) -> Reply[UserAnswer]:
    """The person; a replay of the request tells everything but the password."""
    version = done.user.version
    told = UserAnswer(user_view(done.user, done.one_time_password))
    return Reply(told, status, version, kept=UserAnswer(user_view(done.user)))
