"""The pure part of sessions: the form of refresh tokens, and lockouts."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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


def locked_until(failures: Iterable[datetime], limit: int, window: timedelta) -> datetime | None:
    """Return when the lockout after failed sign-ins at these times ends, or None if they cause none.

    `limit` failures within `window` lock for the length of `window`, counted from the last of them.
    """
    in_order = sorted(failures)
    locking = [last for first, last in zip(in_order, in_order[limit - 1 :], strict=False) if last - first < window]
    return locking[-1] + window if locking else None
