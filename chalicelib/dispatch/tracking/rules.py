"""When an order is probably delivered, and the form and the life of its tracking link."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.core.state_machine import StateMachine
from chalicelib.dispatch.orders.rules import FINAL, OrderState
from chalicelib.dispatch.tariffs.rules import DEFAULT_KMH, Coordinates, journey

LINK_LIFE = timedelta(days=7)
"""A tracking link lasts at most so long, counted from the time of the pickup if the order is scheduled."""
AFTER_END = timedelta(hours=1)
"""So long after the end of its order a tracking link ends."""
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{43})")


class TrackingAction(StrEnum):
    """The changes of an order's tracking link."""

    SHARE = "share"


TRACKING = StateMachine[OrderState](
    entity="order",
    transitions={(state, TrackingAction.SHARE): state for state in OrderState if state not in FINAL},
    states=tuple(OrderState),
)
"""An order is shared until it ends, and stays in its state."""


@dataclass(frozen=True, slots=True)
class TrackingToken:
    """The parts of a tracking token: the order, and the secret, of which only the hash is stored.

    With the order in the token one batch read finds order and link, and no key is without its organisation.
    """

    org_id: str
    order_id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """Return the token as it stands in the link."""
        return f"{self.org_id}.{self.order_id}.{self.secret}"


def parse_token(text: str) -> TrackingToken | None:
    """Return the parts of a tracking token, or None for any other text."""
    match = _TOKEN.fullmatch(text)
    return TrackingToken(match[1], match[2], match[3]) if match else None


def link_end(expires_at: datetime, status: OrderState, updated_at: datetime) -> datetime:
    """Return when a link ends that lasts until `expires_at` at most; the last change of an ended order is its end."""
    return min(expires_at, updated_at + AFTER_END) if status in FINAL else expires_at


def remaining_stops(
    status: OrderState, pickup: Coordinates | None, dropoff: Coordinates | None
) -> Sequence[Coordinates] | None:
    """Return where the courier of an order still goes; None without a courier, or if a coordinate is missing."""
    if dropoff is None:
        return None
    if status is OrderState.PICKED_UP:
        return (dropoff,)
    is_before_pickup = status in (OrderState.ACCEPTED, OrderState.ARRIVED)
    return (pickup, dropoff) if is_before_pickup and pickup is not None else None


def arrival_at(
    now: datetime, position: Coordinates, stops: Sequence[Coordinates], average_kmh: Decimal | None
) -> datetime:
    """Return when a courier who is at this position reaches the last stop, as the tariffs estimate the way."""
    minutes = journey((position, *stops), average_kmh or DEFAULT_KMH).duration_min
    return now + timedelta(minutes=float(minutes))
