"""The ids of packing, which are made from names.

People know shipments, lines, plates and boxes by their own names: a number that a scanner reads, a line of an order,
"the third box". Ids are UUIDs of version 5 made from those names, so a name also gives the key. An allocation finds its
line, a scanned plate is read at once and consistently, no two shipments can have one number, and the boxes of a
shipment are found by counting. None of this needs an index.

Ids in requests may be in upper case; keys are in lower case. Traded away: a number cannot be given to another shipment
or plate later.
"""

import uuid

from chalicelib.core.table import key

_NAMESPACE = uuid.UUID("5c0f6d3e-2f0b-4c0e-9a53-6d1d1f0b7a11")


def id_from_name(*parts: object) -> str:
    """Return the id of what has this name, whether it exists or not."""
    return str(uuid.uuid5(_NAMESPACE, key(*parts)))
