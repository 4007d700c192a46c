"""The pure part of accounts: the canonical form of login names, and rules for passwords."""

import hashlib
import re
from collections.abc import Iterable
from unicodedata import normalize

_PHONE_LIKE = re.compile(r"\+(?=\D*\d)[\d\s().-]{6,31}")
_PHONE_FILLERS = re.compile(r"[\s().-]")
_MAX_NAME = 254
MIN_PASSWORD, MAX_PASSWORD = 10, 128
# Without 0, o, 1 and l, which are easily confused when the password is read from a screen and typed on a phone.
_READABLE = "23456789abcdefghjkmnpqrstuvwxyz"


def canonical_name(name: str) -> str:
    """Return the canonical form of a login name.

    Case, the encoding of accents and the spacing of phone numbers do not matter. The result is cut to 254 characters,
    so that it fits into a key.
    """
    plain = normalize("NFKC", normalize("NFKC", name).casefold()).strip()[:_MAX_NAME].strip()
    return _PHONE_FILLERS.sub("", plain) if _PHONE_LIKE.fullmatch(plain) else plain


def readable_password(secret: str) -> str:
    """Return a password that is easy to read out and type, `k7qf-...`, from a secret of at least 128 random bits."""
    number = int.from_bytes(hashlib.sha256(secret.encode()).digest())
    letters = []
    for _ in range(20):
        number, digit = divmod(number, len(_READABLE))
        letters.append(_READABLE[digit])
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


def password_error(password: str, personal: Iterable[str], common: frozenset[str]) -> str | None:
    """Return why a password is not acceptable, as a sentence without its subject, or None if it is.

    `personal` are the user's names, e-mail address and phone number; `common` the most common passwords in lower case.
    """
    if len(password) < MIN_PASSWORD:
        return f"must be at least {MIN_PASSWORD} characters"
    if len(password) > MAX_PASSWORD:
        return f"must be at most {MAX_PASSWORD} characters"
    plain = password.casefold().strip()
    if plain in common or len(set(plain)) < 3:
        return "is too common; choose another password"
    if plain in {text for name in personal for text in _variants(name.casefold())}:
        return "must not be your own name, e-mail address or phone number"
    return None


def _variants(name: str) -> tuple[str, ...]:
    """Return the forms of a name that are used as passwords: whole, without spaces, an e-mail without its domain."""
    return name, "".join(name.split()), name.partition("@")[0]
