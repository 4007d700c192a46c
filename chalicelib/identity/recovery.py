"""Passwords that were forgotten, and passwords that are changed.

Whoever asks for a reset is answered the same whether the account exists or not, after the same reads and writes: for a
name that nobody has a token is stored, too, which nobody is told. The letter is handed over after the commit and sent
by another function, so no answer waits for it.

A new password raises the person's `session_epoch`, so all of their sessions are over with that one write, every other
reset token of theirs is void, and so is a sign-in with the old password that was under way. One's own change carries
the session in which it was made over to the new epoch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccountLocked, AuthInvalid, ValidationFailed
from chalicelib.core.messages import EMAIL, SMS, MessageQueue, OutboundMessage
from chalicelib.core.settings import Settings
from chalicelib.core.store import get, get_many, parallel_pair
from chalicelib.core.table import expired
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity import passwords
from chalicelib.identity.login_attempts import ResetToken, reset_key
from chalicelib.identity.phones import login_name
from chalicelib.identity.tables import ACTIVE, NOBODY, Session, User, session_key, user_key
from chalicelib.identity.throttling import FORGOT, RESET, Limits, moments, person_subject

_FIELD = "newPassword"


class Recovery(msgspec.Struct, frozen=True):
    """The use cases of resetting and changing passwords."""

    settings: Settings
    clock: Clock

    @property
    def limits(self) -> Limits:
        """How often somebody may try."""
        return Limits(self.settings, self.clock)

    def forgot(self, work: UnitOfWork, identifier: str, caller: ClientInfo, post: MessageQueue) -> None:
        """Send a reset token to whoever has this name, if anybody has. Raises `RateLimited`."""
        name = login_name(identifier)
        login = self.limits.knock(FORGOT, name, caller.source_ip).login
        org_id, user_id = (login.org_id, login.user_id) if login else (NOBODY, NOBODY)
        user = get(user_key(org_id, user_id))
        secret = work.ids.token()
        where = reset_key(_hash(secret))
        token = ResetToken(
            where.pk,
            where.sk,
            org_id=org_id,
            user_id=user_id,
            epoch=0 if user is None else user.session_epoch,
            expires_at=work.now + timedelta(seconds=self.settings.reset_token_s),
        )
        work.audit_actor = Actor(org_id, user_id, caller.request_id)
        work.audit("user", user_id, "PASSWORD_RESET_REQUESTED")
        work.create(token, audited=False)
        letter = self._letter(user, name, secret) if user is not None and user.status == ACTIVE else OutboundMessage()
        work.after_commit.append(partial(post.take, letter))

    def reset(self, work: UnitOfWork, token: str, password: str, caller: ClientInfo) -> None:
        """Choose a new password by a token; all sessions end, and a lockout too.

        Raises `AuthInvalid` for a token that is none, used, void or over, then `ValidationFailed` for the password.
        """
        where = reset_key(_hash(token))
        counted = self.limits.count_address(RESET, caller.source_ip)
        [allowed], [found] = parallel_pair([counted], [partial(get_many, [where], self.clock)])
        self.limits.check(allowed=allowed)
        presented = found.get(where)
        if presented is None or presented.spent_at is not None or expired(presented.expires_at, work.now):
            raise _no_token()
        user = get(user_key(presented.org_id, presented.user_id))
        if user is None or user.status != ACTIVE or user.session_epoch != presented.epoch:
            raise _no_token()
        _check_new(user, password)
        work.audit_actor = Actor(user.org_id, user.user_id, caller.request_id)
        work.audit("user", user.user_id, "PASSWORD_RESET")
        work.update(presented, {"spent_at": work.now})
        work.update(user, _new_password(work, user, password))

    def change(self, work: UnitOfWork, actor: Actor, current: str, password: str) -> None:
        """Choose another password for oneself; all other sessions end.

        Raises `AccountLocked`, and `ValidationFailed` for either password. Wrong ones count as they do at sign-in.
        """
        where, subject = user_key(actor.org_id, actor.user_id), person_subject(actor.user_id)
        failed = self.limits.failure_keys(subject)
        found = get_many([where, *failed], self.clock)
        user = found.get(where)
        if user is None:
            raise AuthInvalid
        locked_s = self.limits.locked_for(moments(found, failed), user.forgiven_at)
        if locked_s:
            raise AccountLocked(locked_s)
        if not passwords.matches(user.password_hash, current):
            self.limits.failed([subject])
            raise ValidationFailed({"currentPassword": "is not your password"})
        _check_new(user, password)
        work.audit("user", user.user_id, "PASSWORD_CHANGED")
        work.update(user, _new_password(work, user, password))
        own = session_key(actor.org_id, actor.session_id)
        kept = [Session.epoch.set(user.session_epoch)]
        work.update_unread(own, condition=Session.pk.exists(), on_conflict=AuthInvalid(), actions=kept, audited=False)

    def _letter(self, user: User, name: str, secret: str) -> OutboundMessage:
        """To where they were asked from: the number if that was the name, else the e-mail, else the number."""
        minutes = self.settings.reset_token_s // 60
        code = f"{self.settings.reset_url}{secret}"
        if user.phone and (name == user.phone or not user.email):
            return OutboundMessage(
                SMS, user.phone, "", f"Baton: choose a new password within {minutes} minutes: {code}"
            )
        if not user.email:
            return OutboundMessage()
        text = (
            f"Hello {user.full_name},\n\nsomebody, you hopefully, asked for a new password for your account. "
            f"You can choose it within {minutes} minutes with this:\n\n{code}\n\n"
            "If it was not you, nothing has changed and there is nothing to do.\n"
        )
        return OutboundMessage(EMAIL, user.email, "Choose a new password", text)


def _new_password(work: UnitOfWork, user: User, password: str) -> Mapping[str, object]:
    return {
        "password_hash": passwords.hash_password(password),
        "one_time_password": False,
        "session_epoch": user.session_epoch + 1,
        "forgiven_at": work.now,
        "updated_at": work.now,
    }


def _check_new(user: User, password: str) -> None:
    passwords.check_new(password, (user.username, user.full_name, user.email, user.phone), _FIELD)


def _hash(secret: str) -> str:
    """How a token is stored: it has 256 random bits, so one plain SHA-256 cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _no_token() -> AuthInvalid:
    return AuthInvalid("This reset token is not valid, or not any more; ask for another.")
