"""Endpoints about oneself: who one is, what one may do, and one's devices."""

from __future__ import annotations

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, NotFound
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response, created, no_content
from chalicelib.edge.routes import Routes
from chalicelib.identity import devices
from chalicelib.identity.console_schemas import granted
from chalicelib.identity.default_permissions import ORG, ROLES
from chalicelib.identity.me_schemas import DeviceId, Me, MyUser, NavSlot, NewDevice, Profile, RoleName, Superior
from chalicelib.identity.navigation import navigation
from chalicelib.identity.tables import Device, device_key, user_key

routes = Routes(__name__, "Me")

READ = "identity.profile.read"


@routes.get("/v1/me", permission=READ, returns=Me)
def get_me(request: Request[Empty, Empty]) -> Response[Me]:
    """Who one is, what one sees and what one may do, as the server has worked it out."""
    actor = request.actor
    me = Me(
        user=_user(actor),
        role=RoleName(actor.role, ROLES.get(actor.role, actor.role)),
        game_zone_scope="org" if ORG in actor.permissions.values() else "own",
        game_zone=actor.game_zone,
        reports_to=_superior(actor),
        skills=list(actor.skills),
        nav=[NavSlot(slot.screen, slot.label, slot.target) for slot in navigation(actor)],
        permissions=granted(actor.permissions),
    )
    return Response(me)


@routes.get("/v1/me/profile", permission=READ, returns=Profile)
def get_profile(request: Request[Empty, Empty]) -> Response[Profile]:
    """One's profile."""
    actor = request.actor
    profile = Profile(
        full_name=actor.full_name,
        email=actor.email,
        phone=actor.phone,
        role=actor.role,
        game_zone=actor.game_zone,
        team=actor.team,
        reports_to=_superior(actor),
        skills=list(actor.skills),
    )
    return Response(profile)


@routes.post(
    "/v1/devices/register",
    permission=devices.REGISTER,
    body=NewDevice,
    returns=DeviceId,
    status=201,
    audit_target=AuditTarget(Device.kind, "DEVICE_REGISTERED"),
)
def register_device(request: Request[NewDevice, Empty], work: UnitOfWork) -> Response[DeviceId]:
    """Have this phone or browser told of one's news; whoever registers a device last has it."""
    body = request.body
    return created(DeviceId(devices.register(work, request.actor, body.platform, body.fcm_token)))


@routes.delete(
    "/v1/devices/{device_id}",
    permission=devices.REGISTER,
    status=204,
    loads=lambda _, device_id: device_key(device_id),
    errors=[NotFound, AccessDenied],
    audit_target=AuditTarget(Device.kind, "DEVICE_REMOVED", "device_id"),
)
def remove_device(request: Request[Empty, Empty], work: UnitOfWork) -> Response[None]:
    """Have a device of one's own told nothing any more."""
    devices.forget(work, request, request.path["device_id"])
    return no_content()


def _user(actor: Actor) -> MyUser:
    return MyUser(
        id=actor.user_id,
        username=actor.username,
        full_name=actor.full_name,
        email=actor.email,
        phone=actor.phone,
        profile_picture=actor.profile_picture,
        organization=actor.org_id,
    )


def _superior(actor: Actor) -> Superior | None:
    """Whom the caller reports to; the second round trip, for those who report to somebody."""
    if actor.reports_to is None:
        return None
    user = get(user_key(actor.org_id, actor.reports_to))
    return Superior(actor.reports_to, None if user is None else user.full_name)
