"""The use case of signing in with a login name and a password."""

from datetime import datetime

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccountLocked, AuthInvalid
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.phones import login_name
from chalicelib.identity.accounts.tables import ACTIVE, NO_ID, User, user_key
from chalicelib.identity.sessions.service import SignedIn, issue_tokens, start_session
from chalicelib.identity.sessions.throttling import (
    LOGIN,
    LoginAttempt,
    Throttle,
    failure_times,
    name_subject,
    user_subject,
)


def login_user(work: UnitOfWork, name: str, password: str, client: ClientInfo) -> SignedIn:
    """Start a session by user name, e-mail address or phone number, and password.

    Raise `RateLimited`, `AccountLocked`, or `AuthInvalid` if the name or the password is wrong. An unknown name causes
    the same errors as a known one, after the same reads, writes and time.
    """
    throttle = Throttle.of(work)
    attempt = throttle.attempt(LOGIN, login_name(name), client.source_ip)
    user, own_failures = _read_user(work, attempt)
    forgiven_at = None if user is None else user.forgiven_at
    locked_s = throttle.locked_for(attempt.failures, forgiven_at)
    if locked_s:
        raise AccountLocked(locked_s)
    is_correct = passwords.matches(user.password_hash if user else None, password)
    is_locked = throttle.locked_for(own_failures, forgiven_at) > 0
    if user is None or not is_correct or is_locked or user.status != ACTIVE:
        # During a lockout no failures are added for the user, or a stranger could lock a user out permanently.
        counted = [] if is_locked else [user_subject(_user_id(attempt))]
        throttle.record_failure([name_subject(attempt.name), *counted])
        raise AuthInvalid("The name or password is wrong, or there were too many attempts.")
    work.audit_actor = Actor(user.org_id, user.user_id, client.request_id)
    if attempt.failures or own_failures:
        forgive = [User.forgiven_at.set(work.now)]
        key = user_key(user.org_id, user.user_id)
        work.update_unread(key, condition=User.pk.exists(), actions=forgive, audited=False)
    return issue_tokens(work, user, start_session(work, user))


def _read_user(work: UnitOfWork, attempt: LoginAttempt) -> tuple[User | None, list[datetime]]:
    """Return the user of a login name and that user's failures; an unknown name takes the same reads."""
    key = user_key(attempt.login.org_id if attempt.login else NO_ID, _user_id(attempt))
    failed = Throttle.of(work).failure_keys(user_subject(_user_id(attempt)))
    stored = get_many([key, *failed], work.clock)
    return stored.get(key), failure_times(stored, failed)


def _user_id(attempt: LoginAttempt) -> str:
    """Return the id of the login name's user; an unknown name gets an id that no user has, always the same one."""
    return attempt.login.user_id if attempt.login else name_subject(attempt.name)
