"""Password hashes: argon2id with the parameters that argon2-cffi recommends (RFC 9106, low-memory profile).

argon2 is imported where it is used, because most cold starts never check a password.

Passwords are hashed and compared in NFKC. Hashes from before that was so may be of another form of the password.

Two lists hold common passwords. `zxcvbn_passwords.txt.gz` has the 30,000 most common passwords of the package zxcvbn
4.5.0 (`frequency_lists.py`, sorted), under its licence in `zxcvbn_passwords.LICENSE.txt`. `common_passwords.txt` was
compiled for this project and is under its licence: passwords of ten characters and more that appear often in leaks
(keyboard rows, doubled words, names of clubs, bands and films, dates) and that the other list does not have.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.settings import settings
from chalicelib.identity.accounts.rules import PasswordOwner, normalised_password, password_error

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_DUMMY_HASH = "$argon2id$v=19$m={},t=3,p=4$LoNjCiUNExlOtaCv2l8wvA$nTLWtUaQF3JX3vhZK+JxPnl1ccD43NjKJgHKYWlvYxQ"


@cache
def hasher(memory_kib: int) -> "PasswordHasher":
    """Return what hashes and verifies passwords, with this much memory for a new hash."""
    from argon2 import PasswordHasher

    return PasswordHasher(memory_cost=memory_kib)


def dummy_hash(memory_kib: int) -> str:
    """Return a hash of an unknown password; a comparison with it takes as long as with a real one of this memory."""
    return _DUMMY_HASH.format(memory_kib)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return hasher(settings().password_memory_kib).hash(normalised_password(password))


def matches(stored_hash: str | None, password: str) -> bool:
    """Return whether this is the password. Takes as long for an unknown user (`stored_hash` None)."""
    forms = dict.fromkeys([normalised_password(password), password])
    return any(_verifies(stored_hash, form) for form in forms)


def _verifies(stored_hash: str | None, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    memory_kib = settings().password_memory_kib
    try:
        hasher(memory_kib).verify(stored_hash or dummy_hash(memory_kib), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None


def check_new(password: str, owner: PasswordOwner, field: str) -> None:
    """Raise `ValidationFailed` for `field` unless the password is acceptable for this person."""
    error = password_error(password, owner, common_passwords())
    if error is not None:
        raise ValidationFailed({field: error})


@cache
def common_passwords() -> frozenset[str]:
    """Return the most common passwords, in lower case."""
    import gzip

    folder = Path(__file__).parent
    published = gzip.decompress((folder / "zxcvbn_passwords.txt.gz").read_bytes()).decode()
    return frozenset([*published.splitlines(), *(folder / "common_passwords.txt").read_text("utf-8").splitlines()])
