"""The pure part of sessions: the form of refresh tokens, what a refresh with one does, and lockouts."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

RESET_PERIOD = timedelta(hours=1)
RESETS_PER_PERIOD = 5
_RESET_PAUSE = timedelta(minutes=1)
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9-]{1,64})\.([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{20,100})")


@dataclass(frozen=True, slots=True)
class RefreshParts:
    """The parts of a refresh token: the user and the session that it continues, and the secret."""

    org_id: str
    user_id: str
    session_id: str
    secret: str = field(repr=False)

    @property
    def hash(self) -> str:
        """Return the stored form of the secret. The secret has 256 random bits, so a plain SHA-256 is enough."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    @property
    def text(self) -> str:
        """Return the token as the client keeps it."""
        return f"{self.org_id}.{self.user_id}.{self.session_id}.{self.secret}"


def parse_refresh(token: str) -> RefreshParts | None:
    """Return the parts of a refresh token, or None for any other text, such as an access token."""
    match = _TOKEN.fullmatch(token)
    return RefreshParts(match[1], match[2], match[3], match[4]) if match else None


def may_send_reset(sent: Iterable[datetime], now: datetime) -> bool:
    """Return whether one more reset message may be sent to a person: one a minute and five an hour."""
    ages = [now - at for at in sent]
    of_hour = [age for age in ages if age < RESET_PERIOD]
    return len(of_hour) < RESETS_PER_PERIOD and all(age >= _RESET_PAUSE for age in ages)


@dataclass(frozen=True, slots=True)
class PasswordTry:
    """A try of a password: when, from which network or session, and its id."""

    at: datetime
    source: str
    id: str


@dataclass(frozen=True, slots=True)
class TryLimits:
    """How many failed tries within `window` lock for the length of `window`: from one source, and from all together."""

    per_source: int
    anywhere: int
    window: timedelta


def lock_of_source(
    tries: Iterable[PasswordTry], source: str, limits: TryLimits, *, anywhere: bool = True
) -> datetime | None:
    """Return when the lock that holds for this source ends, or None if these failed tries cause none.

    `anywhere` False: the lock that tries from all sources cause does not hold for this one.
    """
    failures = list(tries)
    own = locked_until([one.at for one in failures if one.source == source], limits.per_source, limits.window)
    of_all = lock_anywhere(failures, limits) if anywhere else None
    return max((end for end in (own, of_all) if end is not None), default=None)


def lock_anywhere(tries: Iterable[PasswordTry], limits: TryLimits) -> datetime | None:
    """Return when the lock that holds for all sources ends, or None if these failed tries cause none."""
    return locked_until([one.at for one in tries], limits.anywhere, limits.window)


class RefreshDecision(Enum):
    """What a refresh with a token does."""

    ROTATE = auto()
    """The token is the newest: its successor is made."""
    REPEAT = auto()
    """The newest token is returned again: the answer with it was lost, or another tab received it."""
    REVOKE = auto()
    """The token was replaced long ago: it was copied, so the session ends."""


REUSE_WINDOW = timedelta(seconds=30)
"""The time after a refresh for which the token before the replaced one is still answered."""


def decide_refresh(presented: int, newest: int, newest_age: timedelta) -> RefreshDecision:
    """Return what a refresh does, by the generations of the presented token and of the session's newest token.

    `newest_age` is the time since the newest token was made.

        the newest token            rotate
        its parent                  repeat: the newest token has not been used yet, so its answer may be lost
        the parent of its parent    repeat within `REUSE_WINDOW`, for two tabs that share a token; then revoke
        older                       revoke
    """
    if presented >= newest:
        return RefreshDecision.ROTATE
    is_parent = presented == newest - 1
    is_recent_grandparent = presented == newest - 2 and newest_age < REUSE_WINDOW
    return RefreshDecision.REPEAT if is_parent or is_recent_grandparent else RefreshDecision.REVOKE


def locked_until(failures: Iterable[datetime], limit: int, window: timedelta) -> datetime | None:
    """Return when the lockout after failed sign-ins at these times ends, or None if they cause none.

    `limit` failures within `window` lock for the length of `window`, counted from the last of them.
    """
    in_order = sorted(failures)
    locking = [last for first, last in zip(in_order, in_order[limit - 1 :], strict=False) if last - first < window]
    return locking[-1] + window if locking else None
