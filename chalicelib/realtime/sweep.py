"""The sweep over mailboxes: what a crash between commit and delivery, or a failing socket, left pending."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, parallel
from chalicelib.core.table import key
from chalicelib.core.work import Recipient
from chalicelib.realtime.delivery import Delivery
from chalicelib.realtime.tables import PENDING_SHARDS, MailboxHead, Pending

_SETTLE = timedelta(seconds=1)
_PER_SHARD = 200


def drain_pending(delivery: Delivery, clock: Clock) -> int:
    """Deliver every mailbox that has been pending for a moment; the number of mailboxes looked at.

    Mailboxes that became pending within the last second are most likely being delivered right now. At most 200 of each
    shard are taken in one pass, oldest first; the next pass takes the rest.
    """
    before = clock.now() - _SETTLE
    shards = [partial(_pending_in, shard, before) for shard in range(PENDING_SHARDS)]
    recipients = [recipient for found in parallel(shards) for recipient in found]
    delivery.deliver(recipients)
    return len(recipients)


def _pending_in(shard: int, before: object) -> list[Recipient]:
    query = Query(
        MailboxHead,
        key("PENDING", shard),
        index=Pending.Meta.index_name,
        range_condition=MailboxHead.pending_since <= before,
    )
    return [Recipient(raw["org_id"]["S"], raw["user_id"]["S"]) for raw in query.raw(limit=_PER_SHARD)["Items"]]
