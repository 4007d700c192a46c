"""The use cases of tokens: start a session, refresh tokens. Signing in is in `login.py`, signing out in `sign_out.py`.

A session is a chain of refresh tokens. A refresh with the newest token makes its successor, whose secret is derived
from the secret of its parent, so that it can be returned again without being stored. What a refresh with an older
token does is decided by `rules.decide_refresh`.
"""

from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AuthExpired, AuthInvalid
from chalicelib.core.store import ItemKey, ReadResult, get_many
from chalicelib.core.table import expired
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts.tables import User, user_key
from chalicelib.identity.sessions.authentication import is_valid
from chalicelib.identity.sessions.ending import UserSessions, end_sessions, read_sessions
from chalicelib.identity.sessions.errors import RefreshTokenReused
from chalicelib.identity.sessions.rules import RefreshDecision, RefreshParts, decide_refresh, parse_refresh
from chalicelib.identity.sessions.tables import (
    RefreshToken,
    Session,
    SessionStarts,
    refresh_key,
    session_key,
    session_starts_key,
)
from chalicelib.identity.sessions.tokens import Claims, signer


class SignedIn(msgspec.Struct, frozen=True):
    """A user with new tokens; `expires_in` is the lifetime of the access token in seconds."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


def start_session(work: UnitOfWork, user: User, client: ClientInfo) -> Session:
    """Stage a new session of this user."""
    session_id = work.ids.new()
    work.audit("session", session_id, "SESSION_STARTED")
    session = session_key(user.org_id, user.user_id, session_id).new(
        org_id=user.org_id,
        session_id=session_id,
        user_id=user.user_id,
        started_at=work.now,
        refreshed_at=work.now,
        address=client.source_ip or None,
        user_agent=client.user_agent or None,
        epoch=user.session_epoch,
        expires_at=work.now + _lifetime(work, timedelta()),
    )
    work.create(session)
    newest = [SessionStarts.newest.set(session_id)]
    work.update_unread(session_starts_key(user.org_id, user.user_id), actions=newest, audited=False)
    return session


def issue_tokens(work: UnitOfWork, user: User, session: Session, secret: str | None = None) -> SignedIn:
    """Stage the newest refresh token of a session (None: a random one), and return it with an access token."""
    parts = RefreshParts(user.org_id, user.user_id, session.session_id, secret or work.ids.token())
    key = refresh_key(parts.org_id, parts.session_id, parts.hash)
    # Kept as long as the session can last: a token whose item is gone would be unknown, and not an old one.
    last = session.started_at + timedelta(seconds=work.settings.session_max_s)
    work.create(key.new(generation=session.generation, expires_at=last), audited=False)
    return _signed_in(work, user, session, parts)


def refresh_tokens(work: UnitOfWork, token: str, client: ClientInfo) -> SignedIn | RefreshTokenReused:
    """Return new tokens for a refresh token. Raise `AuthInvalid` or `AuthExpired`.

    An old token ends its session. That error is returned and not raised, because the end has to be committed.
    """
    parts = parse_refresh(token)
    if parts is None:
        raise AuthInvalid
    stored = get_many(token_keys(parts), work.clock)
    session, presented, user = read_token(parts, stored)
    if session is None or presented is None or user is None or session.ended_at is not None:
        raise AuthInvalid
    if expired(session.expires_at, work.now):
        raise AuthExpired
    if not is_valid(session, user, work.now):
        raise AuthInvalid
    work.audit_actor = Actor(session.org_id, session.user_id, client.request_id)
    decision = decide_refresh(presented.generation, session.generation, work.now - session.refreshed_at)
    if decision is RefreshDecision.REVOKE:
        work.audit(Session.kind, session.session_id, "SESSION_ENDED")
        known = UserSessions.of(user, read_sessions(user.org_id, user.user_id), stored)
        end_sessions(work, known, [session], "REFRESH_TOKEN_REUSED")
        return RefreshTokenReused()
    work.audit(Session.kind, session.session_id, "SESSION_REFRESHED")
    if decision is RefreshDecision.REPEAT:
        return _signed_in(work, user, session, _newest_token(work, session, presented, parts))
    return _rotate(work, user, session, parts, client)


def _rotate(work: UnitOfWork, user: User, session: Session, parts: RefreshParts, client: ClientInfo) -> SignedIn:
    """Stage the successor of the newest token, and return it."""
    tokens = signer(work.settings, work.clock)
    kid = tokens.current_kid
    values = {
        "generation": session.generation + 1,
        "newest_kid": kid,
        "parent_kid": session.newest_kid,
        "refreshed_at": work.now,
        "address": client.source_ip or None,
        "user_agent": client.user_agent or None,
        "expires_at": work.now + _lifetime(work, work.now - session.started_at),
    }
    work.update(session, values)
    return issue_tokens(work, user, session, tokens.successor(parts.secret, kid))


def _newest_token(work: UnitOfWork, session: Session, presented: RefreshToken, parts: RefreshParts) -> RefreshParts:
    """Return the newest token of a session again, derived from one of its two predecessors."""
    tokens, secret = signer(work.settings, work.clock), parts.secret
    for kid in (session.parent_kid, session.newest_kid)[presented.generation - session.generation :]:
        secret = tokens.successor(secret, kid or "")
    return RefreshParts(parts.org_id, parts.user_id, parts.session_id, secret)


def _signed_in(work: UnitOfWork, user: User, session: Session, parts: RefreshParts) -> SignedIn:
    """Return the refresh token with an access token, which expires with the session at the latest."""
    claims = Claims(user.org_id, user.user_id, user.role, session.session_id)
    lifetime = min(timedelta(seconds=work.settings.access_token_s), session.expires_at - work.now)
    access = signer(work.settings, work.clock).sign(claims, lifetime)
    return SignedIn(user, access, parts.text, int(lifetime.total_seconds()))


def _lifetime(work: UnitOfWork, age: timedelta) -> timedelta:
    """Return the time after which a session of this age expires unless it is refreshed again."""
    rest = timedelta(seconds=work.settings.session_max_s) - age
    return min(timedelta(seconds=work.settings.session_s), rest)


def token_keys(parts: RefreshParts) -> list[ItemKey[Any]]:
    """Return the keys of everything that a refresh token names."""
    token = refresh_key(parts.org_id, parts.session_id, parts.hash)
    return [token, *owner_keys(parts.org_id, parts.user_id, parts.session_id)]


def owner_keys(org_id: str, user_id: str, session_id: str) -> list[ItemKey[Any]]:
    """Return the keys of a session, of its user, and of the user's last start of a session."""
    owner = (org_id, user_id)
    return [session_key(*owner, session_id), user_key(*owner), session_starts_key(*owner)]


def read_token(parts: RefreshParts, stored: ReadResult) -> tuple[Session | None, RefreshToken | None, User | None]:
    """Return the session, the stored token and the user of a refresh token."""
    session = stored.get(session_key(parts.org_id, parts.user_id, parts.session_id))
    token = stored.get(refresh_key(parts.org_id, parts.session_id, parts.hash))
    return session, token, stored.get(user_key(parts.org_id, parts.user_id))
