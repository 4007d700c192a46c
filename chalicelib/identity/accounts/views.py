"""Users as clients read them, and the caller's own profile."""

from datetime import datetime

from chalicelib.core.actor import Actor
from chalicelib.identity.accounts.navigation import navigation
from chalicelib.identity.accounts.queries import UserPage, UserState
from chalicelib.identity.accounts.schemas import (
    MyUser,
    NavSlot,
    OwnAccount,
    Profile,
    RoleName,
    Superior,
    UserAnswer,
    UserList,
    UserView,
)
from chalicelib.identity.accounts.tables import User
from chalicelib.identity.roles.default_permissions import ORG
from chalicelib.identity.roles.views import permission_views


def user_view(user: User, one_time_password: str | None = None) -> UserAnswer:
    """Return a user who was created or changed."""
    return UserAnswer(_view(user, one_time_password=one_time_password))


def user_state_view(state: UserState) -> UserAnswer:
    """Return a user with their lock."""
    return UserAnswer(_view(*state))


def user_page_view(page: UserPage) -> UserList:
    """Return a page of users."""
    return UserList([_view(*state) for state in page.users], page.query.meta(page.total))


def me_view(actor: Actor, role_name: str, superior: User | None) -> OwnAccount:
    """Return the caller with their role, permissions and navigation."""
    return OwnAccount(
        user=MyUser(
            id=actor.user_id,
            username=actor.username,
            full_name=actor.full_name,
            email=actor.email,
            phone=actor.phone,
            profile_picture=actor.profile_picture,
            organization=actor.org_id,
        ),
        role=RoleName(actor.role, role_name),
        game_zone_scope="org" if ORG in actor.permissions.values() else "own",
        game_zone=actor.game_zone,
        reports_to=_superior_view(actor, superior),
        skills=list(actor.skills),
        nav=[NavSlot(slot.screen, slot.label, slot.target) for slot in navigation(actor)],
        permissions=permission_views(actor.permissions),
        must_change_password=actor.must_change_password,
    )


def profile_view(actor: Actor, superior: User | None) -> Profile:
    """Return the caller's profile."""
    return Profile(
        full_name=actor.full_name,
        email=actor.email,
        phone=actor.phone,
        role=actor.role,
        game_zone=actor.game_zone,
        team=actor.team,
        reports_to=_superior_view(actor, superior),
        skills=list(actor.skills),
    )


def _superior_view(actor: Actor, superior: User | None) -> Superior | None:
    if actor.reports_to is None:
        return None
    return Superior(actor.reports_to, None if superior is None else superior.full_name)


def _view(user: User, locked_until: datetime | None = None, one_time_password: str | None = None) -> UserView:
    return UserView(
        id=user.user_id,
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        status="ACTIVE" if user.status == "ACTIVE" else "DISABLED",
        skills=[str(skill) for skill in user.skills or ()],
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
        email=user.email,
        phone=user.phone,
        game_zone=user.game_zone,
        team=user.team,
        reports_to=user.reports_to,
        profile_picture=user.profile_picture,
        last_sign_in_at=user.last_sign_in_at,
        locked_until=locked_until,
        one_time_password=one_time_password,
    )
