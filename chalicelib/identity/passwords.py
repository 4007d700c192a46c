"""Passwords: argon2id, with the parameters that argon2-cffi recommends (RFC 9106, low-memory profile).

argon2 is imported where it is used: most cold starts never check a password.

`common_passwords.txt` lists passwords of ten characters and more that appear again and again in what has leaked, typed
together for this project (keyboard rows, doubled words, names of clubs, bands and films, dates) and under its licence.
It is not a copy of any of the published lists, which are longer and mostly of shorter passwords than are allowed here.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.settings import settings
from chalicelib.identity.rules import password_flaw

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_NOBODYS_HASH = "$argon2id$v=19$m={},t=3,p=4$LoNjCiUNExlOtaCv2l8wvA$nTLWtUaQF3JX3vhZK+JxPnl1ccD43NjKJgHKYWlvYxQ"


@cache
def hasher(memory_kib: int) -> "PasswordHasher":
    """Return what hashes and verifies passwords, with this much memory for a new hash."""
    from argon2 import PasswordHasher

    return PasswordHasher(memory_cost=memory_kib)


def nobodys_hash(memory_kib: int) -> str:
    """Return a hash that no known password fits. Comparing with it takes as long as with any other of this memory."""
    return _NOBODYS_HASH.format(memory_kib)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return hasher(settings().password_memory_kib).hash(password)


def matches(stored_hash: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long when there is no such person (`stored_hash` None)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    memory_kib = settings().password_memory_kib
    try:
        hasher(memory_kib).verify(stored_hash or nobodys_hash(memory_kib), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None


def check_new(password: str, own: Iterable[str | None], field: str) -> None:
    """Raises `ValidationFailed` for `field` unless somebody may choose this password.

    `own` is what others know of them: names, e-mail, number.
    """
    flaw = password_flaw(password, [text for text in own if text], common_passwords())
    if flaw is not None:
        raise ValidationFailed({field: flaw})


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that everybody tries first, in lower case."""
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line)
