"""Authenticates the caller from an access token and one batch read.

A token proves only that it was signed here. Session, user and role are read with every request, so ending a session,
disabling a user or changing a role takes effect with the next request.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AuthInvalid
from chalicelib.core.settings import Secret
from chalicelib.core.store import ItemKey, ReadResult, get
from chalicelib.core.table import expired
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.apikeys.authentication import ApiKeyCredentials, read_api_key
from chalicelib.identity.apikeys.rules import is_api_key
from chalicelib.identity.roles.tables import RolePermissions, role_key
from chalicelib.identity.sessions.tables import Session, session_key
from chalicelib.identity.sessions.tokens import AccessTokens, Claims


class SessionCredentials(msgspec.Struct, frozen=True):
    """Verified claims that have to be checked against the stored session and user."""

    claims: Claims
    clock: Clock

    @property
    def org_id(self) -> str:
        """Return the organisation of the token."""
        return self.claims.org_id

    @property
    def user_id(self) -> str:
        """Return the user of the token."""
        return self.claims.user_id

    @property
    def role(self) -> str:
        """Return the role of the token."""
        return self.claims.role

    def keys(self) -> Sequence[ItemKey[Any]]:
        """Return the keys of the session, the user, and the role that the token names."""
        claims = self.claims
        return [
            self._session_key,
            user_key(claims.org_id, claims.user_id),
            role_key(claims.org_id, claims.role),
        ]

    def authenticate(self, stored: ReadResult, request_id: str) -> Actor:
        """Return the caller as stored now. Raise `AuthInvalid` if the session has ended or the user is disabled."""
        claims = self.claims
        session = stored.get(self._session_key)
        user = stored.get(user_key(claims.org_id, claims.user_id))
        if session is None or user is None or not is_valid(session, user, self.clock.now()):
            raise session_has_ended()
        return actor_of(user, claims.session_id, self._permissions(user, stored), request_id)

    def is_valid(self, found: ReadResult) -> bool:
        """Return whether session and user, as stored now, are valid."""
        session = found.get(self._session_key)
        user = found.get(user_key(self.claims.org_id, self.claims.user_id))
        return session is not None and user is not None and is_valid(session, user, self.clock.now())

    @property
    def _session_key(self) -> ItemKey[Session]:
        return session_key(self.claims.org_id, self.claims.user_id, self.claims.session_id)

    def permissions(self, found: ReadResult) -> Mapping[str, str]:
        """Return what the role that the token names may do, as stored now."""
        role = found.get(role_key(self.claims.org_id, self.claims.role))
        return {} if role is None else role.permissions

    def _permissions(self, user: User, stored: ReadResult) -> Mapping[str, str]:
        key = role_key(user.org_id, user.role)
        # If the role has changed since the token was signed, this costs one more read until the token is refreshed.
        role: RolePermissions | None = stored.get(key) if user.role == self.claims.role else get(key)
        return {} if role is None else role.permissions


def session_has_ended() -> AuthInvalid:
    """Return the error of a session that is not valid any more."""
    return AuthInvalid("Your session has ended. Sign in again.")


def is_valid(session: Session, user: User, now: datetime) -> bool:
    """Return whether a session of this user is valid: not ended, not expired, and the user may be signed in."""
    has_ended = session.ended_at is not None or expired(session.expires_at, now)
    return not has_ended and session.epoch == user.session_epoch and user.status == ACTIVE


def actor_of(user: User, session_id: str, permissions: Mapping[str, str], request_id: str) -> Actor:
    """Return the user as the actor of a request."""
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
        must_change_password=user.one_time_password,
        session_epoch=user.session_epoch,
    )


class SessionAuthenticator:
    """Verifies tokens and authenticates sessions for the edge."""

    def __init__(self, tokens: AccessTokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def verify(self, token: str) -> SessionCredentials | ApiKeyCredentials:
        """Return the credentials of an access token or API key. Raise `AuthInvalid` or `AuthExpired`."""
        if is_api_key(token):
            return read_api_key(token)
        return SessionCredentials(self._tokens.verify(token), self._clock)

    def seal(self, message: bytes, kid: str | None = None) -> str | None:
        """Return a keyed hash that names its key; None if that key was removed."""
        return self._tokens.seal(message, kid)

    def proves(self, proof: Secret) -> bool:
        """Return whether this is the proof of our own distribution."""
        return self._tokens.proves(proof)

    def resume(self, org_id: str, user_id: str, role: str, session_id: str) -> SessionCredentials:
        """Return the credentials of a connection that was authenticated before."""
        return SessionCredentials(Claims(org_id, user_id, role, session_id), self._clock)
