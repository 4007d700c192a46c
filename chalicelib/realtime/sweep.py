"""The sweep over mailboxes: delivers events that a crash after the commit, or a failing socket, left pending."""

from datetime import timedelta
from functools import partial

from chalicelib.core.clock import Clock
from chalicelib.core.store import parallel_reads
from chalicelib.core.sweep import due_queries
from chalicelib.core.work import Recipient
from chalicelib.realtime.delivery import EventDelivery
from chalicelib.realtime.rules import MAX_LEASE_MS
from chalicelib.realtime.tables import PENDING_SHARDS, MailboxHead

_MIN_AGE = timedelta(seconds=1)
_MAX_PER_SHARD = 200


def drain_pending(delivery: EventDelivery, clock: Clock) -> int:
    """Deliver mailboxes that have been due for a second; return their number.

    Younger ones are probably being delivered at this moment, and those with a failing connection are due when it is
    tried again. One pass takes at most 200 mailboxes of each shard, the longest due first; the next pass takes the
    rest.
    """
    queries = due_queries(
        MailboxHead,
        PENDING_SHARDS.keys("PENDING"),
        index=MailboxHead.pending.Meta.index_name,
        attribute=MailboxHead.pending_since,
        now=clock.now() - _MIN_AGE,
        life=timedelta(milliseconds=MAX_LEASE_MS),
    )
    shards = parallel_reads([partial(query.read, _MAX_PER_SHARD) for query in queries])
    recipients = [Recipient(item["org_id"]["S"], item["user_id"]["S"]) for rows in shards for item in rows.items]
    delivery.sweep(recipients)
    return len(recipients)
