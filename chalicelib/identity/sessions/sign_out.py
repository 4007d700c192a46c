"""The use cases that end sessions: sign out, end one of the caller's sessions, end all others.

Signing out needs the refresh token only (RFC 7009), so a client whose access token has expired is signed out as well.
"""

from functools import partial
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AuthInvalid, AuthRequired, NotFound
from chalicelib.core.store import ItemKey, ReadResult, get, get_many, parallel_pair_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts.tables import User, user_key
from chalicelib.identity.sessions.authentication import is_valid
from chalicelib.identity.sessions.ending import UserSessions, end_sessions, keep_only, read_sessions
from chalicelib.identity.sessions.rules import RefreshParts, parse_refresh
from chalicelib.identity.sessions.service import owner_keys, read_token, token_keys
from chalicelib.identity.sessions.tables import Session, session_key, session_starts_key
from chalicelib.identity.sessions.tokens import Claims, signer

_SIGNED_OUT = "SIGNED_OUT"


def sign_out(work: UnitOfWork, token: str, client: ClientInfo) -> None:
    """End the session of a refresh token, and that of the bearer token; a token that is not valid is ignored.

    All reads are made at once, those of the other sessions of the users too.
    """
    parts, claims = parse_refresh(token), _claims(work, client)
    owners = {(one.org_id, one.user_id) for one in (claims, parts) if one is not None}
    keys = token_keys(parts) if parts else []
    keys += owner_keys(claims.org_id, claims.user_id, claims.session_id) if claims else []
    reads = {owner: partial(read_sessions, *owner) for owner in sorted(owners)}
    [stored], pages = parallel_pair_reads([partial(get_many, keys, work.clock)], list(reads.values()))
    for owner, page in zip(reads, pages, strict=True):
        user = stored.get(user_key(*owner))
        ending = [] if user is None else _ending(work, user, stored, parts, claims)
        if user is None or not ending:
            continue
        if work.audit_subject is None or (claims and owner == (claims.org_id, claims.user_id)):
            work.audit_actor = Actor(user.org_id, user.user_id, client.request_id)
            work.audit(Session.kind, ending[0].session_id, "SESSION_ENDED")
        end_sessions(work, UserSessions.of(user, page, stored), ending, _SIGNED_OUT)


def end_own_session(work: UnitOfWork, session: Session, actor: Actor) -> None:
    """End one of the caller's sessions. Raise `NotFound` if it is not valid any more."""
    known = _read_own(work, actor)
    if not is_valid(session, known.user, work.now):
        raise NotFound
    end_sessions(work, known, [session], _SIGNED_OUT)


def end_other_sessions(work: UnitOfWork, actor: Actor) -> None:
    """End all sessions of the caller except the one of the request."""
    work.audit(User.kind, actor.user_id, "OTHER_SESSIONS_ENDED")
    user = get(user_key(actor.org_id, actor.user_id))
    if user is None:
        raise AuthInvalid
    work.update(user, {"session_epoch": user.session_epoch + 1, "updated_at": work.now})
    keep_only(work, user, actor.session_id)


def _claims(work: UnitOfWork, client: ClientInfo) -> Claims | None:
    """Return the claims of the bearer token, or None if there is none that is valid now."""
    try:
        return signer(work.settings, work.clock).verify(client.bearer.reveal())
    except AuthRequired:
        return None


def _ending(
    work: UnitOfWork, user: User, stored: ReadResult, parts: RefreshParts | None, claims: Claims | None
) -> list[Session]:
    """Return the valid sessions of this user that the two tokens name, each once, the bearer's first."""
    ids: list[str] = []
    if claims is not None and claims.user_id == user.user_id:
        ids.append(claims.session_id)
    if parts is not None and parts.user_id == user.user_id and read_token(parts, stored)[1] is not None:
        ids.append(parts.session_id)
    keys = [session_key(user.org_id, user.user_id, session_id) for session_id in dict.fromkeys(ids)]
    sessions = [session for session in map(stored.get, keys) if session is not None]
    return [session for session in sessions if is_valid(session, user, work.now)]


def _read_own(work: UnitOfWork, actor: Actor) -> UserSessions:
    """Return the caller's sessions, in one round trip."""
    owner = (actor.org_id, actor.user_id)
    keys: list[ItemKey[Any]] = [user_key(*owner), session_starts_key(*owner)]
    [stored], [page] = parallel_pair_reads([partial(get_many, keys, work.clock)], [partial(read_sessions, *owner)])
    user = stored.get(user_key(*owner))
    if user is None:
        raise AuthInvalid
    return UserSessions.of(user, page, stored)
