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
from chalicelib.identity.rules import password_flaw

if TYPE_CHECKING:
    from argon2 import PasswordHasher

NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$LoNjCiUNExlOtaCv2l8wvA$nTLWtUaQF3JX3vhZK+JxPnl1ccD43NjKJgHKYWlvYxQ"
"""The hash of a password that nobody knows, made with the same parameters: comparing with it takes as long."""


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher().hash(password)


def matches(stored_hash: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long when there is no such person (`stored_hash` None)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(stored_hash or NOBODYS_HASH, password)
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
