"""The tracking link of an order, beside the order."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, Item, optional, stored_in
from chalicelib.dispatch.orders.tables import order_key


class TrackingLink(Item):
    """The one link by which an order can be followed without signing in, by the hash of its secret.

    It has no hash if it was withdrawn.
    """

    Meta = stored_in("dispatch")
    kind = "tracking_link"

    token_hash = optional(UnicodeAttribute())
    expires_at = ExpiryAttribute()


def tracking_link_key(org_id: str, order_id: str) -> ItemKey[TrackingLink]:
    """Return the key of the tracking link of an order."""
    return ItemKey(TrackingLink, order_key(org_id, order_id).pk, "TRACKING_LINK")
