"""The list of a user's sessions.

The time of last use is that of the last refresh, which each active session makes at least once in the lifetime of an
access token. So no request has to write.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import islice

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AuthInvalid
from chalicelib.core.store import Query, get, parallel_pair_reads
from chalicelib.identity.accounts.tables import user_key
from chalicelib.identity.sessions.authentication import is_valid
from chalicelib.identity.sessions.tables import Session, sessions_key

MAX_SESSIONS = 100


class OwnSessions(msgspec.Struct, frozen=True):
    """The valid sessions of a user, and the id of the current one."""

    sessions: Sequence[Session]
    current_id: str


def list_sessions(actor: Actor, clock: Clock) -> OwnSessions:
    """Return the caller's valid sessions, the newest first, at most 100; user and sessions are read at once."""
    owner, now = (actor.org_id, actor.user_id), clock.now()
    [user], [sessions] = parallel_pair_reads([partial(get, user_key(*owner))], [partial(_running, *owner, now)])
    if user is None:
        raise AuthInvalid
    return OwnSessions([session for session in sessions if is_valid(session, user, now)], actor.session_id)


def _running(org_id: str, user_id: str, now: datetime) -> list[Session]:
    """Return the newest sessions that have neither ended nor expired."""
    rows = Query(Session, sessions_key(org_id, user_id), newest_first=True).raw_items(MAX_SESSIONS)
    sessions = map(Session.from_raw_data, rows)
    return list(islice((one for one in sessions if one.ended_at is None and one.expires_at > now), MAX_SESSIONS))
