"""Passwords: argon2id, with the parameters that argon2-cffi recommends (RFC 9106, low-memory profile).

argon2 is imported where it is used: most cold starts never check a password.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("the password of nobody")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher().hash(password)


def matches(stored_hash: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long when there is no such person (`stored_hash` None)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(stored_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None
