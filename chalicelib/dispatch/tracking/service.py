"""The use cases of tracking links: make one, and withdraw it.

An order has one link at most. Making it anew replaces the earlier one, because only its hash is kept.
"""

from typing import NamedTuple

from chalicelib.core.ids import hash_secret
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.tracking.rules import LINK_LIFE, TrackingToken
from chalicelib.dispatch.tracking.tables import TrackingLink, tracking_link_key


class CreatedLink(NamedTuple):
    """A new tracking link; the text of its token is stored nowhere."""

    token: TrackingToken
    link: TrackingLink


def create_tracking_link(work: UnitOfWork, order: Order) -> CreatedLink:
    """Make the tracking link of an order that has not ended; an earlier one ends at once."""
    token = TrackingToken(order.org_id, order.order_id, work.ids.token())
    key, expires_at = tracking_link_key(order.org_id, order.order_id), max(work.now, order.pickup_after or work.now)
    link = key.new(token_hash=hash_secret(token.secret), expires_at=expires_at + LINK_LIFE)
    work.update_unread(
        key,
        actions=[TrackingLink.token_hash.set(link.token_hash), TrackingLink.expires_at.set(link.expires_at)],
        changes={"expires_at": [None, link.expires_at]},
    )
    return CreatedLink(token, link)


def revoke_tracking_link(work: UnitOfWork, order: Order) -> None:
    """Withdraw the tracking link of an order, if it has one."""
    work.update_unread(
        tracking_link_key(order.org_id, order.order_id),
        actions=[TrackingLink.token_hash.remove(), TrackingLink.expires_at.set(work.now)],
        changes={"expires_at": [None, work.now]},
    )
