"""The end of sessions, and whether a user is signed out by it.

A user is signed out when the last valid session ends. Two sessions may end at the same moment, and another one may
start meanwhile, so the transaction checks what the answer rests on:

    another session is valid    that session has not ended
    no other one is valid       no session has started since the sessions were read (`SessionStarts`)

Sessions of a user that end all at once are not written: raising the user's `session_epoch` invalidates them.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Self

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.store import Query, ReadResult, get_many
from chalicelib.core.table import is_as_read
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.sessions.authentication import is_valid, session_has_ended
from chalicelib.identity.sessions.tables import (
    Session,
    SessionStarts,
    session_key,
    session_starts_key,
    sessions_key,
)

_BOUND = "session-bound"
_PAGE = 100
_KEPT = timedelta(days=1)
"""The time for which an ended session is kept; its end stands in the audit trail."""


class SessionPage(msgspec.Struct, frozen=True):
    """The newest sessions of a user, newest first, and whether these are all."""

    sessions: Sequence[Session]
    is_complete: bool


class UserSessions(msgspec.Struct, frozen=True):
    """A user, their newest sessions, and the item of their last start, as read."""

    user: User
    page: SessionPage
    starts: SessionStarts | None

    @classmethod
    def of(cls, user: User, page: SessionPage, stored: ReadResult) -> Self:
        """Return the sessions of a user; `stored` has the item of the last start."""
        return cls(user, page, stored.get(session_starts_key(user.org_id, user.user_id)))

    @property
    def includes_newest(self) -> bool:
        """Return whether these are all sessions, although `starts` may have been read later."""
        ids = {session.session_id for session in self.page.sessions}
        return self.page.is_complete and (self.starts is None or self.starts.newest in ids)


def read_sessions(org_id: str, user_id: str, limit: int | None = _PAGE) -> SessionPage:
    """Return the newest sessions of a user, ended ones included; None: all that are stored."""
    rows = Query(Session, sessions_key(org_id, user_id), newest_first=True).read(limit)
    return SessionPage([Session.from_raw_data(row) for row in rows.items], rows.is_complete)


def end_sessions(work: UnitOfWork, known: UserSessions, ending: Sequence[Session], reason: str) -> None:
    """Stage the end of valid sessions of a user; all of their tokens are refused from the next request on."""
    for session in ending:
        expires_at = min(session.expires_at, work.now + _KEPT)
        work.update(session, {"ended_at": work.now, "end_reason": reason, "expires_at": expires_at})
    ids = {session.session_id for session in ending}
    person = Recipient(known.user.org_id, known.user.user_id)
    work.end_sessions(person, is_signed_out=not _has_another(work, known, ids))


def keep_only(work: UnitOfWork, user: User, session_id: str) -> None:
    """Keep one session of a user whose `session_epoch` was raised in this unit of work; all others end.

    The commit fails with `AuthInvalid` if this session has ended.
    """
    work.update_unread(
        session_key(user.org_id, user.user_id, session_id),
        condition=_not_ended(),
        on_conflict=session_has_ended(),
        # The version changes, so that an end of this session at the same moment fails and sees the new epoch.
        actions=[Session.epoch.set(user.session_epoch), Session.version.add(1)],
        final=True,
        audited=False,
    )
    work.end_sessions(Recipient(user.org_id, user.user_id), is_signed_out=False)


def check_bound_sessions(work: UnitOfWork) -> None:
    """Stage the condition that the sessions that this work requires are still valid. Raise `AuthInvalid` if not.

    They were valid when the request was authenticated, so they are read only if the condition fails. An actor without
    a session, such as a machine, has nothing to check.
    """
    for actor in work.session_bound:
        if not actor.session_id:
            continue
        epoch = _valid_epoch(work, actor) if _BOUND in work.conflicts else actor.session_epoch
        key, of_user = session_key(actor.org_id, actor.user_id, actor.session_id), user_key(actor.org_id, actor.user_id)
        current = (User.session_epoch == epoch) & (User.status == ACTIVE)
        work.check_condition(key, _not_ended(), session_has_ended(), final=True)
        work.check_condition(of_user, current, session_has_ended(), label=_BOUND)


def _valid_epoch(work: UnitOfWork, actor: Actor) -> int:
    """Return the user's `session_epoch`. Raise `AuthInvalid` if the session is not valid any more."""
    key, of_user = session_key(actor.org_id, actor.user_id, actor.session_id), user_key(actor.org_id, actor.user_id)
    stored = get_many([key, of_user], work.clock)
    session, user = stored.get(key), stored.get(of_user)
    if session is None or user is None or not is_valid(session, user, work.now):
        raise session_has_ended()
    return user.session_epoch


def _has_another(work: UnitOfWork, known: UserSessions, ending: set[str]) -> bool:
    """Return whether a user has a valid session that does not end, and stage the condition that this stays so."""
    user, starts = known.user, known.starts
    remaining = _find_valid(work, user, ending, known.page.sessions)
    if remaining is None and not known.includes_newest:
        # `starts` was read before, so these are all sessions that had started by then.
        remaining = _find_valid(work, user, ending, read_sessions(user.org_id, user.user_id, None).sessions)
    if remaining is not None:
        key = session_key(user.org_id, user.user_id, remaining.session_id)
        work.check_condition(key, _not_ended(), Conflict())
        return True
    unchanged = is_as_read(SessionStarts.newest, None if starts is None else starts.newest)
    work.check_condition(session_starts_key(user.org_id, user.user_id), unchanged, Conflict())
    return False


def _not_ended() -> Condition:
    exists: Condition = Session.pk.exists() & Session.ended_at.does_not_exist()
    return exists


def _find_valid(work: UnitOfWork, user: User, ending: set[str], sessions: Iterable[Session]) -> Session | None:
    others = (session for session in sessions if session.session_id not in ending)
    return next((session for session in others if is_valid(session, user, work.now)), None)
