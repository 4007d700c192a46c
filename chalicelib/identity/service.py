"""Signing in, staying signed in, signing out.

A session is a family of refresh tokens of which exactly one is unspent. Spending one makes the next; a spent one that
comes back means that somebody has a copy, so the whole session ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccountLocked, AuthExpired, AuthInvalid, BatonError
from chalicelib.core.settings import Settings
from chalicelib.core.store import get, get_many
from chalicelib.core.table import expired
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity import passwords
from chalicelib.identity.phones import login_name
from chalicelib.identity.rules import RefreshParts, parse_refresh
from chalicelib.identity.tables import (
    ACTIVE,
    NOBODY,
    RefreshToken,
    Session,
    User,
    refresh_key,
    session_key,
    user_key,
)
from chalicelib.identity.throttling import LOGIN, Limits, LoginAttempt, moments, name_subject, person_subject
from chalicelib.identity.tokens import Claims, Tokens


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody with fresh tokens."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


class Reused(AuthInvalid):
    """A refresh token came back that had been spent: its session has been ended."""

    summary = "This refresh token was used before; sign in again."


class SignIn(msgspec.Struct, frozen=True):
    """The use cases of signing in and out."""

    settings: Settings
    clock: Clock
    tokens: Tokens

    @property
    def limits(self) -> Limits:
        """How often somebody may try."""
        return Limits(self.settings, self.clock)

    def start(self, work: UnitOfWork, name: str, password: str, caller: ClientInfo) -> SignedIn:
        """Sign in by user name, e-mail or phone.

        Raises `RateLimited`, `AccountLocked`, or `AuthInvalid`, whichever of name and password was wrong. All three
        come for names that nobody has just as they do for others, after the same reads, writes and time.
        """
        knock = self.limits.knock(LOGIN, login_name(name), caller.source_ip)
        user, own_failures = self._person(knock)
        forgiven_at = None if user is None else user.forgiven_at
        locked_s = self.limits.locked_for(knock.failures, forgiven_at)
        if locked_s:
            raise AccountLocked(locked_s)
        good = passwords.matches(user.password_hash if user else None, password)
        shut = self.limits.locked_for(own_failures, forgiven_at) > 0
        if user is None or not good or shut or user.status != ACTIVE:
            # While somebody is locked out nothing is added for them, else a stranger could keep them out for ever.
            counted_for = [] if shut else [person_subject(_whose(knock))]
            self.limits.failed([name_subject(knock.name), *counted_for])
            raise AuthInvalid("Name or password is wrong, or there were too many tries.")
        work.audit_actor = Actor(user.org_id, user.user_id, caller.request_id)
        if knock.failures or own_failures:
            forgive = [User.forgiven_at.set(work.now)]
            work.update_unread(
                user_key(user.org_id, user.user_id), condition=User.pk.exists(), actions=forgive, audited=False
            )
        session = self._new_session(work, user)
        return self._tokens(work, user, session)

    def _person(self, knock: LoginAttempt) -> tuple[User | None, list[datetime]]:
        """Whose the name is, and their own failures; nobody takes as long."""
        where = user_key(knock.login.org_id if knock.login else NOBODY, _whose(knock))
        failed = self.limits.failure_keys(person_subject(_whose(knock)))
        found = get_many([where, *failed], self.clock)
        return found.get(where), moments(found, failed)

    def _new_session(self, work: UnitOfWork, user: User) -> Session:
        session_id = work.ids.new()
        work.audit("session", session_id, "SESSION_STARTED")
        where = session_key(user.org_id, session_id)
        session = Session(
            where.pk,
            where.sk,
            org_id=user.org_id,
            session_id=session_id,
            user_id=user.user_id,
            started_at=work.now,
            refreshed_at=work.now,
            epoch=user.session_epoch,
            expires_at=work.now + timedelta(seconds=self.settings.session_s),
        )
        work.create(session)
        return session

    def refresh(self, work: UnitOfWork, token: str, request_id: str) -> SignedIn | BatonError:
        """Spend a refresh token for new tokens.

        Raises `AuthInvalid` or `AuthExpired`. Returns `Reused` if the token was spent before: then the unit of work
        ends the session, so it has to be committed although the answer is an error.
        """
        parts = parse_refresh(token)
        if parts is None:
            raise AuthInvalid
        session, presented = self._family(parts)
        work.audit_actor = Actor(session.org_id, session.user_id, request_id)
        if presented.spent_at is not None:
            end_session(work, session, "REFRESH_TOKEN_REUSED")
            return Reused()
        user = get(user_key(session.org_id, session.user_id))
        if user is None or user.status != ACTIVE or user.session_epoch != session.epoch:
            raise AuthInvalid
        work.audit("session", session.session_id, "SESSION_REFRESHED")
        work.update(presented, {"spent_at": work.now})
        life = timedelta(seconds=self.settings.session_s)
        work.update(session, {"refreshed_at": work.now, "expires_at": work.now + life})
        return self._tokens(work, user, session)

    def end(self, work: UnitOfWork, token: str, actor: Actor) -> None:
        """Sign out the session of this refresh token, if it is one of the caller's that still runs."""
        work.audit("session", actor.session_id, "SESSION_ENDED")
        parts = parse_refresh(token)
        if parts is None or parts.org_id != actor.org_id:
            return
        try:
            session, _ = self._family(parts)
        except (AuthInvalid, AuthExpired):
            return  # it is over already
        if session.user_id == actor.user_id:
            end_session(work, session, "SIGNED_OUT")

    def _family(self, parts: RefreshParts) -> tuple[Session, RefreshToken]:
        """The running session and the presented token of it. Raises `AuthInvalid` or `AuthExpired`."""
        where = session_key(parts.org_id, parts.session_id)
        presented_at = refresh_key(parts.org_id, parts.session_id, parts.hash)
        found = get_many([where, presented_at], self.clock)
        session, presented = found.get(where), found.get(presented_at)
        if session is None or presented is None or session.ended_at is not None:
            raise AuthInvalid
        if expired(session.expires_at, self.clock.now()):
            raise AuthExpired
        return session, presented

    def _tokens(self, work: UnitOfWork, user: User, session: Session) -> SignedIn:
        parts = RefreshParts(user.org_id, session.session_id, work.ids.token())
        where = refresh_key(parts.org_id, parts.session_id, parts.hash)
        work.create(RefreshToken(where.pk, where.sk, expires_at=session.expires_at), audited=False)
        access = self.tokens.sign(Claims(user.org_id, user.user_id, user.role, session.session_id))
        return SignedIn(user, access, parts.text, self.settings.access_token_s)


def end_session(work: UnitOfWork, session: Session, reason: str) -> None:
    """Stage the end of a session; every token of it is refused from the next request on."""
    work.audit("session", session.session_id, "SESSION_ENDED")
    work.update(session, {"ended_at": work.now, "end_reason": reason})


def _whose(knock: LoginAttempt) -> str:
    """Whom a name belongs to; for one that nobody has, somebody who does not exist and is the same each time."""
    return knock.login.user_id if knock.login else name_subject(knock.name)
