"""The sweep over mailboxes: delivers events that a crash after the commit, or a failing socket, left pending."""

from datetime import datetime, timedelta
from functools import partial

from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, parallel_reads
from chalicelib.core.work import Recipient
from chalicelib.realtime.delivery import EventDelivery
from chalicelib.realtime.tables import PENDING_SHARDS, MailboxHead

_MIN_AGE = timedelta(seconds=1)
_MAX_PER_SHARD = 200


def drain_pending(delivery: EventDelivery, clock: Clock) -> int:
    """Deliver mailboxes that have been due for a second; return their number.

    Younger ones are probably being delivered at this moment, and those with a failing connection are due when it is
    tried again. One pass takes at most 200 mailboxes of each shard, the longest due first; the next pass takes the
    rest.
    """
    before = clock.now() - _MIN_AGE
    shards = parallel_reads([partial(_pending, shard, before) for shard in PENDING_SHARDS.keys("PENDING")])
    recipients = [recipient for shard in shards for recipient in shard]
    delivery.sweep(recipients)
    return len(recipients)


def _pending(shard: str, before: datetime) -> list[Recipient]:
    since, index = MailboxHead.pending_since <= before, MailboxHead.pending.Meta.index_name
    rows = Query(MailboxHead, shard, index=index, range_condition=since).read(_MAX_PER_SHARD)
    return [Recipient(item["org_id"]["S"], item["user_id"]["S"]) for item in rows.items]
