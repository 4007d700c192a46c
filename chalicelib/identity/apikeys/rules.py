"""The pure part of API keys: their text.

`baton_<organisation>.<id>.<role>.<secret>`: with the id and the role in the text, one batch read finds the stored key
together with its role, as for a session. The text counts only if the hash of all of it is the stored one.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PREFIX = "baton_"
_OF_PEOPLE = ("identity.session.", "identity.password.", "identity.device.", "realtime.")
_KEY = re.compile(r"baton_([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{20,100})")


@dataclass(frozen=True, slots=True)
class KeyParts:
    """The parts of an API key."""

    org_id: str
    key_id: str
    role: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """Return the key as it is sent."""
        return f"{PREFIX}{self.org_id}.{self.key_id}.{self.role}.{self.secret}"

    @property
    def hash(self) -> str:
        """Return the stored form of the key. The secret has 256 random bits, so a plain SHA-256 is enough."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def is_api_key(token: str) -> bool:
    """Return whether a bearer token is an API key, valid or not, rather than an access token."""
    return token.startswith(PREFIX)


def parse_key(token: str) -> KeyParts | None:
    """Return the parts of an API key, or None if the token does not have its form."""
    match = _KEY.fullmatch(token)
    return KeyParts(*match.groups()) if match else None


def permissions_of_key(permissions: Mapping[str, str]) -> dict[str, str]:
    """Return what an API key holds of a role's permissions: none of a person's own session, password or devices."""
    return {code: scope for code, scope in permissions.items() if not code.startswith(_OF_PEOPLE)}
