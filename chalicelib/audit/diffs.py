"""The stored form of the changes in an audit row: JSON, compressed where it is long.

A write costs a unit for each kilobyte, in the table and in both indexes, and most of the bytes of a long diff are names
of fields and ids that repeat. Compressed, the row of a new order fits into one kilobyte.
"""

import zlib
from base64 import b64decode, b64encode

from pynamodb.attributes import UnicodeAttribute

_LONG = 384
"""The characters beyond which a diff is compressed: shorter ones fit into a kilobyte with the rest of their row."""
_MARK = "1:"
"""Begins compressed text, and names the dictionary; JSON of a diff begins with a brace."""
_DICTIONARY = (
    b'"is_active":[null,true],"role":[null,"version":[null,1],"quantity":[null,"priority":[null,"kind":[null,"name":'
    b'[null,"serial":[null,"vehicle_type_id":[null,"estimated_price_cents":[null,"requires_photo":[null,true],'
    b'"waiting_until":[null,"pickup_after":[null,"order_id":[null,"customer_id":[null,"status":[null,"assigned"],'
    b'"pickup_address":[null,"pickup_lat":[null,"pickup_lng":[null,"dropoff_address":[null,"dropoff_lat":[null,'
    b'"dropoff_lng":[null,"receiver_phone":[null,"+31 "],"notes":[null,"assigned_courier":[null,"offer_expires_at":'
    b'[null,"2026-01-01T00:00:00.000Z"],"created_at":[null,"courier/'
)
"""What diffs often contain. Rows need the dictionary that they were written with: another one gets another mark."""
_RAW = -15


class DiffAttribute(UnicodeAttribute):
    """The changes of an audit row as JSON text, however they are stored."""

    def serialize(self, value: str) -> str:
        """Return the stored form."""
        if len(value) <= _LONG:
            return value
        packer = zlib.compressobj(wbits=_RAW, zdict=_DICTIONARY)
        return _MARK + b64encode(packer.compress(value.encode()) + packer.flush()).decode()

    def deserialize(self, value: str) -> str:
        """Return the JSON text."""
        if not value.startswith(_MARK):
            return value
        unpacker = zlib.decompressobj(wbits=_RAW, zdict=_DICTIONARY)
        return (unpacker.decompress(b64decode(value[len(_MARK) :])) + unpacker.flush()).decode()
