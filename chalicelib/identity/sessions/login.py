"""The use case of signing in with a login name and a password."""

from collections.abc import Callable
from functools import partial

from chalicelib.core import observability
from chalicelib.core.actor import Actor, Client
from chalicelib.core.errors import AccountLocked, AuthInvalid, BatonError
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import RefusalLog
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.phones import login_name
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.sessions.lockout import Lockout, Reservation
from chalicelib.identity.sessions.rules import PasswordTry
from chalicelib.identity.sessions.service import SignedIn, issue_tokens, start_session
from chalicelib.identity.sessions.tables import tries_key
from chalicelib.identity.sessions.throttling import LOGIN, LoginAttempt, Throttle, network_of, user_subject

Matches = Callable[[str | None, str], bool]
"""Checks a password: takes the stored hash, or None for an unknown user, and the password."""

_REFUSED = AuditTarget(User.kind, "SIGN_IN_REFUSED")


def login_user(
    work: UnitOfWork,
    name: str,
    password: str,
    client: ClientInfo,
    *,
    refusals: RefusalLog,
    matches: Matches = passwords.matches,
) -> SignedIn:
    """Start a session by user name, e-mail address or phone number, and password.

    Raise `RateLimited`, `AccountLocked`, or `AuthInvalid` if the name or the password is wrong. An unknown name causes
    the same errors as a known one, after the same reads, writes and time.
    """
    attempt = work.once("attempt", partial(Throttle.of(work).attempt, LOGIN, login_name(name), client.source_ip))
    own = work.once("try", partial(Lockout.of(work).new_try, network_of(client.source_ip), work.ids))
    found, make_reservation = _read_user(work, attempt, own)
    try:
        reservation = make_reservation()
        user = _authenticate(found, password, matches)
    except (AccountLocked, AuthInvalid) as error:
        place = Client(client.source_ip, client.user_agent)
        person = None if found is None else Actor(found.org_id, found.user_id, client.request_id, client=place)
        _record_refusal(Throttle.of(work), attempt, person, refusals, error)
        raise
    work.audit_actor = Actor(user.org_id, user.user_id, client.request_id)
    work.update_unread(tries_key(reservation.subject), actions=reservation.actions, audited=False)
    signed_in_at = [User.last_sign_in_at.set(work.now)]
    key = user_key(user.org_id, user.user_id)
    work.update_unread(key, condition=User.pk.exists(), actions=signed_in_at, audited=False)
    return issue_tokens(work, user, start_session(work, user, client))


def _read_user(
    work: UnitOfWork, attempt: LoginAttempt, own: PasswordTry
) -> tuple[User | None, Callable[[], Reservation]]:
    """Return the user of a login name, and what reserves the try; an unknown name takes the same reads and writes."""
    key, subject, lockout = user_key(attempt.org_id, attempt.user_id), user_subject(attempt.user_id), Lockout.of(work)
    stored, reservation = lockout.begin(subject, own, [key])
    user = stored.get(key)
    if reservation is not None:
        return user, lambda: reservation
    forgiven_at = None if user is None else user.forgiven_at
    return user, partial(lockout.reserve, subject, own, stored, forgiven_at)


def _authenticate(user: User | None, password: str, matches: Matches) -> User:
    """Return the user if this is the password. Raise `AuthInvalid`."""
    if not matches(user.password_hash if user else None, password) or user is None or user.status != ACTIVE:
        observability.count("WrongPasswords")
        raise AuthInvalid("The name or the password is wrong.")
    return user


def _record_refusal(
    throttle: Throttle, attempt: LoginAttempt, person: Actor | None, refusals: RefusalLog, error: BatonError
) -> None:
    """Write an audit row of a refused sign-in, at most one a minute and person; an unknown name leaves none."""
    if not throttle.is_first_refusal(user_subject(attempt.user_id)):
        return
    if person is None:
        throttle.pretend_refusal(attempt.name)
    else:
        refusals.refused_record(person, _REFUSED, person.user_id, error)
