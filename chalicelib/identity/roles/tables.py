"""The permissions of each role of an organisation."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, key, stored_in


class RolePermissions(Entity):
    """A role of one organisation; `permissions` is `{code: scope}`."""

    Meta = stored_in("identity")
    kind = "role"

    code = UnicodeAttribute()
    permissions = JSONAttribute()


def role_key(org_id: str, code: str) -> ItemKey[RolePermissions]:
    """Return the key of a role."""
    return ItemKey(RolePermissions, key(org_id, "ROLE", code), "ROLE")
