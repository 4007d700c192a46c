"""Authenticates a machine from its API key and one batch read.

Key and role are read with every request, so deleting the key or changing the role takes effect with the next request.
What concerns a person's own session is not allowed to a key, whatever its role holds: it has no session, no password
and no device, and opens no socket.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import MACHINE, Actor
from chalicelib.core.errors import AuthInvalid
from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.identity.apikeys.rules import KeyParts, parse_key, permissions_of_key
from chalicelib.identity.apikeys.tables import ApiKey, api_key_key
from chalicelib.identity.roles.tables import RolePermissions, role_key


class ApiKeyCredentials(msgspec.Struct, frozen=True):
    """An API key that has to be checked against the stored one."""

    parts: KeyParts

    @property
    def org_id(self) -> str:
        """Return the organisation that the key names."""
        return self.parts.org_id

    @property
    def user_id(self) -> str:
        """Return the actor's id, such as `key:0190...`."""
        return f"{MACHINE}{self.parts.key_id}"

    @property
    def role(self) -> str:
        """Return the name of the key's role; a machine may do less than people with the same role."""
        return f"{MACHINE}{self.parts.role}"

    def keys(self) -> Sequence[ItemKey[Any]]:
        """Return the keys of the API key and of the role that it names."""
        return [self._key, self._role]

    def authenticate(self, stored: ReadResult, request_id: str) -> Actor:
        """Return the machine as stored now. Raise `AuthInvalid` if the key is wrong or was deleted."""
        api_key = stored.get(self._key)
        if api_key is None or not self._is_valid(api_key):
            raise AuthInvalid("This API key is not valid.")
        return Actor(
            org_id=api_key.org_id,
            user_id=self.user_id,
            request_id=request_id,
            role=api_key.role,
            permissions=self.permissions(stored),
            username=api_key.name,
            full_name=api_key.name,
        )

    def is_valid(self, found: ReadResult) -> bool:
        """Return whether the key, as stored now, is valid."""
        api_key = found.get(self._key)
        return api_key is not None and self._is_valid(api_key)

    def permissions(self, found: ReadResult) -> Mapping[str, str]:
        """Return what a key with this role may do, as stored now."""
        role: RolePermissions | None = found.get(self._role)
        return {} if role is None else permissions_of_key(role.permissions)

    @property
    def _key(self) -> ItemKey[ApiKey]:
        return api_key_key(self.parts.org_id, self.parts.key_id)

    @property
    def _role(self) -> ItemKey[RolePermissions]:
        return role_key(self.parts.org_id, self.parts.role)

    def _is_valid(self, api_key: ApiKey) -> bool:
        return hmac.compare_digest(api_key.key_hash, self.parts.hash)


def read_api_key(token: str) -> ApiKeyCredentials:
    """Return the credentials of an API key. Raise `AuthInvalid` if the token does not have its form."""
    parts = parse_key(token)
    if parts is None:
        raise AuthInvalid("This API key is not valid.")
    return ApiKeyCredentials(parts)
