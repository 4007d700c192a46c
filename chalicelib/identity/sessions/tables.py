"""Sessions and their refresh tokens, reset tokens, and the counters of sign-in attempts.

All of them share the identity table. Attempt counters and tries of passwords are removed by their time to live.
"""

from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, ExpiryAttribute, IntAttribute, Item, MomentAttribute, key, optional, stored_in


class Session(Entity):
    """A signed-in device: one chain of refresh tokens. It is valid until it is ended or expires.

    `generation` is the number of the newest refresh token, which was made at `refreshed_at`. `newest_kid` and
    `parent_kid` name the keys by which the newest token and its parent were derived; the first token is random.
    `address` and `user_agent` are those of the sign-in or the last refresh.
    """

    Meta = stored_in("identity")
    kind = "session"
    unaudited = frozenset({"newest_kid", "parent_kid", "address", "user_agent"})

    org_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    started_at = MomentAttribute()
    refreshed_at = MomentAttribute()
    generation = IntAttribute(default=0)
    newest_kid = optional(UnicodeAttribute())
    parent_kid = optional(UnicodeAttribute())
    address = optional(UnicodeAttribute())
    user_agent = optional(UnicodeAttribute())
    ended_at = optional(MomentAttribute())
    end_reason = optional(UnicodeAttribute())
    epoch = IntAttribute(default=0)
    """The user's `session_epoch` when the session started; the session is valid while the two are equal."""
    expires_at = ExpiryAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id of the session: the sort key, because all sessions of a user share a partition."""
        return self.sk


class SessionStarts(Item):
    """The session of a user that started last: shows whether one has started since the user's sessions were read."""

    Meta = stored_in("identity")
    kind = "session_starts"

    newest = UnicodeAttribute()


class RefreshToken(Item):
    """One refresh token of a session, by the hash of its secret. Old ones are kept to detect their reuse."""

    Meta = stored_in("identity")
    kind = "refresh_token"

    generation = IntAttribute(default=0)
    """The number of refreshes before this token was made."""
    expires_at = ExpiryAttribute()


class AttemptCounter(Item):
    """The number of attempts within one minute; each minute has its own item."""

    Meta = stored_in("identity")
    kind = "tries"

    attempts = IntAttribute(attr_name="tries")
    expires_at = ExpiryAttribute()


class PasswordTries(Item):
    """The failed tries of one person's password and those that are being checked, each as `time source id`.

    `revision` rises with every write, so that one that was decided on what was read fails if that has changed.
    """

    Meta = stored_in("identity")
    kind = "password_tries"

    tries = optional(UnicodeSetAttribute())
    revision = IntAttribute(default=0)
    expires_at = ExpiryAttribute()


class ResetToken(Entity):
    """A password reset token, by the hash of its secret.

    It is valid while `epoch` equals the user's `session_epoch`, so a new password invalidates it, while
    `contact_version` equals the user's, so another e-mail address or phone number does too, and while it is the one
    that was sent last (`ResetMessages`). An unknown login name gets a token too, which is never sent, so that both
    cases take the same writes.
    """

    Meta = stored_in("identity")
    kind = "reset_token"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = IntAttribute()
    contact_version = optional(IntAttribute())
    """Absent from tokens of releases that did not store it; they are not valid."""
    spent_at = optional(MomentAttribute())
    expires_at = ExpiryAttribute()


def sessions_key(org_id: str, user_id: str) -> str:
    """Return the partition key of a user's sessions: one consistent query reads them all."""
    return key(org_id, "SESSIONS", user_id)


class ResetMessages(Entity):
    """When reset messages were sent to one person within the last hour, and the hash of the token in the last one.

    `asked_at` is the time of the last request, whether or not a message was sent.
    """

    Meta = stored_in("identity")
    kind = "reset_messages"

    sent_ms = ListAttribute[Any](of=IntAttribute)
    token_hash = optional(UnicodeAttribute())
    asked_at = MomentAttribute()
    expires_at = ExpiryAttribute()


def session_key(org_id: str, user_id: str, session_id: str) -> ItemKey[Session]:
    """Return the key of a session."""
    return ItemKey(Session, sessions_key(org_id, user_id), session_id)


def session_starts_key(org_id: str, user_id: str) -> ItemKey[SessionStarts]:
    """Return the key of the item that names a user's newest session."""
    return ItemKey(SessionStarts, key(org_id, "SESSION_STARTS", user_id), "STARTS")


def refresh_key(org_id: str, session_id: str, token_hash: str) -> ItemKey[RefreshToken]:
    """Return the key of a refresh token, by the hash of its secret."""
    return ItemKey(RefreshToken, key(org_id, "SESSION", session_id), key("REFRESH", token_hash))


def attempts_key(scope: str, subject: str, minute: int) -> ItemKey[AttemptCounter]:
    """Return the key of the attempts of one minute, counted since the epoch; `subject` is a hash."""
    return ItemKey(AttemptCounter, key("TRIES", scope, subject, minute), "TRIES")


def tries_key(subject: str) -> ItemKey[PasswordTries]:
    """Return the key of the tries of a password; `subject` is a hash."""
    return ItemKey(PasswordTries, key("PASSWORD", subject), "TRIES")


def reset_messages_key(subject: str) -> ItemKey[ResetMessages]:
    """Return the key of the reset messages to one person; `subject` is a hash."""
    return ItemKey(ResetMessages, key("RESETS", subject), "RESETS")


def reset_key(token_hash: str) -> ItemKey[ResetToken]:
    """Return the key of a reset token, by the hash of its secret."""
    return ItemKey(ResetToken, key("RESET", token_hash), "RESET")
