"""The use cases of sessions: refresh tokens, log out. Logging in is in `login.py`.

A session is a family of refresh tokens of which exactly one is unspent. Spending a token creates the next one. A spent
token that is sent again means that the token was copied, so the whole session ends.
"""

from datetime import timedelta

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AuthExpired, AuthInvalid
from chalicelib.core.store import get, get_many
from chalicelib.core.table import expired
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.sessions.errors import RefreshTokenReused
from chalicelib.identity.sessions.rules import RefreshParts, parse_refresh
from chalicelib.identity.sessions.tables import RefreshToken, Session, refresh_key, session_key
from chalicelib.identity.sessions.tokens import Claims, signer


class SignedIn(msgspec.Struct, frozen=True):
    """A user with new tokens; `expires_in` is the lifetime of the access token in seconds."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


def refresh_tokens(work: UnitOfWork, token: str, client: ClientInfo) -> SignedIn | RefreshTokenReused:
    """Spend a refresh token and return new tokens. Raise `AuthInvalid` or `AuthExpired`.

    A reused token ends its session. That error is returned and not raised, because the end has to be committed.
    """
    parts = parse_refresh(token)
    if parts is None:
        raise AuthInvalid
    session, presented = _read_session(work, parts)
    work.audit_actor = Actor(session.org_id, session.user_id, client.request_id)
    if presented.spent_at is not None:
        _end_session(work, session, "REFRESH_TOKEN_REUSED")
        return RefreshTokenReused()
    user = get(user_key(session.org_id, session.user_id))
    if user is None or user.status != ACTIVE or user.session_epoch != session.epoch:
        raise AuthInvalid
    work.audit("session", session.session_id, "SESSION_REFRESHED")
    work.update(presented, {"spent_at": work.now})
    work.update(session, {"refreshed_at": work.now, "expires_at": work.now + _session_lifetime(work)})
    return issue_tokens(work, user, session)


def logout_user(work: UnitOfWork, token: str, actor: Actor) -> None:
    """End the session of a refresh token if it is a valid session of the caller; otherwise do nothing."""
    work.audit("session", actor.session_id, "SESSION_ENDED")
    parts = parse_refresh(token)
    if parts is None or parts.org_id != actor.org_id:
        return
    try:
        session, _ = _read_session(work, parts)
    except (AuthInvalid, AuthExpired):
        return  # the session has ended already
    if session.user_id == actor.user_id:
        _end_session(work, session, "SIGNED_OUT")


def _read_session(work: UnitOfWork, parts: RefreshParts) -> tuple[Session, RefreshToken]:
    """Return the valid session and the refresh token. Raise `AuthInvalid` or `AuthExpired`."""
    key = session_key(parts.org_id, parts.user_id, parts.session_id)
    token_key = refresh_key(parts.org_id, parts.session_id, parts.hash)
    stored = get_many([key, token_key], work.clock)
    session, presented = stored.get(key), stored.get(token_key)
    if session is None or presented is None or session.ended_at is not None:
        raise AuthInvalid
    if expired(session.expires_at, work.clock.now()):
        raise AuthExpired
    return session, presented


def start_session(work: UnitOfWork, user: User) -> Session:
    """Stage a new session of this user."""
    session_id = work.ids.new()
    work.audit("session", session_id, "SESSION_STARTED")
    session = session_key(user.org_id, user.user_id, session_id).new(
        org_id=user.org_id,
        session_id=session_id,
        user_id=user.user_id,
        started_at=work.now,
        refreshed_at=work.now,
        epoch=user.session_epoch,
        expires_at=work.now + _session_lifetime(work),
    )
    work.create(session)
    return session


def _end_session(work: UnitOfWork, session: Session, reason: str) -> None:
    """Stage the end of a session; all of its tokens are refused from the next request on."""
    work.audit("session", session.session_id, "SESSION_ENDED")
    work.update(session, {"ended_at": work.now, "end_reason": reason})


def issue_tokens(work: UnitOfWork, user: User, session: Session) -> SignedIn:
    """Stage the next refresh token of a session, and return it with an access token."""
    parts = RefreshParts(user.org_id, user.user_id, session.session_id, work.ids.token())
    work.create(
        refresh_key(parts.org_id, parts.session_id, parts.hash).new(expires_at=session.expires_at), audited=False
    )
    claims = Claims(user.org_id, user.user_id, user.role, session.session_id)
    access = signer(work.settings, work.clock).sign(claims)
    return SignedIn(user, access, parts.text, work.settings.access_token_s)


def _session_lifetime(work: UnitOfWork) -> timedelta:
    return timedelta(seconds=work.settings.session_s)
