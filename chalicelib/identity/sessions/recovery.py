"""The use cases of passwords: request a reset, reset with a token, change one's own password.

A reset request gets the same response whether the account exists or not, after the same reads and writes: an unknown
name gets a stored token too, which is never sent. The message is queued after the commit and sent by another function,
so the response does not wait for it.

A new password raises the user's `session_epoch`. That one write ends all of the user's sessions, invalidates their
other reset tokens, and fails a concurrent sign-in with the old password. When users change their own password, the
session of the request is carried over to the new epoch.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.errors import AuthInvalid, ValidationFailed
from chalicelib.core.ids import hash_secret
from chalicelib.core.messages import EMAIL, SMS, MessageQueue, OutboundMessage
from chalicelib.core.parallel import parallel_pair
from chalicelib.core.settings import Settings
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.phones import login_name
from chalicelib.identity.accounts.rules import normalised_password
from chalicelib.identity.accounts.tables import ACTIVE, NO_ID, Organisation, User, organisation_key, user_key
from chalicelib.identity.accounts.users import password_owner
from chalicelib.identity.sessions.ending import keep_only
from chalicelib.identity.sessions.lockout import Lockout, Reservation
from chalicelib.identity.sessions.rules import RESET_PERIOD, may_send_reset
from chalicelib.identity.sessions.schemas import ChangePassword, ForgotPassword, ResetPassword
from chalicelib.identity.sessions.tables import (
    ResetMessages,
    ResetToken,
    reset_key,
    reset_messages_key,
)
from chalicelib.identity.sessions.throttling import FORGOT, RESET, Throttle, session_source, user_subject

_FIELD = "newPassword"


def request_password_reset(
    work: UnitOfWork, command: ForgotPassword, client: ClientInfo, message_queue: MessageQueue
) -> None:
    """Send a reset token to the user with this login name, if there is one. Raise `RateLimited`."""
    name = login_name(command.identifier)
    attempt = work.once("attempt", partial(Throttle.of(work).attempt, FORGOT, name, client.source_ip))
    person, of_messages = user_key(attempt.org_id, attempt.user_id), _messages_key(attempt.user_id)
    stored = get_many([person, of_messages], work.clock)
    user, secret = stored.get(person), work.ids.token()
    token_hash = hash_secret(secret)
    work.create(_new_token(work, token_hash, user), audited=False)
    is_sent = _count_message(work, of_messages, stored.get(of_messages), token_hash)
    if user is None:
        # As many writes as for a user, whose request is audited.
        work.create(_new_token(work, hash_secret(work.ids.token()), None), audited=False)
    else:
        work.audit_actor = Actor(user.org_id, user.user_id, client.request_id)
        work.audit("user", user.user_id, "PASSWORD_RESET_REQUESTED")
    if user is not None and user.status == ACTIVE and is_sent:
        message = _reset_message(work.settings, user, name, secret)
    else:
        message = OutboundMessage()
    work.after_commit.append(partial(message_queue.put, message))


def reset_password(work: UnitOfWork, command: ResetPassword, client: ClientInfo) -> None:
    """Set a new password with a reset token; all sessions of the user end, and a lockout too.

    Raise `AuthInvalid` if the token is unknown, used, invalidated or expired, then `ValidationFailed` for the password.
    """
    key, throttle = reset_key(hash_secret(command.token)), Throttle.of(work)
    counter = throttle.address_counter(RESET, client.source_ip)
    [allowed], [stored] = parallel_pair([counter], [partial(get_many, [key], work.clock)])
    throttle.check(allowed=allowed)
    token = stored.get(key)
    if token is None or token.spent_at is not None or expired(token.expires_at, work.now):
        raise _invalid_token()
    person, of_organisation = user_key(token.org_id, token.user_id), organisation_key(token.org_id)
    of_messages = _messages_key(token.user_id)
    stored = get_many([person, of_organisation, of_messages], work.clock)
    user, messages = stored.get(person), stored.get(of_messages)
    if user is None or not _is_valid(token, user, messages):
        raise _invalid_token()
    passwords.check_new(command.new_password, password_owner(user, stored.get(of_organisation)), _FIELD)
    if passwords.matches(user.password_hash, command.new_password):
        raise _unchanged()
    work.audit_actor = Actor(user.org_id, user.user_id, client.request_id)
    work.audit("user", user.user_id, "PASSWORD_RESET")
    work.update(token, {"spent_at": work.now})
    work.update(user, _new_password_values(work, user, command.new_password))
    work.end_sessions(Recipient(user.org_id, user.user_id), is_signed_out=True)


def change_password(
    work: UnitOfWork,
    command: ChangePassword,
    actor: Actor,
    matches: Callable[[str | None, str], bool] = passwords.matches,
) -> None:
    """Change the caller's password; all of their other sessions end.

    Raise `AccountLocked`, or `ValidationFailed` for either password. Wrong current passwords lock this session out of
    the change; a lock of the sign-in does not hold here, so that strangers cannot prevent a change.
    """
    user, organisation, reservation = _reserve_change(work, actor)
    if not matches(user.password_hash, command.current_password):
        raise ValidationFailed({"currentPassword": "is not your password"})
    try:
        if normalised_password(command.new_password) == normalised_password(command.current_password):
            raise _unchanged()
        passwords.check_new(command.new_password, password_owner(user, organisation), _FIELD)
    except ValidationFailed:
        Lockout.of(work).give_back(reservation)
        raise
    work.audit("user", user.user_id, "PASSWORD_CHANGED")
    work.update(user, _new_password_values(work, user, command.new_password))
    keep_only(work, user, actor.session_id)


def _reserve_change(work: UnitOfWork, actor: Actor) -> tuple[User, Organisation | None, Reservation]:
    """Return the caller as stored, their organisation, and a reserved try. Raise `AccountLocked`."""
    key, of_organisation = user_key(actor.org_id, actor.user_id), organisation_key(actor.org_id)
    subject, lockout = user_subject(actor.user_id), Lockout.of(work)
    own = work.once("try", partial(lockout.new_try, session_source(actor.session_id), work.ids))
    stored, reservation = lockout.begin(subject, own, [key, of_organisation])
    user = stored.get(key)
    if user is None:
        raise AuthInvalid
    if reservation is None:
        reservation = lockout.reserve(subject, own, stored, user.forgiven_at, anywhere=False)
    return user, stored.get(of_organisation), reservation


def _new_token(work: UnitOfWork, token_hash: str, user: User | None) -> ResetToken:
    return reset_key(token_hash).new(
        org_id=NO_ID if user is None else user.org_id,
        user_id=NO_ID if user is None else user.user_id,
        epoch=0 if user is None else user.session_epoch,
        contact_version=0 if user is None else user.contact_version,
        expires_at=work.now + timedelta(seconds=work.settings.reset_token_s),
    )


def _count_message(
    work: UnitOfWork, key: ItemKey[ResetMessages], stored: ResetMessages | None, token_hash: str
) -> bool:
    """Return whether one more message may be sent, and stage that it is; the token in it ends all earlier ones."""
    sent = [] if stored is None else [from_millis(at_ms) for at_ms in stored.sent_ms]
    keep_s = max(RESET_PERIOD.total_seconds(), work.settings.reset_token_s)
    values: dict[str, object] = {"asked_at": work.now, "expires_at": work.now + timedelta(seconds=keep_s)}
    is_sent = may_send_reset(sent, work.now)
    if is_sent:
        recent = [at for at in sent if work.now - at < RESET_PERIOD]
        values |= {"sent_ms": [to_millis(at) for at in (*recent, work.now)], "token_hash": token_hash}
    if stored is None:
        work.create(key.new(**values), audited=False)
    else:
        work.update(stored, values)
    return is_sent


def _is_valid(token: ResetToken, user: User, messages: ResetMessages | None) -> bool:
    """Return whether a token that was not used still stands for this user."""
    is_newest = messages is not None and reset_key(messages.token_hash or "").pk == token.pk
    is_current = user.session_epoch == token.epoch and user.contact_version == token.contact_version
    return user.status == ACTIVE and is_newest and is_current


def _messages_key(user_id: str) -> ItemKey[ResetMessages]:
    return reset_messages_key(user_subject(user_id))


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


def _invalid_token() -> AuthInvalid:
    return AuthInvalid("This reset token is invalid or has expired. Request a new one.")
