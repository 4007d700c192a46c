"""Sessions and their refresh tokens, reset tokens, and the counters of sign-in attempts.

All of them share the identity table. Attempt counters and failed sign-ins are removed by their time to live.
"""

from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, ExpiryAttribute, IntAttribute, Item, MomentAttribute, key, optional, stored_in


class Session(Entity):
    """A signed-in device: one family of refresh tokens. It is valid until it is ended or expires."""

    Meta = stored_in("identity")
    kind = "session"

    org_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    started_at = MomentAttribute()
    refreshed_at = MomentAttribute()
    ended_at = optional(MomentAttribute())
    end_reason = optional(UnicodeAttribute())
    epoch = IntAttribute(default=0)
    """The user's `session_epoch` when the session started; the session is valid while the two are equal."""
    expires_at = ExpiryAttribute()


class RefreshToken(Entity):
    """One refresh token of a session, by the hash of its secret. A spent token is kept to detect its reuse."""

    Meta = stored_in("identity")
    kind = "refresh_token"

    spent_at = optional(MomentAttribute())
    expires_at = ExpiryAttribute()


class AttemptCounter(Item):
    """The number of attempts within one minute; each minute has its own item."""

    Meta = stored_in("identity")
    kind = "tries"

    attempts = IntAttribute(attr_name="tries")
    expires_at = ExpiryAttribute()


class FailedLogins(Item):
    """The times of failed sign-ins for one name or one user; each time window has its own item."""

    Meta = stored_in("identity")
    kind = "failures"

    at_ms = ListAttribute[Any](of=IntAttribute)
    expires_at = ExpiryAttribute()


class ResetToken(Entity):
    """A password reset token, by the hash of its secret.

    It is valid while `epoch` equals the user's `session_epoch`, so using one token invalidates all others of the user.
    An unknown login name gets a token too, which is never sent, so that both cases take the same writes.
    """

    Meta = stored_in("identity")
    kind = "reset_token"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = IntAttribute()
    spent_at = optional(MomentAttribute())
    expires_at = ExpiryAttribute()


def sessions_key(org_id: str, user_id: str) -> str:
    """Return the partition key of a user's sessions: one consistent query reads them all."""
    return key(org_id, "SESSIONS", user_id)


def session_key(org_id: str, user_id: str, session_id: str) -> ItemKey[Session]:
    """Return the key of a session."""
    return ItemKey(Session, sessions_key(org_id, user_id), session_id)


def refresh_key(org_id: str, session_id: str, token_hash: str) -> ItemKey[RefreshToken]:
    """Return the key of a refresh token, by the hash of its secret."""
    return ItemKey(RefreshToken, key(org_id, "SESSION", session_id), key("REFRESH", token_hash))


def attempts_key(scope: str, subject: str, minute: int) -> ItemKey[AttemptCounter]:
    """Return the key of the attempts of one minute, counted since the epoch; `subject` is a hash."""
    return ItemKey(AttemptCounter, key("TRIES", scope, subject, minute), "TRIES")


def failed_logins_key(subject: str, window: int) -> ItemKey[FailedLogins]:
    """Return the key of the failed sign-ins of one time window; `subject` is a hash."""
    return ItemKey(FailedLogins, key("FAILURES", subject, window), "FAILURES")


def reset_key(token_hash: str) -> ItemKey[ResetToken]:
    """Return the key of a reset token, by the hash of its secret."""
    return ItemKey(ResetToken, key("RESET", token_hash), "RESET")
