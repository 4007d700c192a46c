"""The use cases of passwords: request a reset, reset with a token, change one's own password.

A reset request gets the same response whether the account exists or not, after the same reads and writes: an unknown
name gets a stored token too, which is never sent. The message is queued after the commit and sent by another function,
so the response does not wait for it.

A new password raises the user's `session_epoch`. That one write ends all of the user's sessions, invalidates their
other reset tokens, and fails a concurrent sign-in with the old password. When users change their own password, the
session of the request is carried over to the new epoch.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccountLocked, AuthInvalid, ValidationFailed
from chalicelib.core.messages import EMAIL, SMS, MessageQueue, OutboundMessage
from chalicelib.core.settings import Settings
from chalicelib.core.store import get, get_many, parallel_pair
from chalicelib.core.table import expired
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.phones import login_name
from chalicelib.identity.accounts.rules import normalised_password
from chalicelib.identity.accounts.tables import ACTIVE, NO_ID, User, organisation_key, user_key
from chalicelib.identity.accounts.users import password_owner
from chalicelib.identity.sessions.schemas import ForgotPassword, NewPassword, ResetPassword
from chalicelib.identity.sessions.tables import Session, reset_key, session_key
from chalicelib.identity.sessions.throttling import FORGOT, RESET, Throttle, failure_times, user_subject

_FIELD = "newPassword"


def request_password_reset(
    work: UnitOfWork, command: ForgotPassword, client: ClientInfo, message_queue: MessageQueue
) -> None:
    """Send a reset token to the user with this login name, if there is one. Raise `RateLimited`."""
    name = login_name(command.identifier)
    login = Throttle.of(work).attempt(FORGOT, name, client.source_ip).login
    org_id, user_id = (login.org_id, login.user_id) if login else (NO_ID, NO_ID)
    user = get(user_key(org_id, user_id))
    secret = work.ids.token()
    token = reset_key(_hash(secret)).new(
        org_id=org_id,
        user_id=user_id,
        epoch=0 if user is None else user.session_epoch,
        expires_at=work.now + timedelta(seconds=work.settings.reset_token_s),
    )
    work.audit_actor = Actor(org_id, user_id, client.request_id)
    work.audit("user", user_id, "PASSWORD_RESET_REQUESTED")
    work.create(token, audited=False)
    if user is not None and user.status == ACTIVE:
        message = _reset_message(work.settings, user, name, secret)
    else:
        message = OutboundMessage()
    work.after_commit.append(partial(message_queue.put, message))


def reset_password(work: UnitOfWork, command: ResetPassword, client: ClientInfo) -> None:
    """Set a new password with a reset token; all sessions of the user end, and a lockout too.

    Raise `AuthInvalid` if the token is unknown, used, invalidated or expired, then `ValidationFailed` for the password.
    """
    key, throttle = reset_key(_hash(command.token)), Throttle.of(work)
    counter = throttle.address_counter(RESET, client.source_ip)
    [allowed], [stored] = parallel_pair([counter], [partial(get_many, [key], work.clock)])
    throttle.check(allowed=allowed)
    token = stored.get(key)
    if token is None or token.spent_at is not None or expired(token.expires_at, work.now):
        raise _invalid_token()
    person, of_organisation = user_key(token.org_id, token.user_id), organisation_key(token.org_id)
    stored = get_many([person, of_organisation], work.clock)
    user = stored.get(person)
    if user is None or user.status != ACTIVE or user.session_epoch != token.epoch:
        raise _invalid_token()
    passwords.check_new(command.new_password, password_owner(user, stored.get(of_organisation)), _FIELD)
    if passwords.matches(user.password_hash, command.new_password):
        raise _unchanged()
    work.audit_actor = Actor(user.org_id, user.user_id, client.request_id)
    work.audit("user", user.user_id, "PASSWORD_RESET")
    work.update(token, {"spent_at": work.now})
    work.update(user, _new_password_values(work, user, command.new_password))


def change_password(work: UnitOfWork, command: NewPassword, actor: Actor) -> None:
    """Change the caller's password; all of their other sessions end.

    Raise `AccountLocked`, or `ValidationFailed` for either password. A wrong current password counts as a failed
    sign-in.
    """
    key, subject, throttle = user_key(actor.org_id, actor.user_id), user_subject(actor.user_id), Throttle.of(work)
    failed = throttle.failure_keys(subject)
    of_organisation = organisation_key(actor.org_id)
    stored = get_many([key, of_organisation, *failed], work.clock)
    user = stored.get(key)
    if user is None:
        raise AuthInvalid
    locked_s = throttle.locked_for(failure_times(stored, failed), user.forgiven_at)
    if locked_s:
        raise AccountLocked(locked_s)
    if not passwords.matches(user.password_hash, command.current_password):
        throttle.record_failure([subject])
        raise ValidationFailed({"currentPassword": "is not your password"})
    if normalised_password(command.new_password) == normalised_password(command.current_password):
        raise _unchanged()
    passwords.check_new(command.new_password, password_owner(user, stored.get(of_organisation)), _FIELD)
    work.audit("user", user.user_id, "PASSWORD_CHANGED")
    work.update(user, _new_password_values(work, user, command.new_password))
    own = session_key(actor.org_id, actor.user_id, actor.session_id)
    epoch = [Session.epoch.set(user.session_epoch)]
    work.update_unread(own, condition=Session.pk.exists(), on_conflict=AuthInvalid(), actions=epoch, audited=False)


def _reset_message(settings: Settings, user: User, name: str, secret: str) -> OutboundMessage:
    """Return the message with the token: an SMS if the name was the phone number or there is no e-mail address."""
    minutes = settings.reset_token_s // 60
    code = f"{settings.reset_url}{secret}"
    if user.phone and (name == user.phone or not user.email):
        text = f"Baton: reset your password within {minutes} minutes: {code}"
        return OutboundMessage(SMS, user.phone, "", text)
    if not user.email:
        return OutboundMessage()
    text = (
        f"Hello {user.full_name},\n\nWe received a request to reset your password. "
        f"To choose a new password, use this within {minutes} minutes:\n\n{code}\n\n"
        "If you did not request this, ignore this message. Your password has not changed.\n"
    )
    return OutboundMessage(EMAIL, user.email, "Reset your password", text)


def _new_password_values(work: UnitOfWork, user: User, password: str) -> Mapping[str, object]:
    return {
        "password_hash": passwords.hash_password(password),
        "one_time_password": False,
        "session_epoch": user.session_epoch + 1,
        "forgiven_at": work.now,
        "updated_at": work.now,
    }


def _unchanged() -> ValidationFailed:
    return ValidationFailed({_FIELD: "is your present password"})


def _hash(secret: str) -> str:
    """Return the stored form of a token. The token has 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _invalid_token() -> AuthInvalid:
    return AuthInvalid("This reset token is invalid or has expired. Request a new one.")
