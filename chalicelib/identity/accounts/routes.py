"""Endpoints of user accounts, of the caller's own profile, and of the caller's devices."""

from chalicelib.core.errors import Conflict, RateLimited
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts import devices, examples, permissions, queries, service, views
from chalicelib.identity.accounts.errors import NameTaken
from chalicelib.identity.accounts.imports import USERS
from chalicelib.identity.accounts.schemas import (
    CreateUser,
    DeviceId,
    OwnAccount,
    Profile,
    RegisterDevice,
    UserAnswer,
    UserChange,
    UserList,
    UserQuery,
)
from chalicelib.identity.accounts.settings import GENERAL
from chalicelib.identity.accounts.tables import (
    Device,
    User,
    device_key,
    organisation_key,
    registered_devices_key,
    user_key,
)
from chalicelib.identity.roles.errors import LastRoleAdministrator
from chalicelib.identity.roles.queries import find_role_name
from chalicelib.identity.roles.tables import role_key
from chalicelib.identity.sessions.lockout import Lockout
from chalicelib.identity.sessions.tables import tries_key
from chalicelib.identity.sessions.throttling import user_subject
from chalicelib.identity.settings import organisation_settings

routes = Routes(__name__, "People and roles")
me_routes = Routes(f"{__name__}.me", "Me")

USER_RESOURCE = Resource(
    key=user_key, id_from=("user_id",), owners=lambda user, _: (user.user_id,), zone=lambda user: user.game_zone
)
DEVICE_RESOURCE = Resource(
    key=lambda _, device_id: device_key(device_id),
    id_from=("device_id",),
    org_id=lambda device: device.org_id,
    owners=lambda device, _: (device.user_id,),
)
_REGISTERED = Resource(key=registered_devices_key, id_from=("user_id",), required=False)
_RELATED = {
    "role": Resource(key=role_key, id_from=("role",), required=False),
    "superior": Resource(key=user_key, id_from=("reportsTo",), required=False),
}
_TRIES = Resource(key=lambda _, user_id: tries_key(user_subject(user_id)), id_from=("user_id",), required=False)
_RELATED_OF_NEW = {**_RELATED, "organisation": Resource(key=organisation_key, id_from=(), required=False)}


@routes.get(
    "/v1/users",
    permission=permissions.READ_USERS,
    query=UserQuery,
    returns=UserList,
    view=views.user_page_view,
    examples={"response": {"data": [examples.LISTED], "meta": {"totalCount": 1}}},
)
def list_users(request: Request[Empty, UserQuery]) -> queries.UserPage:
    """List the users within the caller's scope, by user name.

    A change appears in the list within moments; `GET /v1/users/{user_id}` shows it at once.
    """
    return queries.list_users(request.actor, request.query, _lockout())


@routes.post(
    "/v1/users",
    permission=permissions.MANAGE_USERS,
    related=_RELATED_OF_NEW,
    body=CreateUser,
    returns=UserAnswer,
    status=201,
    versioned=True,
    errors=[NameTaken, RateLimited],
    audit_target=AuditTarget(User.kind, "USER_CREATED"),
    examples={"request": examples.NEW_USER, "response": {"data": examples.NEW_STATE}},
)
def create_user(request: Request[CreateUser], work: UnitOfWork) -> Response[UserAnswer]:
    """Create a user.

    Without a password a one-time password is generated and returned; it cannot be read again. A name that is in use,
    also in another organisation, is 409 `NAME_TAKEN`; a caller who tries many such names is refused with 429 for up to
    an hour.
    """
    return _saved(service.create_user(work, request.body, request.actor, **request.related))


@routes.get(
    "/v1/users/{user_id}",
    permission=permissions.READ_USERS,
    resource=USER_RESOURCE,
    related={"tries": _TRIES},
    returns=UserAnswer,
    view=views.user_state_view,
    versioned=True,
    examples={"response": {"data": examples.STATE}},
)
def get_user(request: Request[Empty, Empty, User]) -> queries.UserState:
    """Get a user, with their last sign-in and lock."""
    user = request.resource
    return queries.UserState(user, _lockout().locked_until(request.related["tries"], user.forgiven_at))


@routes.patch(
    "/v1/users/{user_id}",
    permission=permissions.MANAGE_USERS,
    resource=USER_RESOURCE,
    related=_RELATED,
    body=UserChange,
    returns=UserAnswer,
    versioned=True,
    errors=[Conflict, NameTaken, LastRoleAdministrator, RateLimited],
    audit_target=AuditTarget(User.kind, "USER_UPDATED", "user_id"),
    examples={"request": examples.USER_CHANGE, "response": {"data": examples.CHANGED_STATE}},
)
def update_user(request: Request[UserChange, Empty, User], work: UnitOfWork) -> Response[UserAnswer]:
    """Update a user, or reset their password.

    Omitted fields stay as they are; null removes a value. A new role, the status `DISABLED` and `resetPassword` end all
    sessions of the user at once: their sockets are closed, their devices get no more notifications. No user can disable
    their own account, or take the management of roles from the last active user who has it.
    """
    return _saved(service.update_user(work, request.resource, request.body, request.actor, **request.related))


importing(routes, USERS)


@me_routes.get(
    "/v1/me",
    permission=permissions.READ_PROFILE,
    allows_one_time_password=True,
    returns=OwnAccount,
    examples={"response": examples.ME},
)
def get_me(request: Request[Empty]) -> OwnAccount:
    """Get the caller with their role, permissions and navigation.

    Apps call this after signing in. It is allowed with a one-time password that has not been changed yet.
    """
    return views.me_view(request.actor, find_role_name(request.actor), queries.find_superior(request.actor))


@me_routes.get(
    "/v1/me/profile",
    permission=permissions.READ_PROFILE,
    returns=Profile,
    examples={"response": examples.PROFILE},
)
def get_profile(request: Request[Empty]) -> Profile:
    """Get the caller's profile."""
    return views.profile_view(request.actor, queries.find_superior(request.actor))


@me_routes.post(
    "/v1/devices/register",
    permission=permissions.REGISTER_DEVICE,
    related={"registered": _REGISTERED},
    body=RegisterDevice,
    returns=DeviceId,
    status=201,
    audit_target=AuditTarget(Device.kind, "DEVICE_REGISTERED"),
    examples={
        "request": {"fcmToken": "dT3v0kQ9R2m:APA91bHqk7Yw"},
        "response": {"id": "5b2f0c1de7a94c3f8e6d2a1b0c9f8e7d"},
    },
)
def register_device(request: Request[RegisterDevice], work: UnitOfWork) -> DeviceId:
    """Register a phone or browser for push notifications.

    The device belongs to the session that registered it last and is forgotten when that session ends. Registering it
    again returns the same id. A user has at most 10 devices; the one that was registered first is dropped.
    """
    return devices.register_device(work, request.body, request.related["registered"], request.actor)


@me_routes.delete(
    "/v1/devices/{device_id}",
    permission=permissions.REGISTER_DEVICE,
    resource=DEVICE_RESOURCE,
    status=204,
    audit_target=AuditTarget(Device.kind, "DEVICE_REMOVED", "device_id"),
    examples={"path": {"device_id": "5b2f0c1de7a94c3f8e6d2a1b0c9f8e7d"}},
)
def remove_device(request: Request[Empty, Empty, Device], work: UnitOfWork) -> None:
    """Remove one of the caller's devices, which gets no more push notifications."""
    devices.remove_device(work, request.resource)


organisation_settings(routes, GENERAL)


def _lockout() -> Lockout:
    return Lockout(dependencies().settings, dependencies().clock)


def _saved(saved: service.SavedUser) -> Response[UserAnswer]:
    """Return the user; a replay of the request shows everything except the password."""
    user = saved.user
    return Response(views.user_view(user, saved.one_time_password), version=user.version, stored=views.user_view(user))
