"""The gate: who is calling, from a token and one batch read.

A token alone proves only that we once signed it. Whether its session still runs, the person is still active and what
their role permits is read with every request, so ending a session, disabling a person or changing a role counts from
the next request on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AuthInvalid
from chalicelib.core.settings import Secret
from chalicelib.core.store import ItemKey, ReadResult, get
from chalicelib.core.table import expired
from chalicelib.identity.tables import ACTIVE, RolePermissions, Session, User, role_key, session_key, user_key
from chalicelib.identity.tokens import Claims, Tokens


class SessionCredentials(msgspec.Struct, frozen=True):
    """Claims that still have to be held against the store."""

    claims: Claims
    clock: Clock

    @property
    def org_id(self) -> str:
        """Whose organisation the token names."""
        return self.claims.org_id

    @property
    def user_id(self) -> str:
        """Whom the token names."""
        return self.claims.user_id

    def keys(self) -> Sequence[ItemKey[Any]]:
        """The session, the person, and the permissions of the role that they had when they signed in."""
        claims = self.claims
        return [
            session_key(claims.org_id, claims.session_id),
            user_key(claims.org_id, claims.user_id),
            role_key(claims.org_id, claims.role),
        ]

    def authenticate(self, found: ReadResult, request_id: str) -> Actor:
        """The caller as they are now. Raises `AuthInvalid` if the session has ended or the person is disabled."""
        claims = self.claims
        session = found.get(session_key(claims.org_id, claims.session_id))
        user = found.get(user_key(claims.org_id, claims.user_id))
        if session is None or user is None or not self._counts(session, user):
            raise AuthInvalid("You have been signed out.")
        return actor_of(user, claims.session_id, self._permissions(user, found), request_id)

    def _counts(self, session: Session, user: User) -> bool:
        over = session.ended_at is not None or expired(session.expires_at, self.clock.now())
        same = session.user_id == user.user_id and session.epoch == user.session_epoch
        return not over and same and user.status == ACTIVE

    def _permissions(self, user: User, found: ReadResult) -> Mapping[str, str]:
        wanted = role_key(user.org_id, user.role)
        # A role that changed since the token was signed costs one more read until the token is refreshed.
        role: RolePermissions | None = found.get(wanted) if user.role == self.claims.role else get(wanted)
        return {} if role is None else role.permissions


def actor_of(user: User, session_id: str, permissions: Mapping[str, str], request_id: str) -> Actor:
    """The person as handlers see them."""
    return Actor(
        org_id=user.org_id,
        user_id=user.user_id,
        request_id=request_id,
        role=user.role,
        session_id=session_id,
        permissions=permissions,
        username=user.username,
        full_name=user.full_name,
        phone=user.phone,
        profile_picture=user.profile_picture,
        game_zone=user.game_zone,
        email=user.email,
        team=user.team,
        reports_to=user.reports_to,
        skills=tuple(user.skills or ()),
    )


class SessionAuthenticator:
    """The gate as the edge knows it."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def verify(self, token: str) -> SessionCredentials:
        """Check the token by itself. Raises `AuthInvalid` or `AuthExpired`."""
        return SessionCredentials(self._tokens.verify(token), self._clock)

    def proves(self, proof: Secret) -> bool:
        """Whether this is a proof that our distribution shows."""
        return self._tokens.proves(proof)

    def resume(self, org_id: str, user_id: str, role: str, session_id: str) -> SessionCredentials:
        """The credentials of a connection that was let in before."""
        return SessionCredentials(Claims(org_id, user_id, role, session_id), self._clock)
