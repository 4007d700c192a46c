"""The references of imported batches: each names one batch of the organisation.

pk                            sk           item
acme#BATCHREFERENCE#PO-20417  REFERENCE    BatchReference: the id of the batch
"""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Item, key, stored_in


class BatchReference(Item):
    """What an importing system calls a batch."""

    Meta = stored_in("manufacturing")
    kind = "batch_reference"

    batch_id = UnicodeAttribute()


def batch_reference_key(org_id: str, reference: str) -> ItemKey[BatchReference]:
    """Return the key of a reference."""
    return ItemKey(BatchReference, key(org_id, "BATCHREFERENCE", reference), "REFERENCE")
