"""Endpoints about oneself: who one is, what one may do, and one's devices."""

from __future__ import annotations

from chalicelib.core.errors import AccessDenied, NotFound
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.contract import About
from chalicelib.edge.request import Nothing, Principal, Reply, Request, created, no_content
from chalicelib.edge.routes import Routes
from chalicelib.identity import devices
from chalicelib.identity.console_schemas import granted
from chalicelib.identity.matrix import ORG, ROLES
from chalicelib.identity.me_schemas import DeviceId, Me, MyUser, NavSlot, NewDevice, Profile, RoleName, Superior
from chalicelib.identity.nav import navigation
from chalicelib.identity.tables import Device, device_key, user_key

routes = Routes(__name__, "Me")

READ = "identity.profile.read"


@routes.get("/v1/me", permission=READ, returns=Me)
def get_me(request: Request[Nothing, Nothing]) -> Reply[Me]:
    """Who one is, what one sees and what one may do, as the server has worked it out."""
    principal = request.principal
    me = Me(
        user=_user(principal),
        role=RoleName(principal.role, ROLES.get(principal.role, principal.role)),
        game_zone_scope="org" if ORG in principal.permissions.values() else "own",
        game_zone=principal.game_zone,
        reports_to=_superior(principal),
        skills=list(principal.skills),
        nav=[NavSlot(slot.screen, slot.label, slot.target) for slot in navigation(principal)],
        permissions=granted(principal.permissions),
    )
    return Reply(me)


@routes.get("/v1/me/profile", permission=READ, returns=Profile)
def get_profile(request: Request[Nothing, Nothing]) -> Reply[Profile]:
    """One's profile."""
    principal = request.principal
    profile = Profile(
        full_name=principal.full_name,
        email=principal.email,
        phone=principal.phone,
        role=principal.role,
        game_zone=principal.game_zone,
        team=principal.team,
        reports_to=_superior(principal),
        skills=list(principal.skills),
    )
    return Reply(profile)


@routes.post(
    "/v1/devices/register",
    permission=devices.REGISTER,
    body=NewDevice,
    returns=DeviceId,
    status=201,
    about=About(Device.kind, "DEVICE_REGISTERED"),
)
def register_device(request: Request[NewDevice, Nothing], work: UnitOfWork) -> Reply[DeviceId]:
    """Have this phone or browser told of one's news; whoever registers a device last has it."""
    body = request.body
    return created(DeviceId(devices.register(work, request.principal, body.platform, body.fcm_token)))


@routes.delete(
    "/v1/devices/{device_id}",
    permission=devices.REGISTER,
    status=204,
    loads=lambda _, device_id: device_key(device_id),
    errors=[NotFound, AccessDenied],
    about=About(Device.kind, "DEVICE_REMOVED", "device_id"),
)
def remove_device(request: Request[Nothing, Nothing], work: UnitOfWork) -> Reply[None]:
    """Have a device of one's own told nothing any more."""
    devices.forget(work, request, request.path["device_id"])
    return no_content()


def _user(principal: Principal) -> MyUser:
    return MyUser(
        id=principal.user_id,
        username=principal.username,
        full_name=principal.full_name,
        email=principal.email,
        phone=principal.phone,
        profile_picture=principal.profile_picture,
        organization=principal.org_id,
    )


def _superior(principal: Principal) -> Superior | None:
    """Whom the caller reports to; the second round trip, for those who report to somebody."""
    if principal.reports_to is None:
        return None
    user = get(user_key(principal.org_id, principal.reports_to))
    return Superior(principal.reports_to, None if user is None else user.full_name)
