"""The permissions of each role of an organisation."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, TableName, key


class RolePermissions(Entity):
    """A role of one organisation; `permissions` is `{code: scope}`."""

    class Meta:
        table_name = TableName("identity")

    kind = "role"

    code = UnicodeAttribute()
    permissions = JSONAttribute()

    @property
    def entity_id(self) -> str:
        """Return the code."""
        return self.code


def role_key(org_id: str, code: str) -> ItemKey[RolePermissions]:
    """Return the key of a role."""
    return ItemKey(RolePermissions, key(org_id, "ROLE", code), "ROLE")
