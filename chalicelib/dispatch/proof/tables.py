"""Wrong PINs, and photos of orders with the notes about their uploads, in the table of dispatch."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Item, optional, stored_in
from chalicelib.dispatch.orders.tables import order_key
from chalicelib.media.tables import Photo, PhotoCollection, Upload


class WrongPins(Item):
    """The wrong PINs that were sent for an order, each by an id of its own, so that a repeated write counts once."""

    Meta = stored_in("dispatch")
    kind = "wrong_pins"

    tries = optional(UnicodeSetAttribute())


class OrderPhoto(Photo):
    """A photo of an order."""

    Meta = stored_in("dispatch")
    order_id = UnicodeAttribute()


class OrderUpload(Upload):
    """The note about the upload of a photo of an order."""

    Meta = stored_in("dispatch")


PHOTOS = PhotoCollection(photo=OrderPhoto, upload=OrderUpload, owner_key=order_key, owner_attribute="order_id")


def wrong_pins_key(org_id: str, order_id: str) -> ItemKey[WrongPins]:
    """Return the key of the wrong PINs of an order."""
    return ItemKey(WrongPins, order_key(org_id, order_id).pk, "WRONG_PINS")
