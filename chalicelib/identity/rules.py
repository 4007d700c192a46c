"""The pure part of identity: names in their canonical form, and the shape of refresh tokens."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unicodedata import normalize

_PHONE_LIKE = re.compile(r"\+(?=\D*\d)[\d\s().-]{6,31}")
_PHONE_FILLERS = re.compile(r"[\s().-]")
_LONGEST_NAME = 254
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128
_REACH = {"own": 0, "zone": 1, "org": 2}
# Neither 0 and o nor 1 and l: it is read from a screen and typed into a phone.
_READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{20,100})")


@dataclass(frozen=True, slots=True)
class RefreshParts:
    """What a refresh token says: whose session it continues, and the secret that proves it."""

    org_id: str
    session_id: str
    secret: str = field(repr=False)

    @property
    def hash(self) -> str:
        """How the secret is stored: it has 256 random bits, so one plain SHA-256 cannot be turned back."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    @property
    def text(self) -> str:
        """The token as the client keeps it."""
        return f"{self.org_id}.{self.session_id}.{self.secret}"


def parse_refresh(token: str) -> RefreshParts | None:
    """The parts of a refresh token, or None for anything else (an access token, say)."""
    match = _TOKEN.fullmatch(token)
    return RefreshParts(match[1], match[2], match[3]) if match else None


def canonical_name(name: str) -> str:
    """One form for each name by which somebody signs in.

    Neither case matters, nor how accents are typed, nor how a phone number is spaced. It fits into a key: what takes
    more than 254 characters to write out is cut.
    """
    plain = normalize("NFKC", normalize("NFKC", name).casefold()).strip()[:_LONGEST_NAME].strip()
    return _PHONE_FILLERS.sub("", plain) if _PHONE_LIKE.fullmatch(plain) else plain


def covers(held: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether who holds one set of permissions (`{code: scope}`) may do all that another one allows, as far."""
    return all(code in held and _REACH[held[code]] >= _REACH[scope] for code, scope in wanted.items())


def readable_password(secret: str) -> str:
    """A password that can be read out and typed, `k7qf-...`, from a secret of at least 128 random bits."""
    number = int.from_bytes(hashlib.sha256(secret.encode()).digest())
    letters = []
    for _ in range(20):
        number, digit = divmod(number, len(_READABLE))
        letters.append(_READABLE[digit])
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


def locked_until(failures: Iterable[datetime], most: int, window: timedelta) -> datetime | None:
    """Until when somebody is locked out who gave wrong passwords at these moments; None: they never were.

    `most` failures within `window` lock for as long again, counted from the last of them.
    """
    in_order = sorted(failures)
    locking = [last for first, last in zip(in_order, in_order[most - 1 :], strict=False) if last - first < window]
    return locking[-1] + window if locking else None


def password_flaw(password: str, own: Iterable[str], common: frozenset[str]) -> str | None:
    """What is wrong with a password that somebody wants to have, as a sentence without its subject; None if nothing.

    `own` is what others know of them (names, e-mail, number), `common` the passwords that everybody tries first, in
    lower case.
    """
    if len(password) < SHORTEST_PASSWORD:
        return f"must be at least {SHORTEST_PASSWORD} characters"
    if len(password) > LONGEST_PASSWORD:
        return f"must be at most {LONGEST_PASSWORD} characters"
    plain = password.casefold().strip()
    if plain in common or len(set(plain)) < 3:
        return "is one of the passwords that are tried first; choose another"
    if plain in {text for name in own for text in _forms(name.casefold())}:
        return "must not be your own name, e-mail or number"
    return None


def _forms(name: str) -> tuple[str, ...]:
    """A name as people make passwords of it: whole, without its spaces, an e-mail without its domain."""
    return name, "".join(name.split()), name.partition("@")[0]
