"""The roles of an organisation with their permissions, and the number of holders of each custom role.

The holders of a default role are not counted: such a role cannot be deleted, so their number does not matter, and all
couriers of an organisation do not share one item.
"""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, IntAttribute, Item, key, optional, stored_in


class RolePermissions(Entity):
    """A role of one organisation; `permissions` is `{code: scope}`."""

    Meta = stored_in("identity")
    kind = "role"

    code = UnicodeAttribute()
    name = optional(UnicodeAttribute())
    """The name of a custom role; that of a default role is in `default_permissions.ROLES`."""
    permissions = JSONAttribute()


class RoleHolders(Item):
    """The number of users and API keys that have a custom role; it exists as long as the role."""

    Meta = stored_in("identity")
    kind = "role_holders"

    holders = IntAttribute()


class CustomRoles(Item):
    """The codes of an organisation's custom roles; absent before the first one."""

    Meta = stored_in("identity")
    kind = "custom_roles"

    codes = optional(UnicodeSetAttribute())


def role_key(org_id: str, code: str) -> ItemKey[RolePermissions]:
    """Return the key of a role."""
    return ItemKey(RolePermissions, key(org_id, "ROLE", code), "ROLE")


def role_holders_key(org_id: str, code: str) -> ItemKey[RoleHolders]:
    """Return the key of the number of holders of a custom role."""
    return ItemKey(RoleHolders, key(org_id, "ROLE", code), "HOLDERS")


def custom_roles_key(org_id: str) -> ItemKey[CustomRoles]:
    """Return the key of the codes of the custom roles."""
    return ItemKey(CustomRoles, key(org_id, "ROLES"), "CUSTOM")
