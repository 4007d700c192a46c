"""API keys. All keys of an organisation are one item collection, so they are listed without an index."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, MomentAttribute, key, stored_in


class ApiKey(Entity):
    """A credential of a machine, by the hash of its text. It is valid as long as it is stored."""

    Meta = stored_in("identity")
    kind = "api_key"
    unaudited = frozenset({"org_id", "key_hash", "created_at", "created_by"})

    org_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    key_hash = UnicodeAttribute()
    created_at = MomentAttribute()
    created_by = UnicodeAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id that clients use."""
        return self.key_id


def api_keys_key(org_id: str) -> str:
    """Return the key of the collection of an organisation's API keys."""
    return key(org_id, "API-KEYS")


def api_key_key(org_id: str, key_id: str) -> ItemKey[ApiKey]:
    """Return the key of an API key."""
    return ItemKey(ApiKey, api_keys_key(org_id), key(key_id))
